"""Alerts that the fleet must have given, and refusals that must have come. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.oracle.check import Check, Figure, judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.oracle.asked import Promises


AS_AN_ALERT: Final = ""
"""Under what the alerts of a fleet stand beside the names of its cameras."""


def seen_checks(
    promises: Promises,
    cameras: Mapping[str, str],
    alerts: Mapping[str, Sequence[str]],
    refusals: int,
) -> Iterator[Check]:
    """Check what must have been seen during the run.

    Args:
        promises: What must hold.
        cameras: What the fleet calls each camera, by the scenario's name for it.
        alerts: What the fleet said of each camera, by what it calls it, and under ``AS_AN_ALERT`` its alerts.
        refusals: How many steps were refused as expected.
    """
    for each in promises.alerts:
        camera = None if each.camera is None else cameras.get(each.camera, each.camera)
        said = alerts.get(camera or AS_AN_ALERT, ())
        whom = "as an alert" if camera is None else f"of {camera}"
        found = next((sentence for sentence in said if each.says.lower() in sentence.lower()), None)
        heard = f'said {whom}: "{found}"' if found is not None else (
            f'never said {whom} anything with "{each.says}"; it said {_listed(said)}'
        )  # fmt: skip
        figure = Figure(found, each.says, relation="with")
        yield Check(
            "alert",
            judged(holds=found is not None),
            f"the fleet {heard}",
            camera,
            promise="alerts",
            figure=figure,
        )
    if promises.refusals is not None:
        figure = Figure(float(refusals), float(promises.refusals), relation="exactly")
        yield Check(
            "refusals",
            judged(holds=refusals == promises.refusals),
            f"steps were refused as expected: {figure.words}",
            promise="refusals",
            figure=figure,
        )


def _listed(said: Sequence[str]) -> str:
    return "; ".join(f'"{each}"' for each in said) or "nothing"

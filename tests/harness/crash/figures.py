"""The figures of a whole ``make crash``, as ``docs/promises.md`` shows them."""

from __future__ import annotations

from pathlib import Path

from tests.harness.crash.killing import KillTally
from tests.harness.crash.trial import Tally
from tests.support.reports import figures

NAME = "crash"


def by_promise(traced: Tally, killed: KillTally) -> dict[str, int]:
    """How often each promise was checked in all."""
    promises = sorted({*traced.checked, *killed.checked})
    return {each: traced.checked.get(each, 0) + killed.checked.get(each, 0) for each in promises}


def keep(traced: Tally, killed: KillTally, folder: Path = figures.FOLDER) -> Path:
    """Write them down."""
    checked = by_promise(traced, killed)
    where = f"{len(traced.states):,} crash states and {killed.rounds:,} kills"
    return figures.keep(
        NAME,
        {
            promise: f"{count:,} checks over {where}, losses {len(traced.losses) + len(killed.losses)}"
            for promise, count in checked.items()
            if figures.NUMBER.fullmatch(promise)
        },
        folder,
        **{
            "distinct disks after a crash": len(traced.states),
            "distinct disks after a second crash, during the recovery": len(traced.again - traced.states),
            "times that the camera lived on after the recovery": traced.lived,
            "kills": killed.rounds,
            "recordings acknowledged before a kill": killed.recordings,
            "parts played after a kill": killed.played,
            "checks of the camera's identity": checked.get("identity", 0),
            "checks of the last desired state": checked.get("desired", 0),
        },
    )

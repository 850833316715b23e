"""How long things took in the course of a load, drawn together slice by slice of its time. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.load.seen import LoadTime
from simulator.report.figures import percentiles
from simulator.report.measured import Curve, CurvePoint
from simulator.report.words import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.load.seen import LoadSample

SLICES: Final = 60
"""Into so many slices the time is divided, each of a second at least."""


def curves(samples: Sequence[LoadSample]) -> tuple[Curve, ...]:
    """Return a curve for everything that was timed; what was never timed has none."""
    end_s = max((each.at_s for each in samples), default=0.0)
    slice_s = max(1.0, end_s / SLICES)
    return tuple(
        Curve(*NAMES[what], slice_s, tuple(_points(timed, slice_s)))
        for what in LoadTime
        if (timed := [each for each in samples if each.what is what])
    )


def _points(samples: Sequence[LoadSample], slice_s: float) -> Iterator[CurvePoint]:
    slices: dict[int, list[float]] = {}
    for each in samples:
        slices.setdefault(int(each.at_s // slice_s), []).append(each.took_s)
    for number, took in sorted(slices.items()):
        found = percentiles(took)
        if found is not None:
            yield CurvePoint(number * slice_s, found.count, found.p50, found.p95, found.largest)

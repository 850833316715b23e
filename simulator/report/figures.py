"""Percentiles, and each promise's checks drawn together. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.oracle.check import Result
from simulator.report.measured import Percentiles
from simulator.report.report import PromiseRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulator.oracle.check import Check, Figure

ENOUGH_FOR_P99 = 300
_ORDER = (Result.BROKEN, Result.NOT_EVALUATED, Result.HELD)


def percentiles(sample: Iterable[float]) -> Percentiles | None:
    """Return a sample's percentiles by nearest rank; None for one without anything in it."""
    ordered = sorted(sample)
    if not ordered:
        return None
    return Percentiles(
        count=len(ordered),
        p50=_nearest_rank(ordered, 50),
        p95=_nearest_rank(ordered, 95),
        p99=_nearest_rank(ordered, 99) if len(ordered) >= ENOUGH_FOR_P99 else None,
        largest=ordered[-1],
    )


def promise_records(checks: Sequence[Check]) -> tuple[PromiseRecord, ...]:
    """Draw each promise's checks together, in the order in which promises come up."""
    parts = dict.fromkeys((each.promise or each.name, each.name) for each in checks)
    return tuple(
        _record(*part, [each for each in checks if (each.promise or each.name, each.name) == part])
        for part in parts
    )


def _nearest_rank(ordered: Sequence[float], percent: int) -> float:
    """The smallest figure that at least so many of 100 are no larger than."""
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]


def _record(promise: str, part: str, checks: Sequence[Check]) -> PromiseRecord:
    results = [each.result for each in checks]
    result = next(each for each in _ORDER if each in results)
    return PromiseRecord(
        promise=promise,
        part=part,
        asked=any(each.asked for each in checks),
        result=result,
        held=results.count(Result.HELD),
        broken=results.count(Result.BROKEN),
        not_evaluated=results.count(Result.NOT_EVALUATED),
        worst=_worst([each for each in checks if each.result is result]),
    )


def _worst(checks: Sequence[Check]) -> Figure | None:
    """The figure nearest to its bound, or furthest beyond, of the checks that decided."""
    figures = [each.figure for each in checks if each.figure is not None]
    if not figures:
        return None
    return min(figures, key=_room)


def _room(figure: Figure) -> float:
    """How far a figure is from being too much or too little; the less, the worse."""
    if not isinstance(figure.measured, float | int) or not isinstance(figure.bound, float | int):
        return -math.inf if figure.measured is None else math.inf
    room = figure.measured - figure.bound
    return -room if figure.relation.startswith("at most") else room

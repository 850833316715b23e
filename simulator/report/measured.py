"""What was measured many times, drawn together: percentiles, curves, and curves as bars of a page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 600.0
HEIGHT: Final = 80.0
SHARE: Final = 0.9
"""How much of its slice a bar takes."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """A sample by nearest rank: each figure is one that was measured.

    Attributes:
        count: How many were measured.
        p50: Half of them are no larger.
        p95: 95 of 100 are no larger.
        p99: 99 of 100 are no larger; None below 300 of them, where it would be no more than the largest.
        largest: The largest.
    """

    count: int
    p50: float
    p95: float
    p99: float | None
    largest: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What was measured in one slice of time.

    Attributes:
        at_s: When the slice begins.
        count: How often something was measured in it.
        p50: Half of that was no larger.
        p95: 95 of 100 were no larger.
        largest: The largest.
    """

    at_s: float
    count: int
    p50: float
    p95: float
    largest: float


@dataclass(frozen=True, slots=True)
class Curve:
    """How something that was measured went in the course of time.

    Attributes:
        name: What was measured, in words.
        unit: In which unit.
        slice_s: How long each slice is, in seconds.
        points: The slices in which it was measured, in order.
    """

    name: str
    unit: str
    slice_s: float
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One slice of time; lengths are in the picture's own units.

    Attributes:
        left: Where it begins.
        width: How wide it is.
        p50: How high half of its times go.
        p95: How high 95 of 100 of them go.
        sentence: The same in words.
    """

    left: float
    width: float
    p50: float
    p95: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One curve as bars.

    Attributes:
        name: What was measured.
        unit: In which unit.
        top: What the full height is, in words.
        end_s: Where the axis of time ends, in words.
        words: All of it in one sentence.
        bars: The bars.
    """

    name: str
    unit: str
    top: str
    end_s: str
    words: str
    bars: tuple[ChartBar, ...]


def charts(curves: Sequence[Curve]) -> tuple[Chart, ...]:
    """Return curves as charts on one axis of time."""
    end_s = max((each.points[-1].at_s + each.slice_s for each in curves if each.points), default=1.0)
    return tuple(_chart(each, end_s) for each in curves if each.points)


def _chart(curve: Curve, end_s: float) -> Chart:
    top = max(each.p95 for each in curve.points) or 1.0
    counted = sum(each.count for each in curve.points)
    words = (
        f"{curve.name}: {counted} times in {end_s:.0f} s, 95 of 100 in a slice within {top:.3f} {curve.unit}"
    )
    bars = tuple(_bar(curve, each, end_s, top) for each in curve.points)
    return Chart(curve.name, curve.unit, f"{top:.3f}", f"{end_s:.0f}", words, bars)


def _bar(curve: Curve, point: CurvePoint, end_s: float, top: float) -> ChartBar:
    return ChartBar(
        round(WIDTH * point.at_s / end_s, 2),
        round(WIDTH * SHARE * curve.slice_s / end_s, 2),
        round(HEIGHT * point.p50 / top, 2),
        round(HEIGHT * point.p95 / top, 2),
        f"at {point.at_s:.0f} s: {point.count} times, p50 {point.p50:.3f}, p95 {point.p95:.3f}, "
        f"largest {point.largest:.3f} {curve.unit}",
    )

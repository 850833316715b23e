"""A rectangle of a picture. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from fleet.redaction.rules.refusal import RedactionRefusalError

LARGEST_SIDE = 16_384
"""Pixels: the widest or highest picture that is redacted."""


@dataclass(frozen=True, slots=True)
class Area:
    """Whole pixels, from ``left`` to before ``right`` and from ``top`` to before ``bottom``.

    Raises:
        RedactionRefusalError: it is empty, or lies outside every picture.
    """

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= LARGEST_SIDE and 0 <= self.top < self.bottom <= LARGEST_SIDE):
            raise RedactionRefusalError(
                f"An area has whole pixels from 0 to {LARGEST_SIDE}, left before right and top before bottom."
            )

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    def covers(self, other: Area) -> bool:
        """Whether all of another lies within it."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def grown(self, across: int, down: int) -> Area:
        """Return it with so many pixels more at each side, as far as there can be any."""
        return Area(
            max(self.left - across, 0),
            max(self.top - down, 0),
            min(self.right + across, LARGEST_SIDE),
            min(self.bottom + down, LARGEST_SIDE),
        )

    def within(self, width: int, height: int) -> Area | None:
        """Return what of it lies in a picture of that size, on even pixels; None for nothing.

        Colour has a sample for each two by two pixels: an odd edge would leave half of one.
        """
        left, top = self.left - self.left % 2, self.top - self.top % 2
        right, bottom = (
            min(side + side % 2, size) for side, size in ((self.right, width), (self.bottom, height))
        )
        return Area(left, top, right, bottom) if left < right and top < bottom else None


def hull(areas: Iterable[Area]) -> Area:
    """Return the smallest area that covers all of them; there is at least one."""
    return reduce(
        lambda a, b: Area(
            min(a.left, b.left), min(a.top, b.top), max(a.right, b.right), max(a.bottom, b.bottom)
        ),
        areas,
    )


def between(first: Area, second: Area, numerator: int, denominator: int) -> Area:
    """Return the area ``numerator / denominator`` of the way from one to another, rounded outwards."""

    def down(a: int, b: int) -> int:
        return a + (b - a) * numerator // denominator

    def up(a: int, b: int) -> int:
        return a - (a - b) * numerator // denominator

    return Area(
        down(first.left, second.left),
        down(first.top, second.top),
        up(first.right, second.right),
        up(first.bottom, second.bottom),
    )

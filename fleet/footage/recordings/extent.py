"""How much of a recording is here, and how much is not, in words that claim no more than is known. Pure.

The whole is what the camera told: its ledger where that has an end, else its messages. Where neither says it,
the whole is of an unknown length, and never what happens to be here.
"""

from __future__ import annotations

from dataclasses import dataclass

_PERCENT = 100
_TENTHS_BELOW_S = 10


@dataclass(frozen=True, slots=True)
class MissingPrerecord:
    """Seconds of pre-record that a recording does not hold, and why."""

    duration_s: float
    reason: str


def extent(here_s: float, told_s: float | None) -> str:
    """Say how much is here of how much.

    >>> extent(50, 205)
    '50 of 205 s'
    >>> extent(3.24, None)
    '3.2 s of an unknown length'
    """
    if told_s is None:
        return f"{figure(here_s)} s of an unknown length"
    return f"{figure(here_s)} of {figure(told_s)} s"


def is_as_long(here_s: float, told_s: float | None) -> bool:
    """Say whether as much is here as was told of, so that to call it a part would be false.

    It is asked of what nobody said to be all: an end by a person, or before the camera has said so.

    >>> is_as_long(5.02, 5.0), is_as_long(4.0, 5.0), is_as_long(5.0, None)
    (True, False, False)
    """
    return told_s is not None and figure(here_s) == figure(told_s)


def figure(seconds: float) -> str:
    """Return seconds as people write them: tenths of a few, and whole ones of more.

    >>> figure(0.04), figure(9.96), figure(205.4)
    ('0', '10', '205')
    """
    places = 1 if seconds < _TENTHS_BELOW_S else 0
    return f"{seconds:.{places}f}".removesuffix(".0")


def beyond_press_s(
    duration_s: float | None, prerecord_s: float | None, late_s: float | None, *, is_part: bool = False
) -> float:
    """Return how long after the press the footage ends, in seconds; what is not known counts as nothing.

    Footage that begins after its press ends so much later; what it holds from before it came before it. Of a
    part it is not known how much of what the camera held from before is here: all of it may be from after.

    >>> beyond_press_s(205.0, 180.0, 0.0), beyond_press_s(30.0, 0.0, 8.0), beyond_press_s(None, 180.0, None)
    (25.0, 38.0, 0.0)
    >>> beyond_press_s(50.0, 180.0, None, is_part=True)
    50.0
    """
    if duration_s is None:
        return 0.0
    before_s = 0.0 if is_part else prerecord_s or 0.0
    return max(0.0, duration_s - before_s + (late_s or 0.0))


def share_here(received: int, left: int | None, since: int = 0) -> int | None:
    """Return how much is here, in percent, whole ones; None where the whole is not known.

    Args:
        received: bytes that are here.
        left: bytes that were still to come when the camera last counted; None where it did not.
        since: bytes of those that came after it had counted.

    >>> share_here(50, 50), share_here(100, 50, 50), share_here(0, 0), share_here(7, None)
    (50, 100, None, None)
    """
    if left is None:
        return None
    whole = received + max(0, left - since)
    return _PERCENT * received // whole if whole else None

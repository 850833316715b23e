"""How numbers are worded in reports, so that whoever shows a duration says the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from protocol.footage.ledger.open_record import WITHOUT_A_PRESS
from protocol.units import NS_PER_S

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(duration_ns: int) -> str:
    """Return a duration as people read it: tenths of a second, thousandths where it is short.

    It is rounded to the microsecond first, so that whoever keeps durations as seconds with six places says
    the same of them.
    """
    value = round(duration_ns / NS_PER_S, 6)
    return f"{value:.3f} s" if 0 < value < 1 else f"{value:.1f} s"


def begun(trigger: str | None) -> str:
    """Return what a recording counts from, to follow "before" or "after": a press where there was one."""
    return "it was begun" if trigger in WITHOUT_A_PRESS else "the press"


def count(number: int, noun: str) -> str:
    """Return a number and its noun, plural where it must be."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def without_keys(chunks: int) -> str:
    """Say how many chunks at the end have no keys."""
    return "the last chunk has no keys" if chunks == 1 else f"the last {chunks} chunks have no keys"


def utc(utc_us: int) -> str:
    """Return a wall time in words, to the microsecond; as a number where no calendar reaches it."""
    try:
        moment = _EPOCH + timedelta(microseconds=utc_us)
    except OverflowError:
        return f"{utc_us} microseconds after the beginning of 1970 UTC"
    return f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC"

"""A part's samples one by one, and their times. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.footage.media.fragment import Part
from protocol.units import NS_PER_S


def payloads(part: Part) -> Iterator[bytes]:
    """Give the bytes of each sample, in decoding order."""
    start = 0
    for sample in part.samples:
        yield part.payload[start : start + sample.size]
        start += sample.size


def to_ns(tick: int, timescale: int) -> int:
    """Return ticks as nanoseconds of the same clock."""
    return tick * NS_PER_S // timescale


def shown_times(part: Part) -> list[int]:
    """Return when each picture is shown, in ticks, earliest first; then when the last one ends."""
    times, at, end = [], part.decode_time, part.decode_time
    for sample in part.samples:
        times.append(at + sample.composition)
        end = max(end, at + sample.composition + sample.duration)
        at += sample.duration
    return [*sorted(times), end]

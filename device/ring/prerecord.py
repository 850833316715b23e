"""The honest account of a pre-record: how much was asked for, how much there is, and why any is missing (C7).

Rules:

- What is asked for is the whole window, whatever the camera was before: while it was private, nobody's or
  docked it kept nothing, and that is said.
- What counts as held is footage of durable chunks between the window's start and the press.
- Every stretch without footage that is longer than a chunk can be is named with its cause.
- Shorter ones at the two ends are how a window of whole chunks looks: the oldest chunk leaves whole, and the
  chunk being filled at the press becomes the first live one.

Pure: it is told everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS, MAX_CHUNK_NS
from protocol.footage.format.model import GapCause, Track
from protocol.footage.ledger.ledger import Missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from device.ring.ring import RingChunk


@dataclass(frozen=True, slots=True)
class Before:
    """Why the ring holds nothing from before an instant.

    Attributes:
        since_ns: When it began to fill.
        cause: Why there is nothing from before.
    """

    since_ns: int
    cause: GapCause


@dataclass(frozen=True, slots=True)
class PreRecord:
    """What a recording's open says of its pre-record. Lengths in ns."""

    asked_ns: int
    held_ns: int
    missing: tuple[Missing, ...]


def account(
    chunks: tuple[RingChunk, ...], *, press_ns: int, asked_ns: int, before: Before, stalled: GapCause
) -> PreRecord:
    """Account for the window before a press.

    Args:
        chunks: The durable chunks of the ring, oldest first.
        press_ns: When the button was pressed.
        asked_ns: The window's length.
        before: Why there is nothing older than a certain instant.
        stalled: Why nothing has come since the newest chunk, if it is long ago.
    """
    if chunks and chunks[0].start_ns < before.since_ns:
        before = Before(chunks[0].start_ns, before.cause)
    cause = before.cause
    start = max(0, press_ns - asked_ns)  # the clock began with the boot
    filling = min(max(before.since_ns, start), press_ns)
    held = sum(max(0, min(each.end_ns, press_ns) - max(each.start_ns, start)) for each in chunks)
    lost: dict[GapCause, int] = {}
    for duration, why in _holes(chunks, _Span(start, filling, press_ns), cause, stalled):
        lost[why] = lost.get(why, 0) + duration
    if press_ns < asked_ns:
        lost[cause] = lost.get(cause, 0) + asked_ns - press_ns
    missing = tuple(Missing(duration, why) for why, duration in lost.items())
    return PreRecord(asked_ns=asked_ns, held_ns=held, missing=missing)


@dataclass(frozen=True, slots=True)
class _Span:
    """The window: where it starts, when it began to fill, and the press."""

    start: int
    filling: int
    press: int


def _holes(
    chunks: tuple[RingChunk, ...], span: _Span, opening: GapCause, stalled: GapCause
) -> Iterator[tuple[int, GapCause]]:
    """The stretches without footage, each with its length and cause.

    Args:
        chunks: What there is.
        span: The window.
        opening: The cause of what is missing from before the window filled, and until the sensors were open.
        stalled: The cause of what is missing at the end.
    """
    if span.filling - span.start > CONTINUITY_TOLERANCE_NS:
        yield span.filling - span.start, opening
    at = span.filling
    for chunk in chunks:
        hole = chunk.start_ns - at
        if hole > (MAX_CHUNK_NS if at == span.start else CONTINUITY_TOLERANCE_NS):
            yield hole, _stated(chunk) or _unstated(at, span, opening)
        at = max(at, chunk.end_ns)
    if span.press - at > MAX_CHUNK_NS:
        yield span.press - at, stalled


def _stated(chunk: RingChunk) -> GapCause | None:
    """Why there is a hole before a chunk, as its own header says."""
    gaps = (gap for gap in chunk.gaps if gap.track is Track.VIDEO and gap.start_ns < chunk.start_ns)
    return next((gap.cause for gap in gaps), None)


def _unstated(hole_start: int, span: _Span, opening: GapCause) -> GapCause:
    """Why there is a hole of which no header tells."""
    if hole_start == span.filling > span.start:
        return opening  # the sensors were still opening
    # At the window's edge, with the camera running: older chunks had to leave early for want of room.
    return GapCause.OVERFLOW if hole_start == span.start else GapCause.ENCODER

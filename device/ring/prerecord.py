"""The honest account of a pre-record: how much was asked for, how much there is, and why any is missing (C7).

Rules:

- What is asked for is the whole window, whatever the camera was before: while it was private, nobody's or
  docked it kept nothing, and that is said.
- What counts as held is footage of durable chunks between the window's start and the press.
- Every span without footage that is longer than a chunk can be is named with its cause.
- What was filmed before the press and waits to be stored is not missing: it becomes the first live chunks,
  and if it is lost, the chunk after it says so.
- What left the window because the card took the commit late is missing for that reason.
- Shorter ones at the two ends are how a window of whole chunks looks: the oldest chunk leaves whole, and the
  chunk being filled at the press becomes the first live one.

``Coverage`` follows the chunks as they come and go, so that a press looks at the ends of the window alone and
at what is missing between them (C4). Pure: it is told everything.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS, MAX_CHUNK_NS
from protocol.footage.format.model import GapCause, Track
from protocol.footage.ledger.ledger import Missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from device.ring.chunk import RingChunk

OF_OTHERS = frozenset({GapCause.PRIVATE, GapCause.NOT_ASSIGNED, GapCause.DOCKED})
"""Why a window begins anew without what came before; after a boot or a fault it is the same wearer's."""


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
class Tail:
    """What is known of the time from the newest durable chunk to the press.

    Attributes:
        cause: Why nothing has come in it, if nothing has.
        until_ns: How long nothing has come; footage from after that is on its way to the card, or may be.
            None: up to the press.
    """

    cause: GapCause
    until_ns: int | None = None


@dataclass(frozen=True, slots=True)
class PreRecord:
    """What a recording's open says of its pre-record. Lengths in ns."""

    asked_ns: int
    held_ns: int
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class _Hole:
    """A span between two chunks: which chunk comes after it, where it lies, and why."""

    before_seq: int
    start_ns: int
    end_ns: int
    cause: GapCause


@dataclass(slots=True)
class Coverage:
    """What the chunks of the window cover, and what is missing between them.

    Attributes:
        duration_ns: How long all chunks are together.
    """

    duration_ns: int = 0
    _end_ns: int | None = None
    _holes: deque[_Hole] = field(default_factory=deque)

    def add(self, chunk: RingChunk) -> None:
        """A chunk came: the newest."""
        self.duration_ns += chunk.duration_ns
        end_ns = self._end_ns
        if end_ns is not None and chunk.start_ns - end_ns > CONTINUITY_TOLERANCE_NS:
            cause = _stated(chunk) or GapCause.ENCODER
            self._holes.append(_Hole(chunk.seq, end_ns, chunk.start_ns, cause))
        self._end_ns = chunk.end_ns if end_ns is None else max(end_ns, chunk.end_ns)

    def remove(self, chunk: RingChunk, following: RingChunk | None) -> None:
        """The oldest chunk went.

        Args:
            chunk: That chunk.
            following: The oldest one now; what is missing before it lies at the window's edge from now on.
        """
        self.duration_ns -= chunk.duration_ns
        if following is None:
            self._end_ns = None
        elif self._holes and self._holes[0].before_seq == following.seq:
            self._holes.popleft()

    def account(
        self,
        chunks: Sequence[RingChunk],
        *,
        press_ns: int,
        now_ns: int,
        asked_ns: int,
        before: Before,
        tail: Tail,
    ) -> PreRecord:
        """Account for the window before a press.

        Args:
            chunks: The durable chunks of the window, oldest first: those that came and have not gone.
            press_ns: When the button was pressed.
            now_ns: When it is accounted for: later, if the card took the commit late.
            asked_ns: The window's length.
            before: Why there is nothing older than a certain instant.
            tail: What is known of the time since the newest chunk.
        """
        if chunks and chunks[0].start_ns < before.since_ns:
            before = Before(chunks[0].start_ns, before.cause)
        start = max(0, press_ns - asked_ns)  # the clock began with the boot
        filling = min(max(before.since_ns, start), press_ns)
        lost: dict[GapCause, int] = {}
        span = _Span(start, filling, press_ns, kept=max(0, now_ns - asked_ns))
        for duration, why in self._missing(chunks, span, before.cause, tail):
            lost[why] = lost.get(why, 0) + duration
        if press_ns < asked_ns:
            lost[before.cause] = lost.get(before.cause, 0) + asked_ns - press_ns
        missing = tuple(Missing(duration, why) for why, duration in lost.items())
        held = self.duration_ns - _outside(chunks, start, press_ns)
        return PreRecord(asked_ns=asked_ns, held_ns=held, missing=missing)

    def _missing(
        self, chunks: Sequence[RingChunk], span: _Span, opening: GapCause, tail: Tail
    ) -> Iterator[tuple[int, GapCause]]:
        """The spans without footage before the press, each with its length and cause.

        Args:
            chunks: What there is.
            span: The window.
            opening: The cause of what is missing from before the window filled, and until the sensors were
                open.
            tail: What is known of its end.
        """
        if span.filling - span.start > CONTINUITY_TOLERANCE_NS:
            yield span.filling - span.start, opening
        if chunks:
            hole = min(chunks[0].start_ns, span.press) - span.filling
            if hole > (MAX_CHUNK_NS if span.filling == span.start else CONTINUITY_TOLERANCE_NS):
                stated = _stated(chunks[0])
                yield from ((hole, stated),) if stated else _at_the_edge(hole, span, opening)
        for each in self._holes:
            hole = min(each.end_ns, span.press) - max(each.start_ns, span.filling)
            if hole > CONTINUITY_TOLERANCE_NS:
                yield hole, each.cause
        at = span.filling if self._end_ns is None else max(span.filling, self._end_ns)
        end = span.press if tail.until_ns is None else min(tail.until_ns, span.press)
        if end - at > MAX_CHUNK_NS:
            yield end - at, tail.cause


@dataclass(frozen=True, slots=True)
class _Span:
    """The window: where it starts, when it began to fill, the press, and how far back it reached after it."""

    start: int
    filling: int
    press: int
    kept: int


def _outside(chunks: Sequence[RingChunk], start_ns: int, end_ns: int) -> int:
    """How much of the chunks lies outside a span: only those at its two ends are looked at."""
    outside, early = 0, 0
    for chunk in chunks:
        if chunk.start_ns >= start_ns:
            break
        early += 1
        outside += chunk.duration_ns - _inside(chunk, start_ns, end_ns)
    for chunk in reversed(chunks):
        if early == len(chunks) or chunk.start_ns + MAX_CHUNK_NS <= end_ns:
            break
        early += 1
        outside += chunk.duration_ns - _inside(chunk, start_ns, end_ns)
    return outside


def _inside(chunk: RingChunk, start_ns: int, end_ns: int) -> int:
    return max(0, min(chunk.end_ns, end_ns) - max(chunk.start_ns, start_ns))


def _stated(chunk: RingChunk) -> GapCause | None:
    """Why there is a hole before a chunk, as its own header says."""
    gaps = (gap for gap in chunk.gaps if gap.track is Track.VIDEO and gap.start_ns < chunk.start_ns)
    return next((gap.cause for gap in gaps), None)


def _at_the_edge(hole: int, span: _Span, opening: GapCause) -> Iterator[tuple[int, GapCause]]:
    """Why there is a hole before the oldest chunk of which no header tells."""
    began_within = span.filling > span.start
    # The sensors were still opening; or, with the camera running, chunks had to leave early for want of room.
    cause = opening if began_within else GapCause.OVERFLOW
    # What was there at the press, and left the window before the card took the commit:
    late = min(hole, max(0, span.kept - span.filling))
    if late and hole - late <= (CONTINUITY_TOLERANCE_NS if began_within else MAX_CHUNK_NS):
        yield hole, GapCause.STORAGE
    elif late > MAX_CHUNK_NS:
        yield late, GapCause.STORAGE
        yield hole - late, cause
    else:
        yield hole, cause

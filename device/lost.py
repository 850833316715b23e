"""Footage that could not be stored, remembered until the next chunk can say so (C6). Pure.

Rules:

- The next chunk that is stored carries one gap per track over everything that was lost since the last stored
  one, and the gaps that the lost ones stated, with their causes.
- They may be joined to keep within the format's limit and this memory small, but none is left out.
- What is missing because nothing was filmed goes with it, where neither the chunk nor what was lost says so.
- Nothing is forgotten until that chunk is stored. A recording that ends before it says so in its ledger, and
  says there too where nothing came to be lost (``tail``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from device.gaps import condense
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS, MAX_GAPS
from protocol.footage.format.model import Gap, GapCause, Track

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from protocol.footage.format.model import PlainChunk


@dataclass(slots=True)
class LostFootage:
    """What has been lost since the last chunk that was stored."""

    _spans: dict[Track, tuple[int, int, GapCause]] = field(default_factory=dict)
    _gaps: tuple[Gap, ...] = ()

    def __bool__(self) -> bool:
        return bool(self._spans or self._gaps)

    def add(self, chunk: PlainChunk, cause: GapCause) -> None:
        """A chunk could not be stored."""
        end = chunk.start_ns + chunk.duration_ns
        for part in chunk.parts:
            start, _, first = self._spans.get(part.track, (chunk.start_ns, end, cause))
            self._spans[part.track] = (start, end, first)
        self._gaps = _few((*self._gaps, *chunk.gaps))

    def add_gap_before(
        self, chunk: PlainChunk, tracks: Iterable[Track], from_ns: int, cause: GapCause
    ) -> None:
        """Between footage that ends at ``from_ns`` and a chunk there is nothing, for a cause.

        It is said of what nothing else says it of, and only where that is more than the format's tolerance.
        """
        known = (*self.spans, *self._gaps, *chunk.gaps)
        missing = (gap for each in tracks for gap in _silent(known, each, from_ns, chunk.start_ns, cause))
        self._gaps = _few((*self._gaps, *missing))

    @property
    def spans(self) -> tuple[Gap, ...]:
        """What was lost of each track."""
        return tuple(
            Gap(track, start, end - start, cause) for track, (start, end, cause) in self._spans.items()
        )

    @property
    def missing(self) -> tuple[Gap, ...]:
        """What was lost of each track, and what was stated with it of the time besides, with its cause."""
        spans = self.spans
        besides = (
            Gap(gap.track, start, end - start, gap.cause)
            for gap in self._gaps
            for start, end in _between(spans, gap.track, gap.start_ns, gap.start_ns + gap.duration_ns)
            if end > start
        )
        return (*spans, *besides)

    def carried_by(self, chunk: PlainChunk) -> PlainChunk:
        """The chunk with everything that was lost before it among its gaps."""
        if not self._spans and not self._gaps:
            return chunk
        return replace(chunk, gaps=_few((*self.spans, *chunk.gaps, *self._gaps)))

    def told(self) -> None:
        """A chunk that carried it is durable."""
        self._spans.clear()
        self._gaps = ()


def tail(
    lost: Iterable[Gap],
    tracks: Iterable[Track],
    from_ns: int,
    until_ns: int,
    cause: GapCause = GapCause.STALLED,
) -> tuple[Gap, ...]:
    """What is missing at a recording's end: what was lost, and around it where nothing came at all.

    Args:
        lost: What is known to be lost since the last chunk.
        tracks: What the recording holds.
        from_ns: Where its last chunk ends.
        until_ns: When it was stopped. Less than the format's tolerance before that counts as whole.
        cause: Why nothing came.
    """
    lost = tuple(lost)
    silent = (gap for track in tracks for gap in _silent(lost, track, from_ns, until_ns, cause))
    return (*lost, *silent)


def _silent(
    lost: tuple[Gap, ...], track: Track, from_ns: int, until_ns: int, cause: GapCause
) -> tuple[Gap, ...]:
    """Where nothing of a track came, neither stored nor lost."""
    found = tuple(
        Gap(track, start, end - start, cause)
        for start, end in _between(lost, track, from_ns, until_ns)
        if end > start
    )
    return found if sum(gap.duration_ns for gap in found) > CONTINUITY_TOLERANCE_NS else ()


def _between(lost: tuple[Gap, ...], track: Track, from_ns: int, until_ns: int) -> Iterator[tuple[int, int]]:
    """The spans around what was lost of a track."""
    at_ns = from_ns
    for gap in sorted((gap for gap in lost if gap.track is track), key=lambda gap: gap.start_ns):
        yield at_ns, min(gap.start_ns, until_ns)
        at_ns = max(at_ns, gap.start_ns + gap.duration_ns)
    yield at_ns, until_ns


def _few(gaps: tuple[Gap, ...]) -> tuple[Gap, ...]:
    """No more gaps than a chunk may state: if there are, those of each track are joined."""
    if len(gaps) <= MAX_GAPS:
        return gaps
    return tuple(gap for track in Track for gap in condense([gap for gap in gaps if gap.track is track]))

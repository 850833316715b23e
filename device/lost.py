"""Footage that could not be stored, remembered until the next chunk can say so (C6). Pure.

Rules:

- The next chunk that is stored carries one gap per track over everything that was lost since the last stored
  one, and the gaps that the lost ones stated, with their causes.
- They may be joined to keep within the format's limit and this memory small, but none is left out.
- Nothing is forgotten until that chunk is stored. A recording that ends before it says so in its ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from device.encode.gaps import condense
from protocol.footage.limits import MAX_GAPS
from protocol.footage.model import Gap, GapCause, Track

if TYPE_CHECKING:
    from protocol.footage.model import PlainChunk


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

    @property
    def spans(self) -> tuple[Gap, ...]:
        """What was lost of each track."""
        return tuple(
            Gap(track, start, end - start, cause) for track, (start, end, cause) in self._spans.items()
        )

    def carried_by(self, chunk: PlainChunk) -> PlainChunk:
        """The chunk with everything that was lost before it among its gaps."""
        if not self._spans and not self._gaps:
            return chunk
        return replace(chunk, gaps=_few((*self.spans, *chunk.gaps, *self._gaps)))

    def told(self) -> None:
        """A chunk that carried it is durable."""
        self._spans.clear()
        self._gaps = ()


def _few(gaps: tuple[Gap, ...]) -> tuple[Gap, ...]:
    """No more gaps than a chunk may state: if there are, those of each track are joined."""
    if len(gaps) <= MAX_GAPS:
        return gaps
    return tuple(gap for track in Track for gap in condense([gap for gap in gaps if gap.track is track]))

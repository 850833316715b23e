"""Footage that could not be stored, remembered until the next chunk can say so (C6). Pure.

Rules:

- The next chunk that is sealed carries one gap per track over everything that was lost since the last stored
  one.
- Nothing is forgotten until that chunk is durable.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

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
        return bool(self._spans)

    def add(self, chunk: PlainChunk, cause: GapCause) -> None:
        """A chunk could not be stored."""
        end = chunk.start_ns + chunk.duration_ns
        for part in chunk.parts:
            start, _, first = self._spans.get(part.track, (chunk.start_ns, end, cause))
            self._spans[part.track] = (start, end, first)
        self._gaps = (*self._gaps, *chunk.gaps)

    def carried_by(self, chunk: PlainChunk) -> PlainChunk:
        """The chunk with everything that was lost before it among its gaps."""
        if not self._spans and not self._gaps:
            return chunk
        lost = (Gap(track, start, end - start, cause) for track, (start, end, cause) in self._spans.items())
        return replace(chunk, gaps=(*lost, *chunk.gaps, *self._gaps)[:MAX_GAPS])

    def told(self) -> None:
        """A chunk that carried it is durable."""
        self._spans.clear()
        self._gaps = ()

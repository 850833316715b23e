"""A timeline by the numbers that players ask with: a look-up costs the same in every recording. Pure."""

from __future__ import annotations

from fleet.footage.timeline.timeline import Span, Timeline
from protocol.footage.format.model import Track


class TimelineIndex:
    """Finds the spans of a timeline. It never changes, so any thread may ask.

    Attributes:
        timeline: what it was made of.
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._spans = {
            (track, span.chunk.seq): span
            for track, spans in timeline.tracks.items()
            for span in spans
            if span.chunk is not None
        }
        self._first_seqs: dict[tuple[Track, int], int] = {}
        for track, spans in timeline.tracks.items():
            for span in spans:
                if span.chunk is not None and span.part is not None:
                    self._first_seqs.setdefault((track, span.era), span.chunk.seq)

    def span(self, track: Track, seq: int) -> Span | None:
        """Return the span of a track that a chunk fills, or None when the recording has no such chunk."""
        return self._spans.get((track, seq))

    def first_seq(self, track: Track, era: int) -> int | None:
        """Return the first chunk of an era that has the track, or None when there is none."""
        return self._first_seqs.get((track, era))

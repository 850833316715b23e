"""The redacted copy of footage as a player asks for it before it is approved: parts as they will go out.

It is played on the recording's own clock. What is withheld of both tracks is a gap; where one track goes on
without the other, silence or a black picture stands in its place, as in any recording.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fleet.footage.timeline.timeline import Span, Timeline, heads_of
from fleet.footage.watching.footage_player import FootageLook, PlayedFootage
from fleet.releases.packages.redacted import RedactedParts
from fleet.releases.rules.plan import NS_PER_MS, ReleasePlan
from fleet.releases.rules.watched import Spans, joined_spans
from protocol.footage.format.model import Track
from protocol.footage.released.released_part import Treatment


@dataclass(frozen=True, slots=True)
class CopyLook:
    """What there is of a copy."""

    timeline: Timeline
    is_whole: bool


class RedactedCopy:
    """What a player plays of footage that is open: the caller keeps it open, and closes it."""

    def __init__(self, opened: PlayedFootage, plan: ReleasePlan, parts: RedactedParts) -> None:
        """Lay it out.

        Args:
            opened: the recording, or the clip that is cut into seconds.
            plan: what is chosen of it.
            parts: gives what stands in the place of parts in which something is hidden.
        """
        self._opened = opened
        self._parts = parts
        self._plan = plan
        self._arrived = self._laid_out(opened.arrived)

    @property
    def arrived(self) -> CopyLook:
        """What there is of it."""
        return self._arrived

    @property
    def was_sealed(self) -> bool:
        """Whether the vault was sealed since it was opened."""
        return self._opened.was_sealed

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies wholly within what was chosen."""
        return not self._arrived.timeline.tracks

    def part(self, seq: int, track: Track) -> bytes:
        """Return one part as it will go out.

        Raises:
            RedactionError: something of it is to be hidden and cannot be.
            Exception: as ``OpenedRecording.part`` does.
        """
        made = self._parts.changed(seq, track)
        return self._opened.part(seq, track) if made is None else made

    def refresh(self) -> CopyLook:
        """Take in what has become of the footage since."""
        self._arrived = self._laid_out(self._opened.refresh())
        return self._arrived

    def close(self) -> None:
        """Do nothing: whoever opened the recording closes it."""

    def needed(self) -> Spans:
        """Return what there is to be watched, in milliseconds as the player shows them."""
        tracks = self._arrived.timeline.tracks.values()
        return joined_spans((_millis(span) for spans in tracks for span in spans if span.part), crumb_ms=1)

    def span_of(self, seq: int) -> tuple[int, int] | None:
        """Return where a chunk lies, in milliseconds as the player shows them; None where there is none."""
        for spans in self._arrived.timeline.tracks.values():
            for span in spans:
                if span.chunk is not None and span.chunk.seq == seq:
                    return _millis(span)
        return None

    def counts(self, seq: int, track: Track) -> bool:
        """Say whether a chunk counts as sent once this track of it was: the picture, where there is one."""
        if self._plan.treatment(seq, Track.VIDEO) is Treatment.WITHHELD:
            return self._plan.treatment(seq, track) is not Treatment.WITHHELD
        return track is Track.VIDEO

    def _laid_out(self, arrived: FootageLook) -> CopyLook:
        return CopyLook(copied_timeline(arrived.timeline, self._plan), arrived.is_whole)


def copied_timeline(timeline: Timeline, plan: ReleasePlan) -> Timeline:
    """Return a timeline with those parts alone of which something is given away, at the same times."""
    given = {each for each, treated in plan.treatments.items() if treated is not Treatment.WITHHELD}
    chunks = {seq for seq, _ in given}
    tracks: dict[Track, tuple[Span, ...]] = {}
    eras: dict[Track, tuple[str | None, ...]] = {}
    for track, spans in timeline.tracks.items():
        if not any(each is track for _, each in given):
            continue
        tracks[track] = tuple(_copied(span, track, given, chunks) for span in spans)
        codecs: list[str | None] = [None] * len(timeline.eras[track])
        for span in tracks[track]:
            if span.part is not None:
                codecs[span.era] = span.part.codec
        eras[track] = tuple(codecs)
    heads = {track: heads_of(codecs) for track, codecs in eras.items()}
    return replace(timeline, tracks=tracks, eras=eras, heads=heads)


def _copied(span: Span, track: Track, given: set[tuple[int, Track]], chunks: set[int]) -> Span:
    if span.chunk is None or span.chunk.seq not in chunks:
        return replace(span, chunk=None, part=None)
    return span if (span.chunk.seq, track) in given else replace(span, part=None)


def _millis(span: Span) -> tuple[int, int]:
    return span.start_ns // NS_PER_MS, -(-(span.start_ns + span.duration_ns) // NS_PER_MS)

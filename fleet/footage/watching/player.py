"""What a browser's player asks for: playlists, initialisations, fragments, and the timeline.

Rules:
- a fragment is made for its request: read, decrypted, cut at its ``moof``, moved to the recording's own time;
- times begin with the recording, so that what a player shows is what the ledger's times say;
- a part whose initialisation is another than its era's is served with its own, and so are all of its track
  from then on: a decoder that has met one such part must be told at each.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, Protocol

from fleet.footage.errors import PlaybackError
from fleet.footage.media.filler import black, silence
from fleet.footage.media.fragment import read_initialisation, shift, split
from fleet.footage.timeline.arrived import NOT_ARRIVED, NOT_SHOWN
from fleet.footage.timeline.events import RecordingEvents, place_events, seconds
from fleet.footage.timeline.gaps import gaps_of
from fleet.footage.timeline.index import TimelineIndex
from fleet.footage.timeline.timeline import Span, Timeline
from fleet.footage.watching.opened_recording import Arrived
from fleet.footage.watching.playlists import is_filled, main_playlist, media_playlist
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

_FIXED_POINT = 16


class PlayedRecording(Protocol):
    """What is played: an opened recording, or a copy of one."""

    @property
    def arrived(self) -> Arrived:
        """What is here of it: one look, whole and unchanging."""

    @property
    def was_sealed(self) -> bool:
        """Whether the vault was sealed since it was opened."""

    def part(self, seq: int, track: Track) -> bytes:
        """Return one part in plaintext."""

    def refresh(self) -> Arrived:
        """Take in what has become of it since."""

    def close(self) -> None:
        """Forget the keys."""


class Player:
    """Plays one opened recording. Safe to use from several threads: what changes is behind one lock.

    The lock is held for look-ups alone, never while footage is read or decrypted.

    Attributes:
        recording: what is played.
    """

    def __init__(self, recording: PlayedRecording, *, goes_on: bool = False) -> None:
        """Prepare it.

        Args:
            recording: what is played.
            goes_on: whether another process has played it to the same decoder, which may have met anything.
        """
        self.recording = self._recording = recording
        self._lock = threading.Lock()
        self._index = TimelineIndex(recording.arrived.timeline)
        self._heads: dict[tuple[Track, int], bytes] = {}  # the initialisation served, by era
        # Tracks of which every part carries its own from now on.
        self._mixed: set[Track] = set(Track) if goes_on else set()

    @property
    def arrived(self) -> Arrived:
        """What is here of the recording."""
        return self._recording.arrived

    @property
    def starts_s(self) -> float:
        """Where the first footage lies: what comes before it has not arrived."""
        return seconds(self.arrived.timeline.starts_ns)

    @property
    def was_sealed(self) -> bool:
        """Whether the vault was sealed since it was opened: it plays no more."""
        return self._recording.was_sealed

    def close(self) -> None:
        """Forget the keys."""
        self._recording.close()

    def main_playlist(self) -> str:
        """Return the playlist that a player begins with.

        Raises:
            PlaybackError: the first part cannot be shown.
            KeysError: it does not open.
            StoreError: the store failed.
        """
        timeline, size = self.arrived.timeline, None
        if Track.VIDEO in timeline.tracks:
            head = read_initialisation(self.initialisation(Track.VIDEO, timeline.heads[Track.VIDEO][0]))
            size = (head.width >> _FIXED_POINT, head.height >> _FIXED_POINT)
        return main_playlist(timeline, size=size)

    def playlist(self, track: Track) -> str:
        """Return the playlist of a track, with what has arrived by now.

        Raises:
            PlaybackError: the recording has no such track.
            KeysError: it has become another recording.
            StoreError: the store failed.
        """
        arrived = self._recording.refresh()
        _check(arrived.timeline, track)
        return media_playlist(arrived.timeline, track, ended=arrived.summary.is_whole)

    def initialisation(self, track: Track, era: int) -> bytes:
        """Return ``ftyp moov`` of an era of a track.

        Raises:
            PlaybackError: there is none.
            KeysError: its first part does not open.
            StoreError: the store failed.
        """
        index = self._current()
        _check(index.timeline, track)
        with self._lock:
            kept = self._heads.get((track, era))
        if kept is not None:
            return kept
        seq = index.first_seq(track, era)
        if seq is None:
            raise PlaybackError(f"There is no {track} of that kind in this recording.")
        head, _ = split(self._recording.part(seq, track))
        with self._lock:
            return self._heads.setdefault((track, era), head)

    def fragment(self, track: Track, seq: int) -> bytes:
        """Return the fragment of a chunk.

        Raises:
            PlaybackError: the recording has no such fragment.
            MediaError: the part is not what it should be.
            KeysError: it does not open.
            StoreError: the store failed.
        """
        index = self._current()
        _check(index.timeline, track)
        span = index.span(track, seq)
        if span is None:
            raise PlaybackError(f"There is no chunk {seq} in this recording.")
        expected = self.initialisation(track, index.timeline.heads[track][span.era])
        if span.part is None:
            return self._filler(index.timeline, track, span, expected)
        head, media = split(self._recording.part(seq, track))
        timescale = read_initialisation(expected).timescale
        moved = shift(media, (index.timeline.first_ns + span.cut_ns) * timescale // NS_PER_S)
        return head + moved if self._is_mixed(track, head != expected) else moved

    def refresh(self) -> None:
        """Take in what has arrived since, so that nothing is told that is true no longer.

        Raises:
            ProblemError: 404 it is gone.
            KeysError: it has become another recording.
            StoreError: the store failed.
        """
        self._recording.refresh()

    def events(self) -> RecordingEvents:
        """Return what happened in the recording as it plays: events by its ledger, gaps by its chunks."""
        arrived = self.arrived
        timeline = arrived.timeline
        end_ns = timeline.first_ns + timeline.duration_ns + sum(cut.left_out_ns for cut in timeline.cuts)
        events = place_events(arrived.ledger, first_ns=timeline.first_ns, end_ns=end_ns, cuts=timeline.cuts)
        gaps = gaps_of(timeline, arrived.ledger.gaps)
        if arrived.more:
            gaps = tuple(replace(gap, cause=NOT_SHOWN) if gap.cause == NOT_ARRIVED else gap for gap in gaps)
        return replace(events, gaps=gaps)

    def document(self) -> dict[str, Any]:
        """Return what is drawn beside the picture: press, pre-record, events, gaps; in seconds."""
        arrived, events = self.arrived, self.events()
        told = arrived.summary.said is None  # what did not verify tells nothing of what happened (F8)
        events = events if told else events.bare()
        return {
            **events.to_json(),
            "recording": arrived.summary.id,
            "final": arrived.summary.is_whole,
            "starts_s": self.starts_s,
            "more_arrived": arrived.more,
            "verified": arrived.summary.is_held,
            "prerecord_s": max(0.0, events.press_s),
            "asked_s": seconds(arrived.ledger.open.asked_ns) if told else None,
            "tracks": [str(track) for track in arrived.timeline.tracks],
            "bookmarks": [each.offset_s for each in events.events if each.kind == "bookmark"],
        }

    def _current(self) -> TimelineIndex:
        """Return the index of what is here now, made anew when more has arrived."""
        timeline = self.arrived.timeline
        with self._lock:
            if self._index.timeline is not timeline:
                self._index = TimelineIndex(timeline)
            return self._index

    def _is_mixed(self, track: Track, differs: bool) -> bool:
        with self._lock:
            if differs:
                self._mixed.add(track)
            return track in self._mixed

    def _filler(self, timeline: Timeline, track: Track, span: Span, head: bytes) -> bytes:
        """Return what stands in for a track that a chunk lacks, so that the other can be played."""
        info = read_initialisation(head)
        if is_filled(timeline) and track is Track.VIDEO:
            self._is_mixed(track, differs=True)
            size = (info.width >> _FIXED_POINT, info.height >> _FIXED_POINT)
            return black(*size, start_ns=span.start_ns, length_ns=span.duration_ns)
        start = span.start_ns * info.timescale // NS_PER_S
        length = span.duration_ns * info.timescale // NS_PER_S
        quiet = silence(info, start=start, length=length) if is_filled(timeline) else None
        if quiet is None:
            raise PlaybackError(f"There is no {track} at this place in the recording.")
        return quiet


def _check(timeline: Timeline, track: Track) -> None:
    if track not in timeline.tracks:
        raise PlaybackError(f"There is no {track} in this recording.")

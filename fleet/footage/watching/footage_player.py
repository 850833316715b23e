"""What a browser's player asks for of footage in parts: playlists, initialisations and fragments.

Rules:
- a fragment is made for its request: read, decrypted, cut at its ``moof``, moved to the footage's own time;
- times begin with the footage, so that what a player shows is what the timeline says;
- a part whose initialisation is another than its era's is served with its own, and so are all of its track
  from then on: a decoder that has met one such part must be told at each.
"""

from __future__ import annotations

import threading
from typing import Protocol

from fleet.footage.errors import PlaybackError
from fleet.footage.media.filler import black, silence
from fleet.footage.media.fragment import read_initialisation, shift, split
from fleet.footage.timeline.events import seconds
from fleet.footage.timeline.index import TimelineIndex
from fleet.footage.timeline.timeline import Span, Timeline
from fleet.footage.watching.playlists import initialisation_name, is_filled, main_playlist, media_playlist
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

_FIXED_POINT = 16


class FootageLook(Protocol):
    """What is here of some footage: one look, whole and unchanging."""

    @property
    def timeline(self) -> Timeline:
        """How it is laid out."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing more comes."""


class PlayedFootage(Protocol):
    """Footage in parts that is played: a recording, a clip that is cut into seconds, or a copy of either."""

    @property
    def arrived(self) -> FootageLook:
        """What is here of it: one look, whole and unchanging."""

    @property
    def was_sealed(self) -> bool:
        """Whether the vault was sealed since it was opened."""

    def part(self, seq: int, track: Track) -> bytes:
        """Return one part in plaintext."""

    def refresh(self) -> FootageLook:
        """Take in what has become of it since."""

    def close(self) -> None:
        """Forget the keys."""


class FootagePlayer:
    """Plays opened footage. Safe to use from several threads: what changes is behind one lock.

    The lock is held for look-ups alone, never while footage is read or decrypted.
    """

    def __init__(self, footage: PlayedFootage, *, goes_on: bool = False) -> None:
        """Prepare it.

        Args:
            footage: what is played.
            goes_on: whether another process has played it to the same decoder, which may have met anything.
        """
        self._played = footage
        self._lock = threading.Lock()
        self._index = TimelineIndex(footage.arrived.timeline)
        self._heads: dict[tuple[Track, int], bytes] = {}  # the initialisation served, by era
        # Tracks of which every part carries its own from now on.
        self._mixed: set[Track] = set(Track) if goes_on else set()

    @property
    def starts_s(self) -> float:
        """Where the first footage lies: what comes before it has not arrived."""
        return seconds(self._played.arrived.timeline.starts_ns)

    @property
    def was_sealed(self) -> bool:
        """Whether the vault was sealed since it was opened: it plays no more."""
        return self._played.was_sealed

    def close(self) -> None:
        """Forget the keys."""
        self._played.close()

    def main_playlist(self) -> str:
        """Return the playlist that a player begins with.

        Raises:
            PlaybackError: the first part cannot be shown.
            KeysError: it does not open.
            StoreError: the store failed.
        """
        timeline, size = self._played.arrived.timeline, None
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
        arrived = self._played.refresh()
        _check(arrived.timeline, track)
        return media_playlist(arrived.timeline, track, ended=arrived.is_whole)

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
        head, _ = split(self._played.part(seq, track))
        with self._lock:
            return self._heads.setdefault((track, era), head)

    def ahead(self) -> tuple[dict[str, str], dict[str, bytes]]:
        """Return all playlists, and the initialisation of each track where playing begins, by their names.

        Raises:
            PlaybackError: the first part cannot be shown.
            KeysError: it does not open, or has become another recording.
            StoreError: the store failed.
        """
        arrived = self._played.refresh()
        timeline = arrived.timeline
        playlists = {"main.m3u8": self.main_playlist()}
        initialisations = {}
        for track in timeline.tracks:
            playlists[f"{track}.m3u8"] = media_playlist(timeline, track, ended=arrived.is_whole)
            era = timeline.heads[track][_begins(timeline, track).era]
            initialisations[f"{track}/{initialisation_name(era)}"] = self.initialisation(track, era)
        return playlists, initialisations

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
        head, media = split(self._played.part(seq, track))
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
        self._played.refresh()

    def _current(self) -> TimelineIndex:
        """Return the index of what is here now, made anew when more has arrived."""
        timeline = self._played.arrived.timeline
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


def _begins(timeline: Timeline, track: Track) -> Span:
    """Return where a player begins with a track: its first span that is no hole, or its first."""
    spans = timeline.tracks[track]
    return next((each for each in spans if each.chunk is not None), spans[0])


def _check(timeline: Timeline, track: Track) -> None:
    if track not in timeline.tracks:
        raise PlaybackError(f"There is no {track} in this recording.")

"""What passes between the thread that reads a source and those who take its tracks: two queues, one lock.

Rules:

- Nobody who takes waits longer than he says.
- It is over when nobody takes from it any more, when its reader has ended, or when somebody gave it up. What
  was read before may still be taken.
- An error or an end is said behind the last packet. A track that the source lacks says so at once.

It reads nothing and knows no clock: ``connection`` does.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from device.sources.base import SourceError
from device.sources.demux.reading.track_queue import DuePacket, Item, NewPass, TrackQueue
from protocol.footage.format.model import Track

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from device.sources.demux.open_track import OpenTrack

BOTH: Final = (Track.VIDEO, Track.AUDIO)
_LOOK_AGAIN_S: Final = 0.5


class Handover:
    """The queues of one connection."""

    def __init__(self) -> None:
        self._queues = {track: TrackQueue() for track in BOTH}
        self._change = threading.Condition()
        self._joined: set[Track] = set()
        self._opened = False
        self._over = False

    @property
    def over(self) -> bool:
        """Whether nothing more will be read."""
        return self._over

    @property
    def opened(self) -> bool:
        """Whether the source has been opened."""
        return self._opened

    # The side of those who take.

    def takes(self, track: Track) -> bool:
        """Whether somebody who comes for a track should join, instead of making another connection."""
        with self._change:
            unused = track not in self._joined
            return not self._over or (unused and self._wanted())

    def attach(self, track: Track) -> None:
        """Begin to take a track."""
        with self._change:
            self._queues[track].taken_from = True
            self._joined.add(track)
            self._change.notify_all()

    def detach(self, track: Track) -> None:
        """Take no more of it."""
        with self._change:
            queue = self._queues[track]
            queue.taken_from = False
            queue.clear()
            self._over = self._over or not self._wanted()
            self._change.notify_all()

    def wait_open(self, track: Track, seconds: float) -> None:
        """Wait until it is open, but not longer than that.

        Raises:
            SourceError: It does not open, or lacks the track.
        """
        with self._change:
            queue = self._queues[track]
            self._change.wait_for(lambda: self._opened or queue.failure is not None or self._over, seconds)
            failure = queue.failure if self._opened or queue.is_empty else queue.take()
        if isinstance(failure, SourceError):
            raise failure

    def take(self, track: Track, seconds: float) -> Item | None:
        """What is next of a track; ``None`` if nothing came in that time.

        Raises:
            SourceError: It broke off, or has no such track.
        """
        with self._change:
            queue = self._queues[track]
            self._change.wait_for(lambda: not queue.is_empty or queue.failure is not None, seconds)
            if queue.failure is not None:
                raise queue.failure
            item = queue.take()
            self._change.notify_all()
        if isinstance(item, SourceError):
            raise item
        return item

    def give_up(self, error: SourceError) -> None:
        """Read no more: both tracks are told why, behind what was read."""
        with self._change:
            if not self._over:
                self._over = True
                self._say(lambda _: error)

    # The side of the one who reads.

    def begin(
        self, tracks: Mapping[Track, OpenTrack], lacking: Callable[[Track], SourceError] | None
    ) -> bool:
        """Say what is decoded now, and with what; whether there is anything that can be taken.

        Args:
            tracks: Those that there are.
            lacking: What to say of one that there is not; None where it may only be missing for a while.
        """
        with self._change:
            for track, queue in self._queues.items():
                if track in tracks and queue.failure is None:
                    queue.put(NewPass(tracks[track]))
                elif track not in tracks and queue.failure is None and lacking is not None:
                    queue.failure = lacking(track)
            self._opened = True
            self._change.notify_all()
            return self._gives_something()

    def put(self, track: Track, pieces: Iterable[DuePacket]) -> None:
        """Hand over what was read."""
        with self._change:
            if self._queues[track].failure is None:
                for piece in pieces:
                    self._queues[track].put(piece)
            self._change.notify_all()

    def refuse(self, track: Track, error: SourceError) -> bool:
        """Say of a track that nothing more comes of it, not even what waits; whether the other one gives."""
        with self._change:
            queue = self._queues[track]
            queue.failure = queue.failure or error
            self._change.notify_all()
            return self._gives_something()

    def say(self, word: Callable[[Track], Item]) -> None:
        """Say something to each track behind what waits."""
        with self._change:
            self._say(word)

    def end(self) -> None:
        """Say that nothing reads any more."""
        with self._change:
            self._over = True
            self._change.notify_all()

    def wait_for_room(
        self, tracks: Iterable[Track], enough_ns: int, now: Callable[[], int], held: Callable[[], None]
    ) -> None:
        """Wait until somebody needs more.

        Args:
            tracks: Those that the source has.
            enough_ns: So much is enough for each.
            now: The boot clock.
            held: Is called for as long as it has to wait.
        """
        queues = [self._queues[track] for track in tracks]
        with self._change:
            while not self._over and self._is_enough(queues, enough_ns, now()):
                held()
                self._change.wait(_LOOK_AGAIN_S)

    def wait_until(self, time_has_come: Callable[[], bool], held: Callable[[], None]) -> None:
        """Wait until then, whatever is taken meanwhile; ``held`` is called for as long as that is."""
        with self._change:
            while not self._over and not time_has_come():
                held()
                self._change.wait(_LOOK_AGAIN_S)

    def _say(self, word: Callable[[Track], Item]) -> None:
        for track, queue in self._queues.items():
            queue.put(word(track))
        self._change.notify_all()

    def _gives_something(self) -> bool:
        return any(queue.failure is None for queue in self._queues.values())

    def _wanted(self) -> bool:
        return any(queue.taken_from for queue in self._queues.values())

    def _is_enough(self, queues: Iterable[TrackQueue], enough_ns: int, now_ns: int) -> bool:
        taken = [queue for queue in queues if queue.taken_from]
        if any(queue.is_full(now_ns) for queue in taken):
            return True
        return all(queue.has_enough(enough_ns) for queue in taken)

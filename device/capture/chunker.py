"""From packets to chunks: a closed group of pictures and the sound of its span. Pure: no clock, no threads.

Rules:

- A key picture begins a chunk, and a chunk lasts until the next one begins: no hole, no overlap (C6).
- Every packet is in exactly one chunk: sound in the one in which its packet begins.
- Neither track gates the other for long. A chunk waits a second at most for its sound; while there is no
  picture, chunks of one second go on without.
- Whatever is missing is stated as a gap with its limits and its cause. What comes after its chunk has gone is
  left out and counted; the gap stands.
- A chunk is never longer than two seconds. A sleep of the whole machine lies between two chunks, and the
  second states it.

What it leaves to others: to force key pictures in time (the encoder), to notice that a source is gone (the
feed, which sends ``Absent``), and what to do with chunks that nobody takes (the chunk queue).

    chunker = Chunker(label=label, frame_ns=33_333_333)
    for packet in packets:
        for chunk in chunker.push(packet): …
    chunker.finish()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device.capture.picture_track import PATIENCE_NS, PictureTrack
from device.capture.sound_track import SoundTrack
from device.encode.packets import Absent, EncodedPacket, Lost
from device.encode.part import mux_part
from protocol.footage.format.model import Gap, GapCause, PlainChunk, PlainPart, Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from protocol.footage.format.model import ClockLabel


SUSPENDED_NS: Final = 10 * NS_PER_S
"""When nothing came and time did not move for longer than this, the machine slept."""


class Chunker:
    """Takes packets of both tracks, each track in order, and gives out chunks in order.

    Args:
        label: The wall clock's label for an instant of the boot clock.
        frame_ns: How long a picture is shown when nothing follows it.
        sound: Whether sound is wanted; then its absence is stated.
    """

    def __init__(self, *, label: Callable[[int], ClockLabel], frame_ns: int, sound: bool = True) -> None:
        self._label = label
        self._frame_ns = frame_ns
        self._wants_sound = sound
        self._now: int | None = None
        self._start = 0
        self._pictures: PictureTrack | None = None
        self._sound = SoundTrack(0)
        self._early: list[EncodedPacket | Lost | Absent] = []
        self._slept_from: int | None = None
        self._woke = 0
        self._late = 0

    @property
    def late(self) -> int:
        """Packets that came after their chunk had gone."""
        return self._late + self._sound.late + (self._pictures.late if self._pictures else 0)

    def push(self, item: EncodedPacket | Lost | Absent) -> list[PlainChunk]:
        """Take what an encoder or a source has, and give out the chunks that are complete by it."""
        before = self._tick(item.until_ns)
        if isinstance(item, EncodedPacket) and item.pts_ns < self._woke - SUSPENDED_NS // 2:
            self._late += 1  # from before the sleep
        elif item.track is Track.AUDIO:
            self._hear(item)
        else:
            self._see(item)
        return before + self._complete()

    def advance(self, now_ns: int) -> list[PlainChunk]:
        """Say what time it is, so that a source that says nothing is noticed."""
        before = self._tick(now_ns)
        if self._pictures is not None:
            self._pictures.advance(now_ns)
        elif self._early and now_ns - self._first_time(self._early[0]) > PATIENCE_NS + NS_PER_S:
            self._begin(self._first_time(self._early[0])).absent(now_ns - PATIENCE_NS, GapCause.STALLED)
        elif self._slept_from is not None and now_ns - self._woke > PATIENCE_NS + NS_PER_S:
            self._begin(self._woke).absent(now_ns - PATIENCE_NS, GapCause.STALLED)
        return before + self._complete()

    def cut(self, now_ns: int) -> list[PlainChunk]:
        """End the chunk here if there are no pictures; else the encoder's next key picture ends it."""
        if self._pictures is not None:
            self._pictures.cut(now_ns)
        return self._complete()

    def finish(self) -> list[PlainChunk]:
        """Give out everything that is left; what is pushed later begins anew."""
        if self._pictures is None:
            return []
        self._pictures.finish(self._sound.end if self._wants_sound else 0)
        self._sound.finish(self._pictures.floor)
        chunks = self._complete(patience_ns=-1)
        self._late = self.late
        self._pictures, self._sound, self._early = None, SoundTrack(0), []
        return chunks

    def _tick(self, now_ns: int) -> list[PlainChunk]:
        """Keep the latest time; after a sleep, end what was and begin anew."""
        before, self._now = self._now, max(self._now or now_ns, now_ns)
        if before is None or self._now - before <= SUSPENDED_NS:
            return []
        if self._pictures is None and self._early:
            first_ns = self._first_time(self._early[0])  # what was heard or missed until then is stated
            self._begin(first_ns).absent(max(before, first_ns), GapCause.STALLED)
        if self._pictures is None and self._slept_from is None:
            return []  # nothing had come yet that could be missed
        chunks = self.finish()
        if self._slept_from is None:  # else it slept again before there was a chunk to say so
            self._slept_from = self._start
        self._woke = self._now
        return chunks

    def _hear(self, item: EncodedPacket | Lost | Absent) -> None:
        if self._pictures is None:
            self._early.append(item)
        else:
            self._sound.push(item)

    def _see(self, item: EncodedPacket | Lost | Absent) -> None:
        pictures = self._pictures
        if isinstance(item, EncodedPacket):
            if pictures is None and item.keyframe:
                heard = self._first_time(item)  # sound well before its picture is footage too
                pictures = self._begin(heard if item.start_ns - heard > PATIENCE_NS else item.start_ns)
            if pictures is not None:
                pictures.push(item)
        elif isinstance(item, Absent):
            (pictures or self._begin(self._first_time(item))).absent(item.until_ns, item.cause)
        elif pictures is not None:
            pictures.lost(item)

    def _first_time(self, item: EncodedPacket | Lost | Absent) -> int:
        """Without a camera, a capture begins with its first sound, or when something was first missed."""
        heard = [early.start_ns for early in self._early if isinstance(early, EncodedPacket)]
        return max(heard[0], self._start) if heard else max(item.start_ns, self._start, self._woke)

    def _begin(self, start_ns: int) -> PictureTrack:
        self._start = start_ns
        self._pictures = PictureTrack(start_ns, self._frame_ns)
        self._sound = SoundTrack(start_ns, self._early)
        self._early = []
        return self._pictures

    def _complete(self, patience_ns: int = PATIENCE_NS) -> list[PlainChunk]:
        """The chunks whose pictures are complete and whose sound is, or has had time enough."""
        chunks: list[PlainChunk] = []
        while self._pictures is not None and self._pictures.cuts:
            end = self._pictures.cuts[0]
            waited = max(self._now or end, self._pictures.end) - end
            if self._wants_sound and self._sound.end < end and waited <= patience_ns:
                break
            chunks.append(self._chunk(self._pictures, end))
        return chunks

    def _chunk(self, pictures: PictureTrack, end: int) -> PlainChunk:
        start, self._start = self._start, end
        images, image_gaps = pictures.take(end)
        pictures.cuts.popleft()
        sounds, sound_gaps = self._sound.take(end)
        gaps = (*self._sleep_before(start), *image_gaps, *(sound_gaps if self._wants_sound else ()))
        return PlainChunk(
            start_ns=start,
            duration_ns=end - start,
            label=self._label(start),
            parts=tuple(_part(packets) for packets in (images, sounds) if packets),
            gaps=gaps,
        )

    def _sleep_before(self, start: int) -> list[Gap]:
        slept_from, self._slept_from = self._slept_from, None
        if slept_from is None or slept_from >= start:
            return []
        tracks = (Track.VIDEO, Track.AUDIO) if self._wants_sound else (Track.VIDEO,)
        return [Gap(track, slept_from, start - slept_from, GapCause.SUSPENDED) for track in tracks]


def _part(packets: Sequence[EncodedPacket]) -> PlainPart:
    params = packets[0].params
    return PlainPart(track=params.track, codec=params.codec, data=mux_part(params, packets))

"""The capture: sources, encoders, chunker and chunk queue on their threads.

    frames ─ queue ─ encode ─┐
                             ├─ queue ─ chunker ─ chunk queue ─ on_chunk
    sound ────────── encode ─┘

Rules:

- Capture never waits for storage. Every queue is bounded; what overflows is counted and stated as a gap (C6).
- Sources may fail and come back; the other track goes on meanwhile.
- The sensors open once all prefilled footage was taken: what is live follows it.
- ``on_chunk`` and ``on_trouble`` are called on threads of the capture: ``on_chunk`` always on the same one,
  chunks in order, one at a time.
- ``close`` closes the sensors and waits for no card: what was captured is handed over by a thread of its own,
  whenever the card takes it, and before what the next capture captures (``behind``).
- ``stop`` closes them and waits for that, but not for ever: what is not taken by then is given up.

    capture = Capture(sensors, settings, recorder.push, log.warning)
    capture.start()
    …
    capture.stop()
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from device.capture.assembly import Assembly, earliest
from device.capture.chunk_queue import HAND_OVER_S, ChunkQueue
from device.capture.condition_watch import ConditionWatch
from device.capture.frame_queue import FrameQueue
from device.capture.sound_path import SoundPath
from device.capture.video_path import VideoPath
from device.encode.packets import Absent, EncoderError
from device.frames import SoundBlock, VideoFrame
from device.sources.base import SourceError
from device.sources.feed import Feed
from protocol.footage.format.model import GapCause, Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from device.capture.chunk_queue import LineOfFootage
    from device.capture.material_queue import Material
    from device.capture.sensors import Sensors
    from device.settings import AudioSettings, CaptureSettings
    from device.sources.base import AudioSource
    from protocol.footage.format.model import PlainChunk
    from protocol.footage.ledger.conditions import ConditionSpan

_CLOSE_S: Final = 3.0
_ENCODED_S: Final = 1.0  # the next capture may need the same encoder


@dataclass(frozen=True, slots=True)
class CaptureCounts:
    """What a capture has done since it started.

    Attributes:
        frames, lost_frames: Pictures that came, and those of them that found the encoder's queue full.
        chunks, lost_chunks: Chunks that were made, and those that the consumer was too slow for.
        late_packets: Packets that came after their chunk had gone, or need one that did.
    """

    frames: int
    lost_frames: int
    chunks: int
    lost_chunks: int
    late_packets: int


class Capture:
    """Captures picture and sound from ``start`` to ``stop``; one object for one such time.

    Args:
        sensors: Clock and sources.
        settings: What is wanted of them.
        on_chunk: Gets every chunk, in order. It may be slow; capture goes on.
        on_trouble: Gets one sentence when something goes wrong, once for each trouble.
        behind: What the capture before may still have to hand over; None for the first.
        goes_on: Whether that one broke: what lies between the two is stated as a gap.
        on_condition: Gets what is wrong with picture or sound that come, at its beginning and at its end.

    Attributes:
        broken: Whether a part of it broke: nothing more comes, and another one has to follow it.
        line: What is still to be handed over, for the capture that comes next.

    Raises:
        EncoderError: No encoder opens for the settings.
    """

    def __init__(
        self,
        sensors: Sensors,
        settings: CaptureSettings,
        on_chunk: Callable[[PlainChunk], None],
        on_trouble: Callable[[str], None],
        *,
        behind: LineOfFootage | None = None,
        goes_on: bool = False,
        on_condition: Callable[[ConditionSpan], None] = lambda _: None,
    ) -> None:
        video = settings.video
        self.broken = False
        self._sensors = sensors
        self._settings = settings
        self._on_chunk = on_chunk
        self._on_trouble = on_trouble
        self._path = VideoPath(settings, sensors.clock, sensors.viewfinder)
        self._frames = FrameQueue(self._path.prepare)
        tracks = [Track.VIDEO] if settings.audio is None else [Track.VIDEO, Track.AUDIO]
        self._chunk_queue = ChunkQueue(tracks, behind=behind, goes_on=goes_on)
        self.line = self._chunk_queue.line
        self._assembly = Assembly(
            sensors.clock,
            self._chunk_queue,
            frame_ns=round(NS_PER_S / video.fps),
            sound=settings.audio is not None,
            waits_since=lambda: earliest(self._frames.oldest_ns, self._watch.known_until_ns),
        )
        self._watch = ConditionWatch(on_condition, video.fps)
        self._renew = False
        self._prefilled = threading.Event()
        self._stopping = threading.Event()
        self._troubles: dict[Track, str] = {}
        self._readers: list[threading.Thread] = []
        self._workers: list[threading.Thread] = []

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is wrong now, a sentence each; empty when all is well, and once its sensors are closed."""
        return () if self.closed else tuple(self._troubles.copy().values())

    @property
    def conditions(self) -> tuple[ConditionSpan, ...] | None:
        """What is wrong now with picture or sound that come; None where that is not known, or none come."""
        return None if self.closed else self._watch.now

    @property
    def closed(self) -> bool:
        """Whether it was stopped and nothing reads a sensor any more."""
        return self._stopping.is_set() and not any(thread.is_alive() for thread in self._readers)

    @property
    def counts(self) -> CaptureCounts:
        """What was captured and lost so far."""
        return CaptureCounts(
            frames=self._frames.taken,
            lost_frames=self._frames.lost,
            chunks=self._assembly.chunks,
            lost_chunks=self._chunk_queue.lost,
            late_packets=self._assembly.late,
        )

    def start(self) -> None:
        """Hand over the prefilled footage if there is any, then open the sensors. Returns at once."""
        readers = [("frames", self._read_frames)]
        if self._settings.audio is not None:
            readers.append(("sound", self._read_sound))
        workers = [("encode", self._encode), ("chunks", self._assemble), ("deliver", self._deliver)]
        self._readers = [self._thread(name, run) for name, run in readers]
        self._workers = [self._thread(name, run) for name, run in workers]
        for thread in (*self._workers, *self._readers):
            thread.start()

    def cut(self) -> None:
        """End the chunk being filled with the next picture, or now if there are no pictures."""
        self._path.cut()
        self._assembly.cut()

    def mark_recording(self, *, recording: bool) -> None:
        """Show the recording mark in the picture, or take it away."""
        self._path.recording = recording

    def close(self) -> None:
        """Close the sensors. What was captured is still handed over; nobody need wait for it."""
        self._stopping.set()
        self._prefilled.set()
        for thread in self._readers:
            thread.join(_CLOSE_S)
            if thread.is_alive():
                within = f"within {_CLOSE_S:.0f} s ({thread.name})"
                self._on_trouble(f"A sensor did not close {within}: unplug it.")
        self._watch.finish()
        self._frames.end()
        self._assembly.end_within(HAND_OVER_S)
        for encoding in self._workers[:1]:
            encoding.join(_ENCODED_S)

    def stop(self) -> None:
        """Close the sensors, hand over everything captured, and return when the last chunk was taken.

        After half a minute it returns all the same; no chunk is handed over from then on.
        """
        self.close()
        self.line.finish(self._on_trouble)

    def _thread(self, name: str, run: Callable[[], None]) -> threading.Thread:
        """A thread that says so if it breaks, and then lets no other one wait for it."""

        def guarded() -> None:
            try:
                run()
            except Exception as error:
                self.broken = True
                self._assembly.abandon()
                what = f"{type(error).__name__}: {error}"
                then = "its last footage may be lost" if self._stopping.is_set() else "begins anew"
                self._on_trouble(f"The capture broke off ({name}, {what}) and {then}.")
                raise

        return threading.Thread(target=guarded, name=f"capture-{name}", daemon=True)

    def _trouble(self, track: Track) -> Callable[[str | None], None]:
        def report(sentence: str | None) -> None:
            if sentence is None:
                self._troubles.pop(track, None)
            elif self._troubles.get(track) != sentence:
                self._troubles[track] = sentence
                self._on_trouble(sentence)

        return report

    def _read_frames(self) -> None:
        self._prefilled.wait()
        Feed[VideoFrame](
            lambda: self._watch.source(self._sensors.open_video(self._settings.video)),
            self._watch.pictures(self._frames),
            trouble=self._trouble(Track.VIDEO),
            clock=self._sensors.clock,
            stopping=self._stopping,
        ).run()

    def _read_sound(self) -> None:
        settings = self._settings.audio
        if settings is None:
            return
        self._prefilled.wait()
        sound = SoundPath(settings, self._assembly.put)
        Feed[SoundBlock](
            lambda: self._open_audio(settings),
            self._watch.sound(sound),
            trouble=self._trouble(Track.AUDIO),
            clock=self._sensors.clock,
            stopping=self._stopping,
        ).run()
        sound.flush()

    def _open_audio(self, settings: AudioSettings) -> AudioSource:
        if self._sensors.open_audio is None:
            raise SourceError("This camera has no microphone: set audio.source to none.")
        return self._sensors.open_audio(settings)

    def _encode(self) -> None:
        """Frames to packets, until the frames end; then nothing more comes from either track."""
        try:
            while (item := self._frames.get()) is not None:
                for made in self._encode_frame(item) if isinstance(item, VideoFrame) else (item,):
                    self._assembly.put(made)
            for packet in self._path.flush():
                self._assembly.put(packet)
        finally:
            self._path.end()
            self._assembly.end()

    def _assemble(self) -> None:
        self._assembly.run()
        if self._assembly.overdue:
            self._on_trouble("The last pictures were not encoded in time and are lost: restart the camera.")

    def _encode_frame(self, frame: VideoFrame) -> Iterable[Material]:
        report = self._trouble(Track.VIDEO)
        try:
            if self._renew:
                self._path.renew()
                self._renew = False
                report(None)
            return self._path.encode(frame)
        except EncoderError as error:
            self._renew = True
            report(str(error))
            until = frame.boot_ns + round(NS_PER_S / self._settings.video.fps)
            return [Absent(Track.VIDEO, frame.boot_ns, until, GapCause.ENCODER)]

    def _deliver(self) -> None:
        end, prefill = None, self._sensors.prefill
        try:
            for chunk in prefill() if prefill is not None else ():
                if not self.line.given_up:
                    self._on_chunk(chunk)
                    end = chunk.start_ns + chunk.duration_ns
                if self._stopping.is_set():
                    break
            self._prefilled.set()
            self._chunk_queue.deliver(self._on_chunk, end)
        finally:
            self._chunk_queue.leave()

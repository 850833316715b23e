"""Footage encoded once and given out again and again with other times: a full ring at the cost of muxing.

A loop is encoded by the same encoders with the same settings as a live camera, so its parameter sets are the
same and live footage can follow it without a new initialisation. Its sound is encoded as if the loop had gone
on before and after, so that nobody hears where it repeats; for whole AAC packets that takes a multiple of
eight seconds.

    loop = encode_loop(frames, samples, seconds=16, video=settings.video, audio=settings.audio)
    for chunk in loop.chunks(first_start_ns, 180, label=label): …
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from device.capture.chunker import Chunker
from device.encode.aac import AacStream
from device.encode.packets import AAC_FRAME, VIDEO_TIMESCALE, EncodedPacket, to_ns, to_ticks
from device.encode.picture import Canvas, for_encoder
from device.encode.video import VideoEncoder
from device.settings import AUDIO_RATE
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from device.frames import VideoFrame
    from device.settings import AudioSettings, VideoSettings
    from protocol.footage.format.model import ClockLabel, PlainChunk


SOUND_LOOP_S: Final = 8
"""The shortest whole number of seconds that is a whole number of AAC packets at 48 kHz."""

_OVERLAP: Final = 4 * AAC_FRAME


def retime(packet: EncodedPacket, shift_ns: int) -> EncodedPacket:
    """The same packet at another time, moved to the nearest tick of its track."""
    scale = packet.params.timescale
    begin, end = (to_ticks(at + shift_ns, scale) for at in (packet.pts_ns, packet.end_ns))
    pts_ns = to_ns(begin, scale)
    return replace(packet, pts_ns=pts_ns, duration_ns=to_ns(end, scale) - pts_ns)


@dataclass(frozen=True, slots=True)
class EncodedLoop:
    """A few seconds of encoded footage that begin with a key picture and repeat.

    Attributes:
        packets: Of both tracks, in the order of their times, from 0 on.
        seconds: The length after which they repeat.
        frame_ns: The length of a picture.
        has_sound: Whether there is sound in it.
    """

    packets: tuple[EncodedPacket, ...]
    seconds: int
    frame_ns: int
    has_sound: bool

    def chunks(
        self, first_start_ns: int, count: int, *, label: Callable[[int], ClockLabel]
    ) -> Iterator[PlainChunk]:
        """Give out chunks of about a second, without a hole between them.

        Args:
            first_start_ns: Where the first begins; it is moved to the nearest tick of the picture's
                timescale.
            count: For how many seconds.
            label: The wall clock's label for an instant of the boot clock.
        """
        chunker = Chunker(label=label, frame_ns=self.frame_ns, sound=self.has_sound)
        start = to_ns(to_ticks(first_start_ns, VIDEO_TIMESCALE), VIDEO_TIMESCALE)
        end = start + count * NS_PER_S
        for packet in self._endless(start, end):
            yield from chunker.push(packet)
        yield from chunker.finish()

    def _endless(self, start: int, end: int) -> Iterator[EncodedPacket]:
        shift = start
        while shift < end:
            for packet in self.packets:
                moved = retime(packet, shift)
                if moved.pts_ns >= end:
                    return
                yield moved
            shift += self.seconds * NS_PER_S


def encode_loop(
    frames: Iterable[VideoFrame],
    samples: NDArray[np.float32] | None,
    *,
    seconds: int,
    video: VideoSettings,
    audio: AudioSettings | None,
) -> EncodedLoop:
    """Encode a loop.

    Args:
        frames: Pictures; their times count from the first one's. Those of ``seconds`` and later are left out.
        samples: 48 kHz mono; ``None`` for a loop without sound. Too few are followed by silence.
        seconds: Its length: a multiple of 8 with sound, of 1 without.
        video: As for a live camera.
        audio: As for a live camera; ``None`` for a loop without sound.

    Raises:
        EncoderError: An encoder does not open.
        ValueError: ``seconds`` is not such a multiple.
    """
    if samples is not None and audio is not None and seconds % SOUND_LOOP_S:
        raise ValueError(f"a loop with sound lasts a multiple of {SOUND_LOOP_S} s, not {seconds} s")
    pictures = _encode_pictures(frames, seconds, video)
    sounds = _encode_sound(samples, seconds, audio) if samples is not None and audio is not None else []
    merged = sorted([*pictures, *sounds], key=lambda packet: packet.pts_ns)
    return EncodedLoop(tuple(merged), seconds, round(NS_PER_S / video.fps), bool(sounds))


def _encode_pictures(frames: Iterable[VideoFrame], seconds: int, video: VideoSettings) -> list[EncodedPacket]:
    encoder = VideoEncoder(video)
    canvas = Canvas(video.width, video.height)
    packets: list[EncodedPacket] = []
    first: int | None = None
    for frame in frames:
        first = frame.boot_ns if first is None else first
        at = frame.boot_ns - first
        if at >= seconds * NS_PER_S:
            break
        packets += encoder.encode(for_encoder(canvas.own(frame)), at)
    return [*packets, *encoder.flush()]


def _encode_sound(samples: NDArray[np.float32], seconds: int, audio: AudioSettings) -> list[EncodedPacket]:
    wanted = seconds * AUDIO_RATE
    whole = np.zeros(wanted, np.float32)
    whole[: len(samples)] = samples[:wanted]
    around = np.concatenate((whole[-_OVERLAP:], whole, whole[:_OVERLAP]))
    stream = AacStream(audio, wanted - _OVERLAP)
    begin = seconds * NS_PER_S
    packets = [*stream.encode(around), *stream.finish()]
    return [retime(packet, -begin) for packet in packets if begin <= packet.pts_ns < 2 * begin]

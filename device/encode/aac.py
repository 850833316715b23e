"""AAC packets from samples that lie at known positions.

FFmpeg's encoder puts one packet of priming (1,024 samples) before the first real one and stamps it 1,024
samples early, so every packet's stamp is the place at which its samples are heard. The priming packet is left
out: it holds none of our samples. A stream without holes is one encoder; after a hole comes a new one.
"""

from __future__ import annotations

import io
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from av.codec.context import Flags

from device.encode.packets import AAC_FRAME, EncodedPacket, EncoderError, StreamParams, to_ns
from device.encode.part import MUXER, MUXER_OPTIONS
from device.settings import AUDIO_RATE
from protocol.footage.format.model import Track

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext
    from numpy.typing import NDArray

    from device.settings import AacCoder, AudioSettings

CODEC: Final = "mp4a.40.2"

_RATE: Final = Fraction(1, AUDIO_RATE)


class AacStream:
    """One encoder, from one position on without a hole.

    Args:
        settings: The bit rate, and how to search.
        position: Of the first sample, in samples since boot.

    Raises:
        EncoderError: The encoder does not open.
    """

    def __init__(self, settings: AudioSettings, position: int) -> None:
        self.params = sound_params(settings.bit_rate)
        self._context = _open(settings.bit_rate, settings.coder)
        self._first = position
        self._next = position
        self._rest = np.empty(0, np.float32)

    def encode(self, samples: NDArray[np.float32]) -> list[EncodedPacket]:
        """Encode the samples that follow the ones before."""
        self._rest = np.concatenate((self._rest, samples))
        whole = len(self._rest) // AAC_FRAME * AAC_FRAME
        packets = []
        for begin in range(0, whole, AAC_FRAME):
            packets += self._run(self._frame(self._rest[begin : begin + AAC_FRAME]))
        self._rest = self._rest[whole:]
        return packets

    def finish(self) -> list[EncodedPacket]:
        """Encode what is left, the last packet shorter than the others; the stream is over then."""
        packets = self._run(self._frame(self._rest)) if len(self._rest) else []
        self._rest = self._rest[:0]
        return [*packets, *self._run(None)]

    def _frame(self, samples: NDArray[np.float32]) -> av.AudioFrame:
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="fltp", layout="mono")
        frame.sample_rate = AUDIO_RATE
        frame.pts = self._next
        frame.time_base = _RATE
        self._next += len(samples)
        return frame

    def _run(self, frame: av.AudioFrame | None) -> list[EncodedPacket]:
        try:
            packets = self._context.encode(frame)
        except av.FFmpegError as error:
            raise EncoderError(f"The AAC encoder gave up ({error.strerror}): restart the camera.") from error
        placed = [(packet.pts if packet.pts is not None else self._first, packet) for packet in packets]
        return [self._packet(position, packet) for position, packet in placed if position >= self._first]

    def _packet(self, position: int, packet: av.Packet[Any]) -> EncodedPacket:
        begin = to_ns(position, AUDIO_RATE)
        end = min(position + AAC_FRAME, self._next)
        return EncodedPacket(
            track=Track.AUDIO,
            pts_ns=begin,
            duration_ns=to_ns(end, AUDIO_RATE) - begin,
            keyframe=True,
            data=bytes(packet),
            params=self.params,
        )


@lru_cache(maxsize=8)
def sound_params(bit_rate: int) -> StreamParams:
    """What every AAC stream of that bit rate has in common.

    Raises:
        EncoderError: The encoder does not open.
    """
    buffer = io.BytesIO()
    try:
        with av.open(buffer, "w", format=MUXER, options=MUXER_OPTIONS) as output:
            stream = output.add_stream("aac", rate=AUDIO_RATE)
            stream.codec_context.layout = "mono"
            stream.codec_context.bit_rate = bit_rate
            output.start_encoding()
    except av.FFmpegError as error:
        raise EncoderError(
            f"The AAC encoder does not open at {bit_rate} bit/s: check audio.bitrate_kbit."
        ) from error
    return StreamParams(Track.AUDIO, CODEC, AUDIO_RATE, buffer.getvalue())


def _open(bit_rate: int, coder: AacCoder) -> AudioCodecContext:
    context = av.CodecContext.create("aac", "w")
    context.options = {"aac_coder": coder}
    context.sample_rate = AUDIO_RATE
    context.layout = "mono"
    context.format = "fltp"
    context.bit_rate = bit_rate
    context.time_base = _RATE
    context.flags |= Flags.global_header
    try:
        context.open(strict=False)
    except av.FFmpegError as error:
        raise EncoderError(
            f"The AAC encoder does not open at {bit_rate} bit/s: check audio.bitrate_kbit."
        ) from error
    return context

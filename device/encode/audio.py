"""From blocks of sound to AAC packets on the boot clock: to mono, to 48 kHz, placed, encoded.

Rules:

- Holes come out as ``Lost``, with the exact time that has no samples; between holes no sample is missing.
- No time has sound twice. A source that fell silent or was opened anew may stamp its next sound earlier than
  where its last was placed, since a stamp may be late: what lies before that is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
from av.audio.resampler import AudioResampler

from device.encode.aac import AacStream
from device.encode.packets import EncodedPacket, Lost, to_ns, to_ticks
from device.encode.placement import Placed, Placement
from device.settings import AUDIO_RATE
from protocol.footage.format.model import GapCause, Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from device.frames import SoundBlock
    from device.settings import AudioSettings


class _Resampler:
    """One rate to 48 kHz; what it gives out lags a little behind what it takes, and it knows by how much."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._swr = AudioResampler(format="fltp", layout="mono", rate=AUDIO_RATE)
        self._taken = 0
        self._given = 0

    def push(self, samples: NDArray[np.float32], boot_ns: int) -> tuple[NDArray[np.float32], int]:
        """The samples at 48 kHz that are ready, and the time of the first of them."""
        behind = self._taken * NS_PER_S // self.rate - self._given * NS_PER_S // AUDIO_RATE
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="fltp", layout="mono")
        frame.sample_rate = self.rate
        pieces = [piece.to_ndarray().reshape(-1) for piece in self._swr.resample(frame)]
        ready = np.concatenate(pieces).astype(np.float32, copy=False) if pieces else samples[:0]
        self._taken += len(samples)
        self._given += len(ready)
        return ready, boot_ns - behind


class AudioEncoder:
    """One sound source, encoded.

    Args:
        settings: The bit rate, and how to search.
    """

    def __init__(self, settings: AudioSettings) -> None:
        self._settings = settings
        self._placement = Placement()
        self._resampler: _Resampler | None = None
        self._stream: AacStream | None = None
        self._end: int | None = None  # of all sound so far, in samples since boot
        self._cause = GapCause.OVERFLOW

    def push(self, block: SoundBlock) -> list[EncodedPacket | Lost]:
        """Encode a block.

        Raises:
            EncoderError: The encoder does not open, or gave up.
        """
        self._cause = block.hole_cause if block.after_hole else GapCause.OVERFLOW
        samples, boot_ns = self._to_rate(_to_mono(block.samples), block)
        stamp = to_ticks(boot_ns, AUDIO_RATE)
        return self._encode(self._placement.push(samples, stamp, after_hole=block.after_hole))

    def flush(self) -> list[EncodedPacket | Lost]:
        """Encode what is held back and end the stream; a later block begins another."""
        out = self._encode(self._placement.flush())
        if self._stream is not None:
            out += self._stream.finish()
        self._stream = None
        self._placement = Placement()
        self._resampler = None
        return out

    def _to_rate(self, samples: NDArray[np.float32], block: SoundBlock) -> tuple[NDArray[np.float32], int]:
        if block.rate == AUDIO_RATE:
            return samples, block.boot_ns
        if self._resampler is None or self._resampler.rate != block.rate:
            self._resampler = _Resampler(block.rate)
        return self._resampler.push(samples, block.boot_ns)

    def _encode(self, placed: list[Placed]) -> list[EncodedPacket | Lost]:
        out: list[EncodedPacket | Lost] = []
        for piece in placed:
            if piece.hole and self._stream is not None:
                out += self._stream.finish()
                out.append(_lost(piece, self._cause))
                self._stream = None
            samples = self._new_of(piece)
            if not len(samples):
                continue
            self._end = piece.position + len(piece.samples)
            if self._stream is None:
                self._stream = AacStream(self._settings, self._end - len(samples))
            out += self._stream.encode(samples)
        return out

    def _new_of(self, piece: Placed) -> NDArray[np.float32]:
        """Its samples from where there is no sound yet."""
        twice = 0 if self._end is None else self._end - piece.position
        return piece.samples[max(twice, 0) :]


def _to_mono(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of all channels."""
    if samples.shape[1] == 1:
        return np.ascontiguousarray(samples[:, 0], np.float32)
    return np.asarray(samples.mean(axis=1), np.float32)


def _lost(piece: Placed, cause: GapCause) -> Lost:
    begin, end = (to_ns(at, AUDIO_RATE) for at in (piece.position - piece.hole, piece.position))
    return Lost(Track.AUDIO, begin, end, cause)

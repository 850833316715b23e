"""Whatever sound comes, in whatever layout, rate and format, and in whatever order: to 48 kHz mono.

Rules:

- A change on the way begins anew.
- FFmpeg mixes the layouts that it knows as it should (ATSC A/52, ITU-R BS.775); of channels that nobody has
  named, which it cannot mix, the mean is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.audio.resampler import AudioResampler

from device.settings import AUDIO_RATE
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from numpy.typing import NDArray


class MonoResampler:
    """Converts one source's sound."""

    def __init__(self) -> None:
        self._kind: tuple[str, str, int] | None = None
        self._resampler: AudioResampler | None = None
        self._mixes = True
        self._taken = 0
        self._given = 0

    def would_change(self, frame: AudioFrame) -> bool:
        """Whether a frame is of another kind than the last one."""
        return self._resampler is not None and _kind(frame) != self._kind

    def push(self, frame: AudioFrame, begin_ns: int) -> tuple[NDArray[np.float32], int]:
        """The samples that are ready, float32, and the time of the first of them.

        Raises:
            av.FFmpegError: Not even that can be converted. Also ``ValueError``.
        """
        if self._resampler is None or _kind(frame) != self._kind:
            self._begin(frame)
        behind = self._taken * NS_PER_S // frame.sample_rate - self._given * NS_PER_S // AUDIO_RATE
        self._taken += frame.samples
        samples = _joined(self._resample(frame))
        self._given += len(samples)
        return samples, begin_ns - behind

    def flush(self) -> NDArray[np.float32]:
        """The samples that it still holds; they follow the last ones."""
        resampler, self._resampler = self._resampler, None
        return _joined(resampler.resample(None)) if resampler is not None else np.empty(0, np.float32)

    def _begin(self, frame: AudioFrame) -> None:
        self._resampler = AudioResampler(format="flt", layout="mono", rate=AUDIO_RATE)
        self._kind, self._mixes, self._taken, self._given = _kind(frame), True, 0, 0

    def _resample(self, frame: AudioFrame) -> list[AudioFrame]:
        frame.pts = None  # its own count would fill the holes that are kept here
        if self._resampler is None:
            return []
        if self._mixes:
            try:
                return self._resampler.resample(frame)
            except (av.FFmpegError, ValueError):
                self._resampler = AudioResampler(format="flt", layout="mono", rate=AUDIO_RATE)
                self._mixes = False
        return self._resampler.resample(_mean(frame))


def _mean(frame: AudioFrame) -> AudioFrame:
    """The mean of all channels."""
    array = cast("NDArray[np.generic]", frame.to_ndarray())
    channels = array if frame.format.is_planar else array.reshape(-1, frame.layout.nb_channels).T
    values = channels.astype(np.float32)
    if np.issubdtype(channels.dtype, np.integer):
        limits = np.iinfo(cast("np.dtype[np.integer]", channels.dtype))
        middle = (int(limits.max) + int(limits.min) + 1) / 2
        values = (values - middle) / (int(limits.max) + 1 - middle)
    mixed = av.AudioFrame.from_ndarray(values.mean(axis=0, keepdims=True), format="fltp", layout="mono")
    mixed.sample_rate = frame.sample_rate
    return mixed


def _kind(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _joined(pieces: list[AudioFrame]) -> NDArray[np.float32]:
    arrays = [piece.to_ndarray().reshape(-1) for piece in pieces]
    return np.concatenate(arrays).astype(np.float32, copy=False) if arrays else np.empty(0, np.float32)

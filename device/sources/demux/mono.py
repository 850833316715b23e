"""Whatever sound comes, in whatever layout, rate and format, and in whatever order: to 48 kHz mono.

Rules:

- A change on the way begins anew.
- FFmpeg mixes the layouts that it knows as it should (ATSC A/52, ITU-R BS.775); of channels that nobody has
  named, which it cannot mix, the mean is taken.
- Two channels together are no louder than one could be. FFmpeg sees to that where whole numbers come out; of
  floating ones two full channels would be cut off at their peaks. Of more the middle is to stay as loud.
- Two channels of which one is the other upside down, as of a microphone with a balanced plug, would be
  silence together: while they are, the louder one is heard alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import av
import numpy as np
from av.audio.resampler import AudioResampler

from device.settings import AUDIO_RATE
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from numpy.typing import NDArray


_NOTHING_LEFT: Final = 0.01
_ENOUGH_LEFT: Final = 0.04
"""Of the power of the louder channel, in the mix of both: 20 and 14 dB below it."""
_FAINT: Final = 1e-6
"""Power below which channels say nothing: 60 dB below full scale."""
_OF_THE_NEWEST: Final = 0.1
_PAIR: Final = 2
_FULL: Final = 1 << 31


class Cancelling:
    """Watches whether two channels cancel each other out. Pure."""

    def __init__(self) -> None:
        self.now = False
        self._louder = 0
        self._mixed = 0.0
        self._powers = np.zeros(_PAIR)

    def louder(self, pair: NDArray[np.float32]) -> int | None:
        """Take the next samples, shape (2, samples), full scale 1; which channel to hear alone, or None."""
        self._mixed += _OF_THE_NEWEST * (float(np.square(pair.mean(axis=0)).mean()) - self._mixed)
        self._powers += _OF_THE_NEWEST * (np.square(pair).mean(axis=1) - self._powers)
        most = float(self._powers.max())
        if most > _FAINT:
            self.now = self._mixed < most * (_ENOUGH_LEFT if self.now else _NOTHING_LEFT)
        if not self.now:
            self._louder = int(self._powers.argmax())
        return self._louder if self.now else None


class MonoResampler:
    """Converts one source's sound."""

    def __init__(self) -> None:
        self._kind: tuple[str, str, int] | None = None
        self._resampler: AudioResampler | None = None
        self._mixes = True
        self._cancelling = Cancelling()
        self._alone: int | None = None
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
        self._resampler, self._cancelling, self._alone = (
            _to_mono(frame.layout.nb_channels),
            Cancelling(),
            None,
        )
        self._kind, self._mixes, self._taken, self._given = _kind(frame), True, 0, 0

    def _resample(self, frame: AudioFrame) -> list[AudioFrame]:
        frame.pts = None  # its own count would fill the holes that are kept here
        if self._resampler is None:
            return []
        before = self._choose(frame)
        if self._alone is not None:
            return [*before, *self._resampler.resample(_mono(_channels(frame)[self._alone], frame))]
        if self._mixes:
            try:
                return [*before, *self._resampler.resample(frame)]
            except (av.FFmpegError, ValueError):
                self._resampler = _to_mono(1)
                self._mixes = False
        return [*before, *self._resampler.resample(_mono(_channels(frame).mean(axis=0), frame))]

    def _choose(self, frame: AudioFrame) -> list[AudioFrame]:
        """Begin or end to hear one channel of two alone; what the resampler held until then."""
        if frame.layout.nb_channels != _PAIR or self._resampler is None:
            return []
        alone = self._cancelling.louder(_channels(frame))
        if alone == self._alone:
            return []
        self._alone, held = alone, self._resampler
        self._resampler = _to_mono(_PAIR)
        return held.resample(None) if self._given else []


def _to_mono(channels: int) -> AudioResampler:
    return AudioResampler(format="s32" if channels <= _PAIR else "flt", layout="mono", rate=AUDIO_RATE)


def _channels(frame: AudioFrame) -> NDArray[np.float32]:
    """The samples of each channel, full scale 1."""
    array = cast("NDArray[np.generic]", frame.to_ndarray())
    channels = array if frame.format.is_planar else array.reshape(-1, frame.layout.nb_channels).T
    values = channels.astype(np.float32)
    if np.issubdtype(channels.dtype, np.integer):
        limits = np.iinfo(cast("np.dtype[np.integer]", channels.dtype))
        middle = (int(limits.max) + int(limits.min) + 1) / 2
        values = (values - middle) / (int(limits.max) + 1 - middle)
    return values


def _mono(samples: NDArray[np.float32], like: AudioFrame) -> AudioFrame:
    mixed = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(samples[np.newaxis]), format="fltp", layout="mono"
    )
    mixed.sample_rate = like.sample_rate
    return mixed


def _kind(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _joined(pieces: list[AudioFrame]) -> NDArray[np.float32]:
    if not pieces:
        return np.empty(0, np.float32)
    whole = np.concatenate([piece.to_ndarray().reshape(-1) for piece in pieces])
    floating = np.issubdtype(whole.dtype, np.floating)
    return whole.astype(np.float32) / np.float32(1 if floating else _FULL)

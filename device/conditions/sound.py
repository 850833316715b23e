"""What one second of sound shows: dead, silent, clipped, hum, or sound. Pure.

Levels are in dB of full scale (AES17 without its 3 dB: a square of full scale has 0). The figures behind the
limits are in ``docs/conditions.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SILENT_BELOW: Final = 10 ** (-75 / 20)
"""RMS without the constant part. A quiet room is -50 to -65 dB, an open 16-bit input below -80."""

STILL_SILENT_BELOW: Final = 10 ** (-71 / 20)
"""The same once it is silent."""

DEAD_ABOVE: Final = 0.005
"""A constant part this large, and nothing beside it, is a broken microphone and no quiet room."""

LOUD_ABOVE: Final = 0.25
"""Peak: what is not louder cannot have been clipped where it was turned into numbers."""

_TOP: Final = 0.985
_NEAR_TOP: Final = 0.9
_CLIPPED_SHARE: Final = 0.005
_FLAT: Final = 0.6
_CODED_PEAK: Final = 0.6
_RARE: Final = 200
_CROWD: Final = 0.8
_CROWD_SHARE: Final = 0.05
_HALF_FROM: Final = 0.3
_HALF_TO: Final = 0.5
_FEW_SWINGS: Final = 20
_UNEVEN: Final = 0.5
_HUM_RATE: Final = 2_000
_HUM_SHARE: Final = 0.8
_BASE_SHARE: Final = 0.3
_HUM_WIDTH_HZ: Final = 2.0
_HARMONICS: Final = 8
_LOWEST_HZ: Final = 20.0
_MAINS_HZ: Final = (50.0, 60.0)


@dataclass(frozen=True, slots=True)
class SoundLook:
    """What a look shows.

    Attributes:
        dead: Whether it is one constant value that is not zero.
        silent: Whether there is nothing in it.
        clipped: Whether its peaks are cut off; None where it is too quiet to tell.
        hum: Whether the mains are most of it.
    """

    dead: bool
    silent: bool
    clipped: bool | None
    hum: bool


def look_at_sound(samples: NDArray[np.float32], rate: int, *, was_silent: bool) -> SoundLook:
    """Look at a second of sound, or what there is of it.

    Args:
        samples: float32 in [-1, 1], one channel, at least one sample.
        rate: Samples per second.
        was_silent: Whether it counts as silent, or dead, so far.
    """
    finite = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    constant = float(finite.mean(dtype=np.float64))
    moving = finite - np.float32(constant)
    level = float(np.sqrt(np.mean(np.square(moving), dtype=np.float64)))
    if level <= (STILL_SILENT_BELOW if was_silent else SILENT_BELOW):
        dead = abs(constant) >= DEAD_ABOVE
        return SoundLook(dead=dead, silent=not dead, clipped=None, hum=False)
    return SoundLook(dead=False, silent=False, clipped=_is_clipped(finite), hum=_is_hum(moving, rate))


def _is_clipped(samples: NDArray[np.float32]) -> bool | None:
    """Whether peaks are cut off: flat tops, or what a lossy coder (AAC, Opus) makes of flat tops."""
    heights = np.abs(np.clip(samples, -1.0, 1.0))
    peak = float(heights.max())
    if peak < LOUD_ABOVE:
        return None
    top = int(np.count_nonzero(heights >= _TOP * peak))
    high = int(np.count_nonzero(heights >= _NEAR_TOP * peak))
    if top >= _CLIPPED_SHARE * samples.size and top >= _FLAT * high:
        return True
    return peak >= _CODED_PEAK and _is_crowded(heights, peak) and not _is_tone(samples)


def _is_crowded(heights: NDArray[np.float32], peak: float) -> bool:
    """Whether more samples are near the top than half way up: a coder rounds flat tops and leaves them.

    Speech has a quarter as many there, noise a tenth; a pure tone has more as well.
    """
    rank = heights.size - max(heights.size // _RARE, 1) - 1
    usual = min(float(np.partition(heights, rank)[rank]), peak)
    near = int(np.count_nonzero(heights >= _CROWD * usual))
    half = int(np.count_nonzero((heights >= _HALF_FROM * usual) & (heights < _HALF_TO * usual)))
    return near >= _CROWD_SHARE * heights.size and near >= half


def _is_tone(samples: NDArray[np.float32]) -> bool:
    """Whether it swings evenly, as a whistle or a siren does and no voice."""
    swings = np.diff(np.flatnonzero(np.diff(np.signbit(samples))))
    return swings.size < _FEW_SWINGS or float(swings.std()) < _UNEVEN * float(swings.mean())


def _is_hum(moving: NDArray[np.float32], rate: int) -> bool:
    """Whether 50 or 60 Hz and what they are the base of carry most of the power."""
    thin = max(rate // _HUM_RATE, 1)
    count = moving.size // thin
    if count * thin < rate // 2:
        return False  # too short to tell 50 Hz from a low voice
    low = moving[: count * thin].reshape(count, thin).mean(axis=1, dtype=np.float64)
    power = np.square(np.abs(np.fft.rfft(low * np.hanning(count)))).astype(np.float64)
    at_hz = np.fft.rfftfreq(count, thin / rate).astype(np.float64)
    total = float(np.square(low * np.hanning(count)).sum()) * count / 2
    whole = float(np.square(moving, dtype=np.float64).mean()) / max(float(np.square(low).mean()), 1e-20)
    heard = power * (at_hz >= _LOWEST_HZ)
    return any(_is_of(mains, heard, at_hz, total * max(whole, 1.0)) for mains in _MAINS_HZ)


def _is_of(mains: float, power: NDArray[np.float64], at_hz: NDArray[np.float64], total: float) -> bool:
    shares = [_share(power, at_hz, mains * each, total) for each in range(1, _HARMONICS + 1)]
    return sum(shares) >= _HUM_SHARE and sum(shares[:2]) >= _BASE_SHARE * sum(shares)


def _share(power: NDArray[np.float64], at_hz: NDArray[np.float64], middle: float, total: float) -> float:
    near = np.abs(at_hz - middle) <= _HUM_WIDTH_HZ
    return float(power[near].sum()) / total if total else 0.0

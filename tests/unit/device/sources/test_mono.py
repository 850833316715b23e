"""Two channels become one, and are never silence that neither of them is."""

from __future__ import annotations

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from device.settings import AUDIO_RATE
from device.sources.demux.mono import MonoResampler

BLOCK = 1024
Samples = NDArray[np.float32]


def heard(
    left: NDArray[np.float32], right: NDArray[np.float32], rate: int, layout: str
) -> NDArray[np.float32]:
    """What becomes of two channels, block by block."""
    resampler, given = MonoResampler(), []
    for first in range(0, len(left), BLOCK):
        pair = np.stack((left[first : first + BLOCK], right[first : first + BLOCK]))
        if layout == "fltp":
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pair), format=layout, layout="stereo")
        else:
            whole = (pair * 32_767).astype(np.int16).T.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(whole, format=layout, layout="stereo")
        frame.sample_rate = rate
        given.append(resampler.push(frame, 0)[0])
    return np.concatenate([*given, resampler.flush()])


def tone(seconds: float, rate: int) -> Samples:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def loudness(samples: Samples) -> float:
    return float(np.sqrt(np.square(samples).mean()))


@pytest.mark.parametrize("layout", ["fltp", "s16"])
@pytest.mark.parametrize("rate", [AUDIO_RATE, 44_100])
def test_channels_that_are_each_other_upside_down_are_heard(rate: int, layout: str) -> None:
    sound = tone(2, rate)
    made = heard(sound, -0.98 * sound, rate, layout)
    assert len(made) == pytest.approx(2 * AUDIO_RATE, abs=64)
    assert loudness(made[AUDIO_RATE // 10 :]) == pytest.approx(loudness(sound), rel=0.05)


@pytest.mark.parametrize("layout", ["fltp", "s16"])
@pytest.mark.parametrize(("right", "share"), [(1.0, 1.0), (0.0, 0.5), (0.5, 0.75)])
def test_others_are_mixed_and_never_louder_than_they_are(right: float, share: float, layout: str) -> None:
    sound = 2 * tone(1, AUDIO_RATE)
    made = heard(sound, np.float32(right) * sound, AUDIO_RATE, layout)
    assert len(made) == len(sound)
    np.testing.assert_allclose(made, share * sound, atol=2e-3)


def test_silence_stays_silence_and_what_follows_is_mixed_again() -> None:
    sound, silence = tone(2, AUDIO_RATE), np.zeros(AUDIO_RATE, np.float32)
    left, right = np.concatenate((sound, silence, sound)), np.concatenate((-sound, silence, sound))
    made = heard(left, right, AUDIO_RATE, "fltp")
    assert len(made) == len(left)
    assert not made[2 * AUDIO_RATE + BLOCK : 3 * AUDIO_RATE - BLOCK].any()
    np.testing.assert_allclose(made[-AUDIO_RATE:], sound[-AUDIO_RATE:], atol=2e-3)

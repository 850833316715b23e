"""Sound that carries nothing is found in time, and quiet or loud sound is not called so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from device.conditions.watch import SoundWatch
from device.frames import SoundBlock
from protocol.footage.ledger.conditions import ConditionSpan
from tests.support.media import conditions as made
from tests.support.media.conditions import RATE, Samples
from tests.support.tries import tries

pytestmark = pytest.mark.slow

NS = 1_000_000_000
MEDIA = Path(__file__).parents[5] / "shared" / "media"
BLOCK = 1_024


def listen(samples: Samples, rate: int = RATE, channels: int = 1) -> list[ConditionSpan]:
    follow, told = SoundWatch(), []
    for place in range(0, len(samples) - BLOCK + 1, BLOCK):
        block = np.repeat(samples[place : place + BLOCK, None], channels, axis=1)
        told += follow.take(SoundBlock(block, rate, NS + place * NS // rate))
    return told


def names(spans: list[ConditionSpan]) -> list[tuple[str, bool]]:
    return [(span.condition, span.end_ns is not None) for span in spans]


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def tone(seconds: float, hz: float, level: float) -> Samples:
    return np.asarray(level * np.sin(2 * np.pi * hz * made.times(seconds)), np.float32)


def siren(at: NDArray[np.float64]) -> NDArray[np.float64]:
    """The phase of a yelp, from 650 to 1,500 Hz and back each second."""
    return np.asarray(1_075 * at + 425 / 2 / np.pi * np.sin(2 * np.pi * at))


EMPTY: dict[str, tuple[str, Callable[[], Samples]]] = {
    "digital silence": ("silent", lambda: np.zeros(20 * RATE, np.float32)),
    "an open input": ("silent", lambda: made.noise(20, -85, rng())),
    "below the level": ("silent", lambda: made.noise(20, -77, rng())),
    "a constant value": ("dead", lambda: np.full(20 * RATE, 0.3, np.float32)),
    "a constant value, negative, with the noise of its converter": (
        "dead",
        lambda: made.noise(20, -90, rng()) - np.float32(0.02),
    ),
    "full scale": ("dead", lambda: np.ones(20 * RATE, np.float32)),
    "speech, clipped": ("clipped", lambda: made.clipped(made.speech(20, rng()))),
    "speech, clipped before the converter": ("clipped", lambda: 0.6 * made.clipped(made.speech(20, rng()))),
    "hum": ("hum", lambda: made.hum(20)),
    "hum of a slightly slow grid": ("hum", lambda: made.hum(20, 49.8)),
    "hum of 60 Hz": ("hum", lambda: made.hum(20, 60)),
    "hum of a rectifier": ("hum", lambda: made.hum(20, 100)),
    "hum over quiet speech": ("hum", lambda: made.hum(20) + made.speech(20, rng(), level=0.004)),
}


@pytest.mark.parametrize("name", EMPTY)
def test_what_carries_nothing_is_found_within_ten_seconds_and_its_length_is_known(name: str) -> None:
    # proves C12
    condition, make = EMPTY[name]
    samples = make()
    well = made.speech(4, rng())
    told = listen(np.concatenate([well, samples, well, well]))
    assert names(told) == [(condition, False), (condition, True)]
    assert told[1].end_ns is not None
    assert abs(told[0].start_ns - 5 * NS) <= 2 * NS
    assert abs(told[1].end_ns - 25 * NS) <= 2 * NS
    assert names(listen(np.concatenate([well, samples[: round(9.5 * RATE)]]))) == [(condition, False)]


SOUND: dict[str, Callable[[], Samples]] = {
    "speech": lambda: made.speech(20, rng()),
    "quiet speech": lambda: made.speech(20, rng(), level=0.01),
    "a quiet room": lambda: made.noise(20, -60, rng()),
    "a very quiet room": lambda: made.noise(20, -70, rng()),
    "wind": lambda: made.noise(20, -12, rng()),
    "speech over hum": lambda: made.hum(20, level=0.01) + made.speech(20, rng()),
    "a whistle at full scale": lambda: tone(20, 1_000, 1.0),
    "a low note": lambda: tone(20, 130, 0.5),
    "a siren": lambda: np.asarray(0.95 * np.sin(2 * np.pi * siren(made.times(20))), np.float32),
    "a beep each second": lambda: np.where(made.times(20) % 1 < 0.05, tone(20, 1_000, 0.5), 0).astype(
        np.float32
    ),
    "words between long pauses": lambda: np.where(made.times(20) % 5 < 1, made.speech(20, rng()), 0).astype(
        np.float32
    ),
    "sound over a constant part": lambda: made.speech(20, rng()) + np.float32(0.1),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_is_sound(name: str) -> None:
    # proves C12
    assert listen(SOUND[name]()) == []


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (44_100, 2), (96_000, 6)])
def test_other_rates_and_layouts_are_listened_to(rate: int, channels: int) -> None:
    assert names(listen(np.zeros(12 * rate, np.float32), rate, channels)) == [("silent", False)]


def test_one_live_channel_is_sound() -> None:
    follow, told, speech = SoundWatch(), [], made.speech(12, rng())
    for place in range(0, len(speech) - BLOCK, BLOCK):
        block = np.zeros((BLOCK, 2), np.float32)
        block[:, 1] = speech[place : place + BLOCK]
        told += follow.take(SoundBlock(block, RATE, NS + place * NS // RATE))
    assert told == []


def test_sound_that_comes_too_slowly_is_told() -> None:
    # proves C12
    follow, told = SoundWatch(), []
    for number in range(200):
        block = made.noise(0.1, -30, np.random.default_rng(number))[:, None]
        told += follow.take(SoundBlock(block, RATE, NS + number * NS * 15 // 100))
    assert names(told) == [("slow", False)]


def test_what_is_no_number_breaks_nothing() -> None:
    strange = np.full(12 * RATE, np.nan, np.float32)
    strange[::7] = np.inf
    listen(strange)


def test_sound_that_goes_away_ends_what_there_was() -> None:
    follow, told = SoundWatch(), []
    for number in range(100):
        told += follow.take(SoundBlock(np.zeros((4_800, 1), np.float32), RATE, NS + number * NS // 10))
    told += follow.absent()
    assert names(told) == [("silent", False), ("silent", True)]
    assert told[1].end_ns == 11 * NS


@settings(max_examples=tries(40), deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5_000), st.integers(1, 3), st.sampled_from([1, 8_000, 48_000])), max_size=30
    )
)
def test_blocks_of_any_size_are_listened_to(blocks: list[tuple[int, int, int]]) -> None:
    follow, at_ns = SoundWatch(), NS
    for count, channels, rate in blocks:
        follow.take(SoundBlock(np.zeros((count, channels), np.float32), rate, at_ns))
        at_ns += max(count, 1) * NS // rate


def test_real_speech_is_sound_and_clipped_speech_is_found() -> None:
    # proves C12
    clip = MEDIA / "jfk.flac"
    if not clip.exists():
        pytest.skip(f"{clip} is not here: real clips are not part of the project")
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(clip)) as source:
        parts = [out for each in source.decode(audio=0) for out in resampler.resample(each)]
    once = np.concatenate([np.asarray(each.to_ndarray(), np.float32).ravel() for each in parts])
    speech = np.asarray(np.tile(once, 2), np.float32)
    assert listen(speech) == []
    assert listen(np.float32(0.02) * speech) == [], "nor from far away"
    assert names(listen(made.clipped(speech, 8))) == [("clipped", False)]

"""The clapper is exact: what the audio-video offset of every recording is measured with."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.settings import AUDIO_RATE
from simulator.sources.synthetic import GREY, WHITE, SyntheticScene

SCENE = SyntheticScene(width=320, height=180, fps=10)


def test_the_first_picture_of_every_second_is_white_and_no_other() -> None:
    means = [picture[: SCENE.height].mean() for picture in islice(SCENE.pictures(0), 30)]

    assert [index for index, mean in enumerate(means) if mean == WHITE] == [0, 10, 20]
    assert max(mean for index, mean in enumerate(means) if index % 10) < WHITE / 2


def test_the_beep_starts_with_the_second_to_the_sample() -> None:
    sound = SCENE.sound(0, 3 * AUDIO_RATE)

    loud = np.flatnonzero(np.abs(sound) > 0.4)
    starts = loud[np.flatnonzero(np.diff(loud, prepend=-AUDIO_RATE) > AUDIO_RATE // 2)]
    assert starts.tolist() == [0, AUDIO_RATE, 2 * AUDIO_RATE]


@given(first=st.integers(0, 10**7), count=st.integers(1, 5000))
def test_sound_depends_on_its_position_alone(first: int, count: int) -> None:
    whole = SCENE.sound(first, count)
    split = count // 2

    assert np.array_equal(
        whole, np.concatenate([SCENE.sound(first, split), SCENE.sound(first + split, count - split)])
    )


@given(first=st.integers(0, 2000))
def test_a_picture_depends_on_its_position_alone(first: int) -> None:
    early, late = next(SCENE.pictures(first)), next(SCENE.pictures(first + SCENE.picture_loop))

    assert np.array_equal(early, late)


def test_a_picture_is_planar_and_without_colour() -> None:
    picture = next(SCENE.pictures(3))

    assert picture.shape == (270, 320)
    assert picture.dtype == np.uint8
    assert np.all(picture[180:] == GREY)


@pytest.mark.parametrize("fps", [10, 12, 25])
def test_loops_are_whole_seconds(fps: int) -> None:
    scene = SyntheticScene(fps=fps)

    assert scene.picture_loop % fps == 0
    assert scene.sound_loop % AUDIO_RATE == 0


def test_the_pattern_moves() -> None:
    one, other = islice(SCENE.pictures(1), 2)

    assert not np.array_equal(one, other)

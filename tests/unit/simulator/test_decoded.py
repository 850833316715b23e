"""Pictures that are decoded once: the scene's own, over and over, and nobody can change them."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import ScenarioError
from simulator.sources.choose import SceneSpec
from simulator.sources.decoded import DecodedScene, decode
from simulator.sources.synthetic import SyntheticScene

if TYPE_CHECKING:
    from pathlib import Path

SCENE = SyntheticScene(width=64, height=36, fps=10)


@pytest.fixture(scope="module")
def decoded(tmp_path_factory: pytest.TempPathFactory) -> DecodedScene:
    file = tmp_path_factory.mktemp("decoded") / "pictures.yuv"
    decode(SCENE, file, 30)
    return DecodedScene(SCENE, file)


@given(first=st.integers(0, 10**6))
def test_the_pictures_are_the_scenes_own_and_repeat(decoded: DecodedScene, first: int) -> None:
    own = list(islice(SCENE.pictures(0), 30))
    for at, picture in enumerate(islice(decoded.pictures(first), 32)):
        assert np.array_equal(picture, own[(first + at) % 30])


def test_everything_else_is_the_scenes(decoded: DecodedScene) -> None:
    assert (decoded.width, decoded.height, decoded.fps, decoded.picture_loop) == (64, 36, 10, 30)
    assert decoded.sound_loop == SCENE.sound_loop
    assert np.array_equal(decoded.sound(5, 100), SCENE.sound(5, 100))


def test_a_picture_that_all_cameras_share_cannot_be_changed(decoded: DecodedScene) -> None:
    with pytest.raises(ValueError, match="read-only"):
        next(decoded.pictures(0))[0, 0] = 1


def test_pictures_for_which_there_is_no_room_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"cannot be kept in .*missing .*: make room there"):
        decode(SCENE, tmp_path / "missing" / "pictures.yuv", 1)


def test_a_scene_that_nobody_decoded_is_opened_as_it_is() -> None:
    spec = SceneSpec(None, 64, 36, 10)
    assert isinstance(spec.open(), SyntheticScene)
    assert isinstance(replace(spec, fps=5).open(), SyntheticScene)

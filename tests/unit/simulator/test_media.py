"""Real footage is used where it is, and its absence is said where it was asked for."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from device.settings import AUDIO_RATE
from simulator.errors import ScenarioError
from simulator.sources.choose import SourceKind, choose_scene
from simulator.sources.clip import SPEECH_BLOCK, ClipScene
from simulator.sources.media import CLIP, SPEECH, VARIABLE, Media, find_media

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """A 3.4 s clip whose picture k has the luma 20 + 5 k, and 1.5 s of a tone."""
    folder = tmp_path_factory.mktemp("media")
    with av.open(str(folder / CLIP), "w") as clip:
        stream = clip.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for index in range(34):
            picture = np.full((96, 64), 128, dtype=np.uint8)
            picture[:64] = 20 + 5 * index
            clip.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
        clip.mux(stream.encode(None))
    with av.open(str(folder / SPEECH), "w") as sound:
        track = sound.add_stream("flac", rate=44_100, layout="mono")
        tone = (8000 * np.sin(np.arange(66_150) / 20)).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        frame.rate = 44_100
        sound.mux(track.encode(frame))
        sound.mux(track.encode(None))
    return Media(folder / CLIP, folder / SPEECH)


def lumas(scene: ClipScene, first: int, count: int) -> list[int]:
    """Which pictures of the clip were shown, by their luma."""
    return [
        round((float(picture[: scene.height].mean()) - 20) / 5)
        for picture in islice(scene.pictures(first), count)
    ]


def test_the_clip_loops_on_a_whole_second(media: Media) -> None:
    scene = ClipScene(media, 32, 32, 10)

    assert scene.picture_loop == 30
    assert lumas(scene, 27, 6) == [27, 28, 29, 0, 1, 2]


def test_the_clip_begins_anywhere(media: Media) -> None:
    assert lumas(ClipScene(media, 32, 32, 10), 60 + 13, 4) == [13, 14, 15, 16]


def test_another_rate_repeats_or_leaves_out_pictures(media: Media) -> None:
    assert lumas(ClipScene(media, 32, 32, 20), 0, 6) == [0, 0, 1, 1, 2, 2]
    assert lumas(ClipScene(media, 32, 32, 5), 0, 4) == [0, 2, 4, 6]


def test_speech_is_padded_with_a_pause_to_whole_chunks(media: Media) -> None:
    scene = ClipScene(media)

    assert scene.sound_loop == SPEECH_BLOCK
    assert np.abs(scene.sound(0, AUDIO_RATE)).max() > 0.1
    assert not scene.sound(2 * AUDIO_RATE, AUDIO_RATE).any()
    assert np.array_equal(scene.sound(10, 50), scene.sound(10 + SPEECH_BLOCK, 50))


def test_a_named_folder_is_used(media: Media) -> None:
    assert find_media({VARIABLE: str(media.clip.parent)}) == media


def test_a_named_folder_without_the_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(
        ScenarioError, match=r"LAPEL_MEDIA names .* which has no one-by-one.* and no jfk\.flac"
    ):
        find_media({VARIABLE: str(tmp_path)})


def test_without_any_folder_the_scene_is_synthetic(tmp_path: Path) -> None:
    assert find_media({}, usual=tmp_path / "none") is None
    assert choose_scene(SourceKind.SYNTHETIC, {}, width=64, height=64, fps=10).media is None


def test_insisting_on_real_footage_needs_some(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="LAPEL_MEDIA"):
        choose_scene(SourceKind.CLIP, {VARIABLE: str(tmp_path)}, width=64, height=64, fps=10)


def test_a_file_that_is_no_film_is_one_sentence(tmp_path: Path, media: Media) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing that anyone could play")

    with pytest.raises(ScenarioError, match="cannot be read as pictures"):
        _ = ClipScene(Media(broken, media.speech)).picture_loop
    with pytest.raises(ScenarioError, match="cannot be read as sound"):
        ClipScene(Media(media.clip, broken)).sound(0, 10)

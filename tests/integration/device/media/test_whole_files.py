"""Files that lie one behind the other are read to the last, as they are filmed, each where one ends."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from device.sources.base import SourceError
from device.sources.demux.whole_file import length_ns, pictures, sound
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S
from simulator.sources.clip import ClipScene
from simulator.sources.media import Media
from tests.support.media.field import ffmpeg

FPS, SECONDS = 10, 2
LIGHT, DARK = "color=white", "color=black"


def clip(path: Path, colour: str, size: str, *more: str) -> Path:
    """Two seconds of one colour with a tone."""
    shown = f"{colour}:s={size}:r={FPS}:d={SECONDS}"
    tone = f"sine=frequency=440:sample_rate=48000:duration={SECONDS}"
    ffmpeg("-f", "lavfi", "-i", shown, "-f", "lavfi", "-i", tone, "-shortest", *more, str(path))
    return path


def tone(path: Path, channels: int) -> Path:
    """Two seconds of a tone as Ogg Opus."""
    made = f"sine=frequency=440:sample_rate=48000:duration={SECONDS}"
    ffmpeg("-f", "lavfi", "-i", made, "-ac", str(channels), "-c:a", "libopus", str(path))
    return path


def behind(path: Path, *parts: Path) -> Path:
    """Write files one behind the other."""
    path.write_bytes(b"".join(each.read_bytes() for each in parts))
    return path


@pytest.fixture(scope="module")
def mp4(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mp4")
    first = clip(folder / "first.mp4", LIGHT, "160x96")
    return behind(folder / "both.mp4", first, clip(folder / "second.mp4", DARK, "128x96"))


def test_pictures_of_all_of_them_come_each_later_than_the_one_before(mp4: Path) -> None:
    shown = list(pictures(str(mp4)))

    assert len(shown) == 2 * FPS * SECONDS
    assert all(before.boot_ns < after.boot_ns for before, after in pairwise(shown))
    assert shown[-1].boot_ns / NS_PER_S == pytest.approx(2 * SECONDS - 1 / FPS, abs=0.1)
    light = [bool(each.image.mean() > 127) for each in shown]
    assert light == [True] * (FPS * SECONDS) + [False] * (FPS * SECONDS)
    assert length_ns(str(mp4), Track.VIDEO) / NS_PER_S == pytest.approx(2 * SECONDS, abs=0.1)


def test_a_later_beginning_is_no_later_than_was_asked(mp4: Path) -> None:
    assert next(pictures(str(mp4), 3.0)).boot_ns <= 3 * NS_PER_S
    assert list(pictures(str(mp4), 3.0))[-1].boot_ns / NS_PER_S == pytest.approx(3.9, abs=0.1)


@pytest.mark.parametrize("kind", ["mp4", "ogg"])
def test_sound_of_all_of_them_is_heard_at_its_second(kind: str, mp4: Path, tmp_path: Path) -> None:
    ogg = behind(tmp_path / "both.ogg", tone(tmp_path / "1.ogg", 2), tone(tmp_path / "2.ogg", 1))
    blocks = list(sound(str(mp4 if kind == "mp4" else ogg)))

    assert blocks[-1].end_ns / NS_PER_S == pytest.approx(2 * SECONDS, abs=0.1)
    heard = sum(len(each.samples) for each in blocks) / 48_000
    assert heard == pytest.approx(2 * SECONDS, abs=0.1)
    late = [each for each in blocks if each.begin_ns > 2.5 * NS_PER_S]
    assert max(float(np.abs(each.samples).max()) for each in late) > 0.05


def test_the_scene_of_cameras_is_all_of_a_clip(mp4: Path) -> None:
    scene = ClipScene(Media(mp4, mp4), width=64, height=48, fps=FPS)

    assert scene.picture_loop == 2 * FPS * SECONDS
    heard = np.flatnonzero(np.abs(scene.sound(0, scene.sound_loop)) > 0.01)
    assert heard[-1] / 48_000 == pytest.approx(2 * SECONDS, abs=0.2)
    shown = scene.pictures(0)
    light = [bool(next(shown).mean() > 127) for _ in range(2 * FPS * SECONDS + 1)]
    assert light[:4] == [True] * 4
    assert light[-4:-1] == [False] * 3
    assert light[-1]  # and from the beginning


def test_what_is_no_clip_behind_the_first_is_none_and_a_track_that_lacks_is_said(tmp_path: Path) -> None:
    first = clip(tmp_path / "first.mp4", LIGHT, "160x96")
    (tmp_path / "junk").write_bytes(b"\0\0\0\x20ftypisom" + bytes(5000))
    odd = behind(tmp_path / "odd.mp4", first, tmp_path / "junk")
    assert len(list(pictures(str(odd)))) == FPS * SECONDS
    silent = clip(tmp_path / "silent.mp4", DARK, "160x96", "-an")
    with pytest.raises(SourceError, match="holds no sound"):
        list(sound(str(behind(tmp_path / "silent-first.mp4", silent, first))))
    both = behind(tmp_path / "silent-last.mp4", first, silent)
    assert list(sound(str(both)))[-1].end_ns / NS_PER_S == pytest.approx(SECONDS, abs=0.1)

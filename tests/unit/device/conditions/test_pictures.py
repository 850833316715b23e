"""Pictures that show nothing are found in time, and pictures that show little are not called so.

The figures in ``docs/conditions.md`` are of these inputs.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from device.conditions import picture
from device.conditions.watch import PictureWatch
from device.frames import PixelFormat, VideoFrame
from protocol.footage.ledger.conditions import ConditionSpan
from tests.support.media import conditions as made
from tests.support.tries import tries

pytestmark = pytest.mark.slow

NS = 1_000_000_000
FPS = 10
HEIGHT, WIDTH = 180, 320
MEDIA = Path(__file__).parents[5] / "shared" / "media"
Maker = Callable[[np.random.Generator], made.Luma]


def watch(
    pictures: Iterable[NDArray[np.uint8]], fps: float = FPS, pixels: PixelFormat = PixelFormat.I420
) -> list[ConditionSpan]:
    follow = PictureWatch(fps)
    frames = (VideoFrame(image, NS + number * NS // FPS, pixels) for number, image in enumerate(pictures))
    return [span for each in frames for span in follow.take(each)]


def taken(make: Maker, seconds: float, seed: int = 1) -> Iterator[NDArray[np.uint8]]:
    rng = np.random.default_rng(seed)
    return (made.i420(make(rng)) for _ in range(round(seconds * FPS)))


def names(spans: Iterable[ConditionSpan]) -> list[tuple[str, bool]]:
    return [(span.condition, span.end_ns is not None) for span in spans]


def scaled(luma: made.Luma, sigma: float) -> Maker:
    return lambda rng: made.with_noise(luma, sigma, rng)


EMPTY: dict[str, tuple[str, Maker]] = {
    "a lens cap": ("black", scaled(made.plain(HEIGHT, WIDTH, 16), 0)),
    "a lens cap, sensor noise 2": ("black", scaled(made.plain(HEIGHT, WIDTH, 17), 2)),
    "a lens cap, sensor noise 6": ("black", scaled(made.plain(HEIGHT, WIDTH, 18), 6)),
    "a finger, lit": ("covered", scaled(made.glow(HEIGHT, WIDTH), 2)),
    "a finger, brightly lit": ("covered", scaled(made.glow(HEIGHT, WIDTH, dark=60, light=60), 2)),
    "tape": ("covered", scaled(made.plain(HEIGHT, WIDTH, 60), 3)),
    "one colour and no noise": ("covered", scaled(made.plain(HEIGHT, WIDTH, 90), 0)),
    "the same picture again": ("frozen", scaled(made.room(HEIGHT, WIDTH), 0)),
    "snow": ("noise", lambda rng: made.snow(HEIGHT, WIDTH, rng)),
    "snow of blocks": (
        "noise",
        lambda rng: np.kron(made.snow(HEIGHT // 2, WIDTH // 2, rng), np.ones((2, 2))),
    ),
    "faint snow": ("noise", scaled(made.plain(HEIGHT, WIDTH, 100), 25)),
}


@pytest.mark.parametrize("name", EMPTY)
def test_what_shows_nothing_is_found_within_ten_seconds_and_its_length_is_known(name: str) -> None:
    # proves C12
    condition, make = EMPTY[name]
    well = scaled(made.room(HEIGHT, WIDTH), 2)
    told = watch([*taken(well, 3), *taken(make, 15, 2), *taken(well, 5, 3)])
    assert names(told) == [(condition, False), (condition, True)]
    assert told[1].end_ns is not None
    assert abs(told[0].start_ns - 4 * NS) <= NS // 2
    assert abs(told[1].end_ns - 19 * NS) <= NS // 2
    early = watch([*taken(well, 3), *taken(make, 9, 2)])
    assert names(early) == [(condition, False)], "within 9 s"


PICTURES: dict[str, Maker] = {
    "a dark hallway": scaled(made.hallway(HEIGHT, WIDTH), 4),
    "a dark hallway, a quiet sensor": scaled(made.hallway(HEIGHT, WIDTH), 1.5),
    "a dark hallway, a noisy sensor": scaled(made.hallway(HEIGHT, WIDTH), 8),
    "a darker hallway": scaled(made.hallway(HEIGHT, WIDTH, span=6, door=36), 4),
    "a hallway at dusk": scaled(made.hallway(HEIGHT, WIDTH, floor=30, span=20, door=70), 4),
    "a still room on a tripod": scaled(made.room(HEIGHT, WIDTH), 1),
    "a still room, a very quiet sensor": scaled(made.room(HEIGHT, WIDTH), 0.4),
    "a bright room": scaled(made.room(HEIGHT, WIDTH) + 60, 1),
    "a pale wall with a door": scaled(
        np.where(np.arange(WIDTH) > 200, 120.0, 180.0) * np.ones((HEIGHT, 1)), 2
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_little_is_a_picture(name: str) -> None:
    # proves C12
    assert watch(taken(PICTURES[name], 25)) == []


def test_a_flash_each_second_is_a_picture() -> None:
    dark, light = made.i420(made.plain(HEIGHT, WIDTH, 16)), made.plain(HEIGHT, WIDTH, 16)
    light[:, :64] = 235
    assert watch([made.i420(light) if number % FPS == 4 else dark for number in range(300)]) == []


def test_a_single_change_keeps_a_picture_from_being_frozen() -> None:
    still = made.i420(made.room(HEIGHT, WIDTH))
    moved = still.copy()
    moved[90:93, 100:103] = 16  # smaller than what lies between two points that are looked at
    assert watch([moved if number % 60 >= 30 else still for number in range(300)]) == []


def test_an_overlay_that_is_drawn_later_does_not_hide_a_frozen_picture() -> None:
    # proves C12
    told = watch([made.i420(made.room(HEIGHT, WIDTH)) for _ in range(100)])
    assert names(told) == [("frozen", False)]


def test_one_condition_of_a_picture_is_told_at_a_time() -> None:
    black = made.i420(made.plain(HEIGHT, WIDTH, 16))
    frozen = made.i420(made.room(HEIGHT, WIDTH))
    told = watch([*[black] * 150, *[frozen] * 150])
    assert names(told) == [("black", False), ("black", True), ("frozen", False)]


def test_colours_are_looked_at_as_they_are() -> None:
    # proves C12
    black, blue = (np.full((HEIGHT, WIDTH, 3), value, np.uint8) for value in ((0, 0, 0), (255, 0, 0)))
    assert names(watch([black] * 100, pixels=PixelFormat.BGR)) == [("black", False)]
    assert names(watch([blue] * 100, pixels=PixelFormat.BGR)) == [("covered", False)]


def test_pictures_that_come_too_slowly_are_told_with_their_time() -> None:
    # proves C12
    follow, told, at_ns = PictureWatch(FPS), [], NS
    rng = np.random.default_rng(1)
    for number in range(200):
        at_ns += NS // (FPS if number < 40 or number > 100 else 5)
        told += follow.take(made.frame(made.with_noise(made.room(60, 80), 2, rng), at_ns))
    assert names(told) == [("slow", False), ("slow", True)]
    assert told[1].end_ns is not None
    assert abs(told[0].start_ns - 5 * NS) <= 2 * NS, "the first of the three seconds that were too few"
    assert abs((told[1].end_ns - told[0].start_ns) - 12 * NS) <= 4 * NS


@pytest.mark.parametrize("fps", [0.0, -1.0, float("inf"), float("nan"), 90_000.0, 1.0])
def test_a_rate_that_nobody_can_mean_is_not_known(fps: float) -> None:
    assert watch(taken(scaled(made.room(HEIGHT, WIDTH), 2), 20), fps) == []


@settings(max_examples=tries(60), deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32), st.booleans())
def test_pictures_of_any_size_and_change_of_size_are_looked_at(
    height: int, width: int, seed: int, grey: bool
) -> None:
    rng = np.random.default_rng(seed)
    follow, at_ns = PictureWatch(None), NS
    for number in range(12):
        size = (2 * height, 2 * width) if number < 6 else (2 * width, 2 * height)
        if grey:
            frame = made.frame(rng.integers(0, 256, size), at_ns)
        else:
            frame = VideoFrame(rng.integers(0, 256, (*size, 3)).astype(np.uint8), at_ns)
        assert all(span.start_ns <= at_ns for span in follow.take(frame))
        at_ns += NS // 2


def planes(picture: av.VideoFrame) -> NDArray[np.uint8]:
    return np.asarray(picture.to_ndarray(format="yuv420p"), np.uint8)


def coded(pictures: Iterator[NDArray[np.uint8]], path: Path, crf: int) -> list[NDArray[np.uint8]]:
    """The same after an H.264 encoder at few bits, a key picture every 2 s."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"crf": str(crf), "preset": "veryfast", "g": str(2 * FPS)}
        for picture in pictures:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
        out.mux(stream.encode(None))
    with av.open(str(path)) as back:
        return [planes(each) for each in back.decode(video=0)]


@pytest.mark.parametrize("crf", [23, 35, 45])
@pytest.mark.parametrize("name", ["a dark hallway", "a still room on a tripod", "a darker hallway"])
def test_what_an_encoder_of_few_bits_leaves_of_it_is_a_picture(name: str, crf: int, tmp_path: Path) -> None:
    # proves C12
    assert watch(coded(taken(PICTURES[name], 24), tmp_path / "coded.mp4", crf)) == []


@pytest.mark.parametrize(
    "name", ["one-by-one-person-detection.mp4", "face-demographics-walking-and-pause.gif"]
)
def test_real_clips_are_pictures(name: str) -> None:
    # proves C12
    clip = MEDIA / name
    if not clip.exists():
        pytest.skip(f"{clip} is not here: real clips are not part of the project")
    with av.open(str(clip)) as source:
        pictures = [planes(each) for each in source.decode(video=0)]
    assert watch([*pictures, *pictures]) == []
    darker = np.linspace(16, 60, 256).astype(np.uint8)
    dark = [darker[each] for each in pictures[:300]]
    assert watch(dark) == [], "nor at dusk"


@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (1, 5), (2, 2)])
def test_a_picture_of_next_to_no_points_is_looked_at_without_a_warning(shape: tuple[int, int]) -> None:
    grid = np.random.default_rng(3).uniform(16, 235, shape).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not picture.look_at(grid, grid[::-1].copy(), [grid] * 4, was_black=False).noise

"""Files as people have them, filmed by the real capture: in order, and when the machine falls behind."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path

import av
import pytest

from device.frames import VideoFrame
from device.sources.demux import played_video
from device.sources.demux.picture import PictureTurn, to_frame
from protocol.footage.format.model import Track
from tests.support.media.exported import Export
from tests.support.media.field import capture_source, ffmpeg
from tests.support.media.field_checks import QUICK, X264, together

pytestmark = [pytest.mark.broker, pytest.mark.real_time]
HELD_UP_S = 2.5
STOOD_STILL_S = 6.0
"""Longer than what a file may be late."""


@pytest.mark.parametrize(
    ("name", "coding"),
    [
        ("bare.h264", "-c:v libx264 -preset ultrafast -g 25 -f h264"),
        ("bare-b.h264", "-c:v libx264 -preset fast -bf 3 -g 50 -f h264"),
        ("bare-b.hevc", "-c:v libx265 -preset ultrafast -x265-params log-level=none:bframes=3 -f hevc"),
        ("bare.m2v", "-c:v mpeg2video -bf 2 -f mpeg2video"),
        ("bare.mjpeg", "-c:v mjpeg -f mjpeg"),
        ("b.avi", "-c:v mpeg4 -bf 2"),
    ],
)
def test_a_source_without_stamps_shows_each_picture_in_its_order(
    name: str, coding: str, base: Path, tmp_path: Path, export: Export
) -> None:
    path = tmp_path / name
    ffmpeg("-i", str(base), "-t", "5", "-an", *coding.split(), "-pix_fmt", "yuv420p", str(path))
    filmed = capture_source(path, seconds=7.7, speed=QUICK, sound="")
    for shown in (filmed, exported := export(filmed)):
        assert [code for code, _ in shown.flashes] == [0, 1, 2, 3, 4, 0, 1, 2]
        times = [at for at, _ in shown.pictures]
        assert len(times) >= 0.98 * 25 * (times[-1] - times[0])
        first = shown.flashes[0][1]
        assert all(
            at - first == pytest.approx(second, abs=0.05) for second, (_, at) in enumerate(shown.flashes)
        )
    assert (filmed.gaps(Track.VIDEO), exported.missing(Track.VIDEO)) == ([], [])


def _hold_up(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let the machine stand still for so long at the 60th picture."""
    held_up = iter([None] * 60 + [threading.Event()])

    def slow(picture: av.VideoFrame, boot_ns: int, aspect: Fraction, turned: PictureTurn) -> VideoFrame:
        if (moment := next(held_up, None)) is not None:
            moment.wait(seconds)
        return to_frame(picture, boot_ns, aspect, turned)

    monkeypatch.setattr(played_video, "to_frame", slow)


@pytest.mark.parametrize(("rate", "held_s"), [("25", STOOD_STILL_S), ("120", HELD_UP_S)])
def test_a_file_is_joined_again_after_the_machine_stood_still(
    rate: str, held_s: float, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Too long to be made up for, or of more pictures than are wanted: each left out cost more than it saved.
    path = tmp_path / "rate.mp4"
    ffmpeg("-i", str(base), "-vf", f"fps={rate}", *X264, "-g", rate, "-c:a", "copy", str(path))
    _hold_up(monkeypatch, held_s)
    filmed = capture_source(path, seconds=16)
    flashes, tones = ([code for code, _ in each] for each in (filmed.flashes, filmed.tones))
    either = flashes[-3:] in (tones[-3:], tones[-4:-1]) or flashes[-4:-1] == tones[-3:]
    assert either, f"the end may lie between a tone and its flash: {flashes}, {tones}"
    assert sum(length for _, length in filmed.gaps(Track.VIDEO)) <= held_s
    assert filmed.gaps(Track.AUDIO, 0.1) == []
    together(filmed, 8)


@pytest.mark.parametrize("name", ["base.mp4", "bare.h264"])
def test_a_file_loses_no_picture_when_the_machine_is_slow_for_a_moment(
    name: str, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    ffmpeg(
        "-i",
        str(base),
        "-c:v",
        "copy",
        "-c:a",
        "copy",
        *(["-an"] if name.endswith("h264") else []),
        str(path),
    )
    _hold_up(monkeypatch, HELD_UP_S)
    filmed = capture_source(path, seconds=9, sound="" if name.endswith("h264") else None)
    assert [code for code, _ in filmed.flashes][:9] == list(range(9))
    times = [at for at, _ in filmed.pictures]
    assert len(times) >= 25 * (times[-1] - times[0]) - 1
    assert (filmed.gaps(Track.VIDEO), filmed.gaps(Track.AUDIO, 0.1), filmed.troubles) == ([], [], [])

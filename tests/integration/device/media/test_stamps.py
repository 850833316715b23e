"""Stamps and tracks of files that are easily read wrongly: read as a camera reads them, without its clock."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from device.sources.demux.whole_file import length_ns, pictures, sound
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S
from simulator.trial.look import look_at
from simulator.trial.plan import InputShape
from tests.support.media.field import ffmpeg

SIZE = 64
SECONDS = 4
BRIGHTER = f"color=black:s={SIZE}x{SIZE}:r=25:d={SECONDS},geq=lum=16+N*2:cb=128:cr=128,format=yuv420p"
"""Each picture is brighter than the one before."""
LOUD = f"sine=1000:sample_rate=48000:duration={SECONDS}"
QUIET = f"anullsrc=r=48000:d={SECONDS}"


def _write(path: Path, *coding: str, more: str = "") -> Path:
    """Write the brighter pictures and the loud sound, and one source more."""
    given = [BRIGHTER, LOUD, *([more] if more else [])]
    inputs = [part for each in given for part in ("-f", "lavfi", "-i", each)]
    ffmpeg(*inputs, "-preset", "ultrafast", "-g", "25", *coding, str(path))
    return path


def _shown(path: Path) -> tuple[list[int], list[float]]:
    """The time of each picture in hundredths, and how bright it is."""
    made = list(pictures(str(path)))
    lights = [float(each.image[:SIZE].mean()) for each in made]
    return [round(each.boot_ns * 100 / NS_PER_S) for each in made], lights


@pytest.mark.parametrize("coding", ["-preset medium -bf 4 -x264-params open-gop=1", "-bf 2 -b_strategy 0"])
def test_a_container_without_showing_times_shows_pictures_in_their_order(coding: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "reordered.avi", *coding.split(), "-c:v", "libx264", "-c:a", "pcm_s16le")
    times, light = _shown(path)
    assert times == list(range(0, SECONDS * 100, 4))
    assert np.diff(light).min() > 0


def test_a_counter_of_stamps_that_begins_anew_takes_nothing_away(tmp_path: Path) -> None:
    before_s = (1 << 33) / 90_000 - 2 - 1.4  # the muxer adds its own delay
    options = ["-c:v", "libx264", "-c:a", "mp2", "-output_ts_offset", str(before_s)]
    path = _write(tmp_path / "wrapping.ts", *options)
    times, light = _shown(path)
    assert len(times) == SECONDS * 25
    assert np.diff(times).tolist() == [4] * (len(times) - 1)
    assert 0 <= times[0] <= 5
    assert light[0] == pytest.approx(16, abs=3)
    assert length_ns(str(path), Track.VIDEO) / NS_PER_S == pytest.approx(SECONDS, abs=0.06)
    assert _samples(path) / 48_000 == pytest.approx(SECONDS, abs=0.06)


def _samples(path: Path) -> int:
    return sum(len(heard.samples) for heard in sound(str(path)))


@pytest.mark.parametrize(("first", "second"), [("0", "default"), ("visual_impaired", "0")])
def test_of_two_sounds_the_one_counts_that_the_file_calls_the_usual_one(
    first: str, second: str, tmp_path: Path
) -> None:
    tracks = ["-map", "0:v", "-map", "2:a", "-map", "1:a"]
    said = ["-disposition:a:0", first, "-disposition:a:1", second]
    path = _write(tmp_path / "two.mkv", *tracks, "-c:v", "libx264", "-c:a", "aac", *said, more=QUIET)
    assert max(float(np.abs(heard.samples).max()) for heard in sound(str(path))) > 0.1


def test_of_two_pictures_the_one_counts_that_the_file_calls_the_usual_one(tmp_path: Path) -> None:
    other = ["-map", "2:v", "-map", "0:v", "-map", "1:a"]
    said = ["-disposition:v:0", "0", "-disposition:v:1", "default"]
    red = "color=red:s=32x32:r=25:d=2"
    path = _write(tmp_path / "two.mkv", *other, "-c:v", "libx264", "-c:a", "aac", *said, more=red)
    assert next(pictures(str(path))).image.shape[1] == SIZE
    assert look_at(str(path)) == InputShape(SIZE, SIZE, sound=True)


def test_of_a_list_of_segments_in_two_sizes_the_largest_is_read(tmp_path: Path) -> None:
    halves = f"[0:v]split[a][b];[b]scale={SIZE // 2}:{SIZE // 2}[c]"
    maps = ["-filter_complex", halves, "-map", "[c]", "-map", "[a]", "-c:v", "libx264"]
    lists = ["-f", "hls", "-var_stream_map", "v:0 v:1"]
    lists += ["-master_pl_name", "all.m3u8", "-b:v:0", "50k", "-b:v:1", "100k"]
    _write(tmp_path / "size-%v.m3u8", *maps, *lists)
    assert {each.image.shape[1] for each in pictures(str(tmp_path / "all.m3u8"))} == {SIZE}


def test_a_picture_that_is_said_to_stand_on_is_shown_each_time(tmp_path: Path) -> None:
    still = f"color=gray:s={SIZE}x{SIZE}:r=25:d={SECONDS}"
    path = _write(tmp_path / "still.ogg", "-map", "2:v", "-c:v", "libtheora", more=still)
    with av.open(str(path)) as source:
        sizes = [packet.size for packet in source.demux(video=0) if packet.dts is not None]
    assert sizes.count(0) > 50
    assert _shown(path)[0] == list(range(0, 4 * len(sizes), 4))

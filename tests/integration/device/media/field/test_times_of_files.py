"""Files as people have them, filmed by the real capture: at their times, whatever their stamps do.

Where a value of the field page is measured, it is measured twice: in what the capture made, and in the export
of the recording that a fleet holds of it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import av
import pytest

from protocol.footage.format.model import GapCause, Track
from protocol.footage.verifying.report import Verdict
from tests.support.media.exported import Export
from tests.support.media.field import capture_source, ffmpeg
from tests.support.media.field_checks import QUICK, X264, joined, seconds_are, together

pytestmark = [pytest.mark.broker, pytest.mark.real_time]


# proves C6
def test_a_plain_file_loops_with_picture_and_sound_together_and_no_gap(base: Path, export: Export) -> None:
    filmed = capture_source(base, seconds=11.5, speed=QUICK)
    for shown in (filmed, exported := export(filmed)):
        seconds_are(shown.flashes, range(10), 0.02)
        seconds_are(shown.tones, range(10), 0.02)
        assert (shown.flashes[10][0], shown.tones[10][0]) == (0, 0)
        together(shown, 10)
    assert exported.report.verdict is Verdict.INTACT
    assert (filmed.gaps(Track.VIDEO), filmed.gaps(Track.AUDIO), filmed.troubles) == ([], [], [])


def test_sound_that_changes_its_layout_takes_nothing_down(base: Path, tmp_path: Path, export: Export) -> None:
    first, second = tmp_path / "1.ts", tmp_path / "2.ts"
    ffmpeg("-i", str(base), "-t", "5", *X264, "-c:a", "aac", "-ac", "2", str(first))
    mono = ["-c:a", "aac", "-ac", "1", "-output_ts_offset", "5"]
    ffmpeg("-ss", "5", "-i", str(base), *X264, *mono, str(second))
    filmed = capture_source(joined(tmp_path / "layout.ts", first, second), seconds=10.2, speed=QUICK)
    for shown in (filmed, exported := export(filmed)):
        seconds_are(shown.flashes, range(10))
        seconds_are(shown.tones, range(10))
        together(shown, 10)
    assert (filmed.gaps(Track.VIDEO), exported.missing(Track.VIDEO)) == ([], [])


@pytest.mark.parametrize("rates", [("48000", "22050"), ("22050", "48000")])
def test_sound_that_changes_its_rate_keeps_its_time(
    rates: tuple[str, str], base: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "1.ts", tmp_path / "2.ts"
    ffmpeg("-i", str(base), "-t", "5", *X264, "-c:a", "aac", "-ar", rates[0], str(first))
    other = ["-c:a", "aac", "-ac", "1", "-ar", rates[1], "-output_ts_offset", "5"]
    ffmpeg("-ss", "5", "-i", str(base), *X264, *other, str(second))
    filmed = capture_source(joined(tmp_path / "rate.ts", first, second), seconds=10.2, speed=QUICK)
    seconds_are(filmed.flashes, range(10))
    seconds_are(filmed.tones, range(10))
    together(filmed, 10)
    assert filmed.gaps(Track.VIDEO) == []
    assert [gap for gap in filmed.gaps(Track.AUDIO, 0.1) if gap[0] < 10] == [], "before it begins anew"


@pytest.mark.parametrize("offset", ["3600", "-2", "95000"])  # forwards, back, and beyond the end of 33 bits
def test_stamps_that_jump_neither_wait_nor_tear_the_tracks_apart(
    offset: str, base: Path, tmp_path: Path, export: Export
) -> None:
    first, second = tmp_path / "1.ts", tmp_path / "2.ts"
    ffmpeg("-i", str(base), "-t", "5", "-c", "copy", str(first))
    ffmpeg("-ss", "5", "-i", str(base), "-c", "copy", "-output_ts_offset", offset, str(second))
    filmed = capture_source(joined(tmp_path / "jump.ts", first, second), seconds=10.6, speed=QUICK)
    for shown in (filmed, exported := export(filmed)):
        seconds_are(shown.flashes, range(10), 0.12)
        seconds_are(shown.tones, range(10), 0.12)
        together(shown, 10)
    assert (filmed.gaps(Track.VIDEO, 0.2), exported.missing(Track.VIDEO, 0.2)) == ([], [])


# proves C6
def test_a_hole_in_the_sound_is_stated_and_what_follows_keeps_its_time(
    base: Path, tmp_path: Path, export: Export
) -> None:
    path = tmp_path / "hole.mkv"
    hole = "aselect='not(between(t,3,6))'"
    ffmpeg("-i", str(base), "-c:v", "copy", "-af", hole, "-c:a", "libopus", str(path))
    filmed = capture_source(path, seconds=10, speed=QUICK)
    exported = export(filmed)
    for shown, gaps in (
        (filmed, filmed.gaps(Track.AUDIO, 0.1)),
        (exported, exported.missing(Track.AUDIO)),
    ):
        seconds_are(shown.flashes, range(10))
        assert [code for code, _ in shown.tones] == [0, 1, 2, 6, 7, 8, 9]
        assert all(at == pytest.approx(code + 0.52, abs=0.03) for code, at in shown.tones)
        ((begin, length),) = gaps
        assert abs(begin - 3) < 0.1
        assert abs(length - 3) < 0.1
    assert exported.report.verdict is Verdict.INTACT_WITH_GAPS
    assert {gap.cause for chunk in filmed.chunks for gap in chunk.gaps} == {GapCause.STALLED}
    assert filmed.gaps(Track.VIDEO) == []


def test_a_picture_that_begins_later_than_the_sound_is_shown_later(
    base: Path, tmp_path: Path, export: Export
) -> None:
    path = tmp_path / "late.mkv"
    late = ["-i", str(base), "-itsoffset", "2", "-i", str(base), "-map", "0:a", "-map", "1:v", "-c", "copy"]
    ffmpeg(*late, str(path))
    filmed = capture_source(path, seconds=8, speed=QUICK)
    for shown in (filmed, export(filmed)):
        seconds_are(shown.tones, range(7))
        seconds_are([(code, at - 2) for code, at in shown.flashes], range(5))


def test_a_file_without_a_stated_length_loops_both_tracks_together(
    base: Path, tmp_path: Path, export: Export
) -> None:
    path = tmp_path / "browser.webm"
    coding = "-t 4 -c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus -f webm -live 1 pipe:1"
    command = ["ffmpeg", "-v", "error", "-i", str(base), *coding.split()]
    path.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    with av.open(str(path)) as source:
        assert source.duration is None
    filmed = capture_source(path, seconds=12.7, speed=QUICK)
    for shown in (filmed, exported := export(filmed)):
        assert [code for code, _ in shown.flashes][:12] == [0, 1, 2, 3] * 3
        assert [code for code, _ in shown.tones][:12] == [0, 1, 2, 3] * 3
        together(shown, 12)
    assert (filmed.gaps(Track.VIDEO), exported.missing(Track.VIDEO)) == ([], [])

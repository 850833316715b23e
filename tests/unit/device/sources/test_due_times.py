"""Packets on the boot clock: which stamps may go back, and what becomes of both tracks then."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import av
import pytest
from av.container import InputContainer
from av.packet import Packet

from device.settings import StreamAccess
from device.sources.demux.open_track import OpenTrack
from device.sources.demux.reading import opening
from device.sources.demux.reading.due_times import DueTimes
from device.sources.demux.reading.opening import OpenSource, open_source
from protocol.footage.format.model import Track
from tests.support.media.field import ffmpeg

MS = 1_000_000
S = 1_000 * MS
TICK = Fraction(MS)
NOBODY = cast("Any", None)
SOUND = OpenTrack(Track.AUDIO, 1, NOBODY, TICK, frame_ns=20 * MS)
PICTURE = OpenTrack(Track.VIDEO, 0, NOBODY, TICK, length_ns=40 * MS)


def source_of(picture: OpenTrack = PICTURE, *, stamps_each: bool = True) -> OpenSource:
    """A live source of both tracks."""
    tracks = {Track.VIDEO: picture, Track.AUDIO: SOUND}
    return OpenSource(
        NOBODY,
        tracks,
        {},
        live=True,
        stamped=True,
        says_when_shown=True,
        says_when_decoded=True,
        stamps_each=stamps_each,
        corrected=not stamps_each,
        start_ns=0,
        duration_ns=None,
        still=False,
    )


def packet(at_ms: int, length_ms: int) -> Packet[Any]:
    """A packet with a stamp of its own."""
    made: Packet[Any] = Packet(b"x")
    made.pts = made.dts = at_ms
    made.duration = length_ms
    return made


def on_the_clock(
    source: OpenSource, back_ms: dict[Track, int], apart_ms: int = 40, stated_ms: int = 40
) -> dict[Track, dict[int, int]]:
    """When each packet is due, by when it was taken; from the third second on stamps go back by so much."""
    due = DueTimes(None)
    due.begin_pass()
    said: dict[Track, dict[int, int]] = {Track.VIDEO: {}, Track.AUDIO: {}}
    every = [(at, Track.VIDEO, stated_ms) for at in range(0, 8_000, apart_ms)]
    every += [(at, Track.AUDIO, 20) for at in range(0, 8_000, 20)]
    for at, track, length in sorted(every):
        stamp = at - (back_ms.get(track, 0) if at >= 3_000 else 0)
        begin, _ = due.place(source, source.tracks[track], packet(stamp, length), at * MS, held=False)
        said[track][at] = begin
    return said


def apart_at_the_end(said: dict[Track, dict[int, int]]) -> int:
    """By how much the picture is later than its sound, in ms, against when both were taken."""
    late = {track: begins[at] - at * MS for track, begins in said.items() for at in [max(begins)]}
    return (late[Track.VIDEO] - late[Track.AUDIO]) // MS


@pytest.mark.parametrize("corrected", [Track.VIDEO, Track.AUDIO])
@pytest.mark.parametrize("back", [151, 400, 990])
def test_what_a_senders_report_corrects_of_one_track_is_kept(corrected: Track, back: int) -> None:
    """The track that began earlier was stamped too late until then (FFmpeg, ``rtpdec.c``)."""
    source = source_of(stamps_each=False)
    assert apart_at_the_end(on_the_clock(source, {corrected: back})) == (
        -back if corrected is Track.VIDEO else back
    )


@pytest.mark.parametrize("back", [200, 500, 900])
def test_a_jump_of_both_tracks_leaves_them_together(back: int) -> None:
    said = on_the_clock(source_of(), {Track.VIDEO: back, Track.AUDIO: back})
    assert abs(apart_at_the_end(said)) <= 45


@pytest.mark.parametrize("back", [200, 500, 900])
def test_pictures_that_are_far_apart_stay_with_their_sound(back: int) -> None:
    """One that lasts a second goes forwards where its sound goes back: one track alone would show a jump."""
    slow = replace(PICTURE, length_ns=S)
    said = on_the_clock(
        source_of(slow), {Track.VIDEO: back, Track.AUDIO: back}, apart_ms=1_000, stated_ms=1_000
    )
    assert apart_at_the_end(said) == 0


@pytest.mark.parametrize(("stated", "apart"), [(200, 33), (1_000, 33), (1_000, 800), (10, 33)])
def test_pictures_that_state_another_length_than_they_have_keep_their_pace(stated: int, apart: int) -> None:
    said = on_the_clock(source_of(), {}, apart_ms=apart, stated_ms=stated)
    assert all(begin == at * MS for at, begin in said[Track.VIDEO].items())


class _Renamed:
    """A container that calls its format something else."""

    def __init__(self, container: InputContainer, name: str) -> None:
        self._container = container
        self.format = SimpleNamespace(name=name, flags=container.format.flags)

    def __getattr__(self, name: str) -> object:
        return getattr(self._container, name)


@pytest.mark.parametrize(
    ("name", "each"), [("rtsp", False), ("sdp", False), ("rtp", False), ("sap", False), ("flv", True)]
)
def test_what_ffmpeg_stamps_by_reports_has_no_stamps_of_its_own(
    name: str, each: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = tmp_path / "clip.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=0.5", "-c:v", "libx264", "-bf", "0", str(clip))

    def opened(*_: object) -> tuple[Any, None]:
        return _Renamed(av.open(str(clip)), name), None

    monkeypatch.setattr(opening, "open_address", opened)
    source = open_source("rtsp://camera.example/1", StreamAccess(), 5.0)
    try:
        assert source.stamps_each is each
    finally:
        source.close()

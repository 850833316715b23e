"""What the benchmark of the fleet is made of, without a fleet: fits, packets, the sink, and what it says."""

from __future__ import annotations

import hashlib
import io
import statistics
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import fleet
from benchmarks._support.bearing import filled, first_picture, speaking, spoken, uploading, verifying
from benchmarks._support.bearing.first_picture import FirstPicture, first_of, playlists
from benchmarks._support.bearing.growth import exponent
from benchmarks._support.bearing.sink import keep
from benchmarks._support.bearing.spoken import Told
from benchmarks._support.bearing.uploading import Uploaded
from benchmarks._support.bearing.verifying import Verified
from fleet.connections.first_packet import end_of_first, length_at, named
from protocol.messages.events import CameraEvent

SIZES = (1_000, 10_000, 100_000)


@given(st.floats(-1, 2), st.floats(1e-4, 10))
def test_an_exponent_is_found_again(power: float, factor: float) -> None:
    measured = {size: (factor * size**power,) * 3 for size in SIZES}
    assert exponent(measured) == pytest.approx(power, abs=1e-6)


def test_what_does_not_grow_has_no_exponent_and_one_size_is_no_growth() -> None:
    assert exponent(dict.fromkeys(SIZES, (0.02, 9.0, 0.01))) == pytest.approx(0), "the median, not the mean"
    with pytest.raises(ValueError, match="two sizes"):
        exponent({1_000: (0.02,)})


@given(st.integers(1, 65_535), st.binary(max_size=400))
def test_a_published_packet_is_one_whole_packet(number: int, payload: bytes) -> None:
    packet = speaking.publish_packet("lapel/v1/cameras/cam-01/up/event", number, payload)
    found = length_at(packet, 1)
    assert found is not None
    assert sum(found) == len(packet)
    assert packet.endswith(payload)
    assert number.to_bytes(2, "big") + b"\x00" + payload in packet


def test_the_first_packet_is_one_that_the_relay_hands_on() -> None:
    connect = speaking._CONNECT
    assert end_of_first(connect) == len(connect)
    assert b"cam-01" in named(connect, "cam-01", clean=True)


def test_what_is_announced_is_a_camera_s_word_and_no_two_are_of_one_recording() -> None:
    said = [
        CameraEvent.model_validate_json(speaking.announcement(camera, number))
        for camera in ("cam-01", "cam-02")
        for number in (1, 2)
    ]
    assert len({each.recording for each in said}) == 4
    assert [(each.camera, each.number) for each in said][:2] == [("cam-01", 1), ("cam-01", 2)]


def test_what_the_broker_acknowledged_is_counted_and_what_it_refused_is_said() -> None:
    came = bytearray(b"\x20\x03\x00\x00\x00" + b"\x40\x02\x00\x01" + b"\x40\x03\x00\x02\x10" + b"\x40\x02")
    assert speaking.acknowledged(came) == 2
    assert bytes(came) == b"\x40\x02", "the rest of a packet waits for more"
    with pytest.raises(RuntimeError, match="the broker says 4"):
        speaking.acknowledged(bytearray(b"\x40\x03\x00\x01\x87"))
    with pytest.raises(RuntimeError, match="the broker says 2"):
        speaking.acknowledged(bytearray(b"\x20\x03\x00\x87\x00"))


def test_a_sink_keeps_what_is_whole_and_nothing_else(tmp_path: Path) -> None:
    data, block = b"x" * 100_000, memoryview(bytearray(30_000))
    digest, target = hashlib.sha256(data).digest(), tmp_path / "of" / "a.seg"
    assert not keep(io.BufferedReader(io.BytesIO(data[:-1])), block, target, len(data), digest)
    assert not keep(io.BufferedReader(io.BytesIO(data[:-1] + b"y")), block, target, len(data), digest)
    assert list(target.parent.iterdir()) == []
    assert keep(io.BufferedReader(io.BytesIO(data)), block, target, len(data), digest)
    assert [each.read_bytes() for each in target.parent.iterdir()] == [data]


def test_a_player_s_requests_are_read_from_the_playlists() -> None:
    main = (
        '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",URI="audio.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="sound"\nvideo.m3u8\n'
    )
    assert playlists(main) == ["video.m3u8", "audio.m3u8"]
    track = (
        '#EXTM3U\n#EXT-X-MAP:URI="video/init.mp4"\n#EXT-X-GAP\n#EXTINF:1.0,\nvideo/gap.m4s\n'
        "#EXTINF:1.0,\nvideo/7.m4s\n"
    )
    assert first_of(track) == ("video/init.mp4", "video/7.m4s")
    with pytest.raises(RuntimeError, match="nothing that plays"):
        first_of(track.replace("video/7.m4s", "video/gap.m4s"))


class Measured:
    """What was measured, as if it had been: ``good`` where each goal is met."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, good: bool, lost: int = 0) -> None:
        speed = 0.1 if good else 0.5
        uploaded = Uploaded(64_000_000, (speed,) * 3, (0.09,) * 3, (0.2,) * 3, (0.1,) * 3)
        told = Told(1000, 1000 - lost, 0.1, 0.2 if good else 1.0, 0.1)
        verified = Verified(1_000_000, (1.2 if good else 3.0,) * 3, (1.0,) * 3)
        ms = 0.02 if good else 0.2
        costs = {name: {size: [ms] * 3 for size in SIZES} for name in filled.PAGES}
        picture = FirstPicture(3 if good else 7, 3)
        for module, found in (
            (uploading, [uploaded, uploaded]),
            (spoken, [told]),
            (verifying, verified),
            (filled, costs),
            (first_picture, picture),
        ):
            monkeypatch.setattr(module, "measure", lambda *_, found=found: found)


def test_goals_that_are_met_are_said_to_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Measured(monkeypatch, good=True)
    figures = fleet.run(tmp_path)
    assert figures.notes[-1] == "Every goal is met."
    assert not figures.failed
    assert {row["met"] for row in figures.rows} == {"yes", "-"}
    assert len({tuple(row) for row in figures.rows}) == 1, "every row has the same columns"


def test_goals_that_are_missed_are_named_and_are_no_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Measured(monkeypatch, good=False)
    figures = fleet.run(tmp_path)
    assert not figures.failed
    missed = figures.notes[-1]
    for what in ("uploads", "messages a second", "verifying", "Today", "search", "first picture"):
        assert what in missed
    assert "lost" not in missed


def test_a_lost_message_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Measured(monkeypatch, good=True, lost=1)
    figures = fleet.run(tmp_path)
    assert figures.failed
    assert "1 messages are lost" in " ".join(figures.notes)


def test_the_readme_s_part_has_every_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Measured(monkeypatch, good=True)
    figures = fleet.run(tmp_path)
    kept: dict[str, Any] = figures.to_json()
    part = fleet.readme(kept)
    assert all(f"| {row['what']} |" in part for row in kept["rows"])
    assert statistics.median(kept["ratios"][0]["over"]) == 0.1

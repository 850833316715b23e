"""The picture encoder: groups begun by time, no delay, the first that opens, and a header for its parts."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.encode import video
from device.encode.packets import GOP_NS, EncodedPacket, EncoderError
from device.encode.part import mux_part
from device.encode.picture import Canvas, for_encoder
from device.encode.video import Candidate, VideoEncoder
from device.frames import VideoFrame
from device.settings import VideoSettings
from tests.support.tries import tries

NS = 1_000_000_000
SIZE = (160, 96)
SETTINGS = VideoSettings(
    width=160, height=96, fps=12, bit_rate=200_000, preset="ultrafast", encoder="libx264"
)


def _noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)


def _encode(encoder: VideoEncoder, times: list[int]) -> list[EncodedPacket]:
    canvas = Canvas(*SIZE)
    image = _noise(1)
    packets = []
    for at in times:
        made = encoder.encode(for_encoder(canvas.own(VideoFrame(image, at))), at)
        assert len(made) == 1  # a picture in is a packet out
        packets += made
    assert encoder.flush() == []
    return packets


def test_a_group_begins_every_second_and_at_a_cut() -> None:
    encoder = VideoEncoder(SETTINGS)
    packets = _encode(encoder, [7 * NS + index * NS // 12 for index in range(30)])
    assert [index for index, packet in enumerate(packets) if packet.keyframe] == [0, 12, 24]
    encoder = VideoEncoder(SETTINGS)
    canvas = Canvas(*SIZE)
    keys = []
    for index in range(20):
        if index == 5:
            encoder.cut()
        at = index * NS // 12
        keys += [
            packet.keyframe
            for packet in encoder.encode(for_encoder(canvas.own(VideoFrame(_noise(index), at))), at)
        ]
    assert [index for index, key in enumerate(keys) if key] == [0, 5, 17]


@settings(max_examples=tries(10), deadline=None)
@given(st.lists(st.integers(10, 900), min_size=20, max_size=40), st.integers(0, 10**17))
def test_whatever_the_rate_groups_begin_by_time(gaps_ms: list[int], start: int) -> None:
    times = [start]
    for gap in gaps_ms:
        times.append(times[-1] + gap * 1_000_000)
    packets = _encode(VideoEncoder(SETTINGS), times)
    begun = times[0]
    for at, packet in zip(times, packets, strict=True):
        due = at - begun >= GOP_NS - NS // 24
        assert packet.keyframe == (due or at == times[0])
        begun = at if packet.keyframe else begun
        assert abs(packet.pts_ns - at) < 10_000


def test_pictures_that_share_a_time_keep_their_order() -> None:
    packets = _encode(VideoEncoder(SETTINGS), [5 * NS, 5 * NS, 4 * NS, 6 * NS])
    assert [packet.pts_ns for packet in packets] == sorted({packet.pts_ns for packet in packets})


def test_the_bit_rate_is_capped_over_a_second() -> None:
    canvas = Canvas(*SIZE)
    encoder = VideoEncoder(SETTINGS)
    sizes = []
    for index in range(120):  # noise, which nothing compresses
        at = index * NS // 12
        sizes += [
            len(packet.data)
            for packet in encoder.encode(for_encoder(canvas.own(VideoFrame(_noise(index), at))), at)
        ]
    assert sum(sizes[24:]) * 8 / 8 <= SETTINGS.bit_rate * 1.25


def test_every_group_decodes_alone() -> None:
    packets = _encode(VideoEncoder(SETTINGS), [index * NS // 12 for index in range(36)])
    for begin in range(0, 36, 12):
        part = mux_part(packets[begin].params, packets[begin : begin + 12])
        with av.open(io.BytesIO(part), "r") as container:
            frames = list(container.decode(video=0))
        assert len(frames) == 12
        assert frames[0].pts == packets[begin].pts_ns * 90_000 // NS


def test_a_part_is_header_fragment_and_data_with_absolute_time() -> None:
    at = 40 * 24 * 3_600 * NS
    packets = _encode(VideoEncoder(SETTINGS), [at + index * NS // 12 for index in range(3)])
    part = mux_part(packets[0].params, packets)
    kinds, position = [], 0
    while position < len(part):
        kinds.append(part[position + 4 : position + 8])
        position += int.from_bytes(part[position : position + 4], "big")
    assert (kinds, position) == ([b"ftyp", b"moov", b"moof", b"mdat"], len(part))
    tfdt = part.index(b"tfdt")
    assert int.from_bytes(part[tfdt + 8 : tfdt + 16], "big") == at * 90_000 // NS


def test_two_encoders_of_the_same_settings_have_the_same_header() -> None:
    assert VideoEncoder(SETTINGS).params == VideoEncoder(SETTINGS).params


def test_a_pinned_encoder_that_does_not_open_is_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EncoderError, match=r"No H\.264 encoder opens for 160 by 96 \(h264_none: .*\): check"):
        VideoEncoder(VideoSettings(width=160, height=96, encoder="h264_none"))
    assert capfd.readouterr() == ("", "")


def test_hardware_that_does_not_work_is_passed_over_quietly(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    tried = [Candidate("h264_nvenc"), Candidate("h264_qsv"), Candidate("h264_v4l2m2m"), Candidate("libx264")]
    monkeypatch.setattr(video, "CANDIDATES", tried)
    encoder = VideoEncoder(VideoSettings(width=160, height=96))
    assert encoder.name in {candidate.name for candidate in tried}
    assert capfd.readouterr() == ("", "")


def test_hardware_is_not_tried_without_its_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        video, "CANDIDATES", [Candidate("h264_none", "/dev/lapel-none*"), Candidate("libx264")]
    )
    assert VideoEncoder(VideoSettings(width=160, height=96)).name == "libx264"

"""A packet of a transport stream says by which codec it was made; other containers' are not asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sources.demux.codec_changes import PICTURES, SOUNDS, changed_codec
from protocol.footage.format.model import Track

AAC = bytes.fromhex("fff150802b3ffc")
MP2 = bytes.fromhex("fffd84040000")
MP3 = bytes.fromhex("fffb90640000")
AC3 = bytes.fromhex("0b77abcd1440")
EAC3 = bytes.fromhex("0b7700ff3f86")
MPEG2 = bytes.fromhex("000001b3140 0f013".replace(" ", ""))
H264 = bytes.fromhex("0000000109f000000001674d")
H264_SET = bytes.fromhex("00000001674d401f")
H265 = bytes.fromhex("00000001460110")
H265_SET = bytes.fromhex("0000000140010c01")
SLICE = bytes.fromhex("00000001419a0000")


@pytest.mark.parametrize(
    ("data", "codec"), [(AAC, "aac"), (MP2, "mp2"), (MP3, "mp3"), (AC3, "ac3"), (EAC3, "eac3")]
)
def test_sound_says_what_it_is(data: bytes, codec: str) -> None:
    for before in SOUNDS:
        assert changed_codec(Track.AUDIO, before, data) == (codec if before != codec else None)
    assert changed_codec(Track.AUDIO, "opus", data) is None
    assert changed_codec(Track.AUDIO, "pcm_bluray", data) is None


@pytest.mark.parametrize(
    ("data", "codec"),
    [(MPEG2, "mpeg2video"), (H264, "h264"), (H264_SET, "h264"), (H265, "hevc"), (H265_SET, "hevc")],
)
def test_a_picture_says_what_it_is(data: bytes, codec: str) -> None:
    for before in PICTURES:
        assert changed_codec(Track.VIDEO, before, data) == (codec if before != codec else None)
    assert changed_codec(Track.VIDEO, "vp9", data) is None


@pytest.mark.parametrize("codec", sorted(PICTURES))
def test_a_picture_that_says_nothing_changes_nothing(codec: str) -> None:
    assert changed_codec(Track.VIDEO, codec, SLICE) is None


@given(st.sampled_from(list(Track)), st.sampled_from(sorted(SOUNDS | PICTURES)), st.binary(max_size=80))
def test_nothing_is_taken_for_what_it_cannot_be(track: Track, codec: str, data: bytes) -> None:
    said = changed_codec(track, codec, memoryview(data))
    assert said is None or (said != codec and said in (SOUNDS if track is Track.AUDIO else PICTURES))

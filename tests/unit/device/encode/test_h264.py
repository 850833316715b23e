"""NAL units: split, joined, stored as MP4 wants them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.encode import h264

SPS = bytes([0x67, 0x42, 0xC0, 0x1E, 0xDA])
PPS = bytes([0x68, 0xCE, 0x0F, 0xC8])


def _legal(unit: bytes) -> bool:
    """A NAL unit never ends in zero and never contains a start code (emulation prevention)."""
    return not unit.endswith(b"\x00") and b"\x00\x00\x01" not in unit and b"\x00\x00\x00" not in unit


UNITS = st.lists(st.binary(min_size=1, max_size=40).filter(_legal), min_size=1, max_size=8)


@given(UNITS)
def test_splitting_undoes_joining(units: list[bytes]) -> None:
    assert h264.split_annex_b(h264.join_annex_b(units)) == units


@given(UNITS)
def test_three_byte_start_codes_are_as_good(units: list[bytes]) -> None:
    stream = b"".join(b"\x00\x00\x01" + unit for unit in units)
    assert h264.split_annex_b(stream) == units


def test_a_stream_without_a_start_code_has_no_units() -> None:
    assert h264.split_annex_b(b"") == []
    assert h264.split_annex_b(b"\x01\x02\x03") == []


def test_a_sample_holds_lengths_and_no_parameter_sets() -> None:
    picture = bytes([0x65, 1, 2, 3])
    assert h264.to_sample([SPS, PPS, picture]) == b"\x00\x00\x00\x04" + picture


def test_the_codec_string_comes_from_the_sequence_parameter_set() -> None:
    assert h264.codec_string([PPS, SPS]) == "avc1.42C01E"
    assert h264.parameter_sets([SPS, b"\x65\x01", PPS]) == [SPS, PPS]

"""H.264 bytes without an encoder: NAL units, the form that MP4 wants them in, and the codec string.

Pure. Annex B separates NAL units by start codes; MP4 puts their lengths before them (ISO/IEC 14496-15, 5.3).
"""

from __future__ import annotations

from typing import Final

_START_CODE: Final = b"\x00\x00\x01"
_LENGTH_BYTES: Final = 4

NAL_SPS: Final = 7
NAL_PPS: Final = 8
_NAL_TYPE_MASK: Final = 0x1F

_PARAMETER_SETS: Final = frozenset({NAL_SPS, NAL_PPS})


def nal_type(unit: bytes) -> int:
    """The type of a NAL unit (ITU-T H.264, table 7-1)."""
    return unit[0] & _NAL_TYPE_MASK


def split_annex_b(data: bytes) -> list[bytes]:
    """The NAL units of an Annex B byte stream, without start codes and without the zeros between them."""
    units = []
    begin = data.find(_START_CODE)
    while begin >= 0:
        after = data.find(_START_CODE, begin + len(_START_CODE))
        end = after if after >= 0 else len(data)
        unit = data[begin + len(_START_CODE) : end].rstrip(b"\x00")  # a NAL unit never ends in a zero byte
        if unit:
            units.append(unit)
        begin = after
    return units


def join_annex_b(units: list[bytes]) -> bytes:
    """NAL units as an Annex B byte stream."""
    return b"".join(b"\x00" + _START_CODE + unit for unit in units)


def to_sample(units: list[bytes]) -> bytes:
    """NAL units as an MP4 sample: each after its length; parameter sets stay out, the header holds them."""
    kept = [unit for unit in units if nal_type(unit) not in _PARAMETER_SETS]
    return b"".join(len(unit).to_bytes(_LENGTH_BYTES, "big") + unit for unit in kept)


def parameter_sets(units: list[bytes]) -> list[bytes]:
    """The sequence and picture parameter sets among NAL units."""
    return [unit for unit in units if nal_type(unit) in _PARAMETER_SETS]


def codec_string(sets: list[bytes]) -> str:
    """The codec as RFC 6381 writes it, from the sequence parameter set: "avc1.42C01E".

    Raises:
        ValueError: There is no sequence parameter set.
    """
    sps = next((unit for unit in sets if nal_type(unit) == NAL_SPS), None)
    if sps is None:
        raise ValueError("no sequence parameter set")
    return f"avc1.{sps[1:4].hex().upper()}"

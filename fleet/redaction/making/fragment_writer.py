"""Samples written as a part: the counterpart of ``fleet.footage.media.fragment.read_part``."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from fleet.footage.media.boxes import make, make_full
from fleet.footage.media.fragment import Sample

_BASE_IS_MOOF = 0x20000
_OFFSET, _DURATION, _SIZE, _FLAGS, _COMPOSITION = 0x1, 0x100, 0x200, 0x400, 0x800
_SYNC, _NOT_SYNC = 0x02000000, 0x01010000
_SIGNED = 1
_HEADER = 8


def write_part(initialisation: bytes, decode_time: int, samples: Sequence[Sample], payload: bytes) -> bytes:
    """Return a part of one track with one fragment.

    Args:
        initialisation: ``ftyp moov``.
        decode_time: of the first sample, in ticks of the camera's clock.
        samples: in decoding order.
        payload: their bytes, end to end.
    """
    rows = b"".join(
        struct.pack(">IIIi", each.duration, each.size, _SYNC if each.sync else _NOT_SYNC, each.composition)
        for each in samples
    )
    flags = _OFFSET | _DURATION | _SIZE | _FLAGS | _COMPOSITION
    head = make_full("tfhd", 0, _BASE_IS_MOOF, struct.pack(">I", 1))
    time = make_full("tfdt", 1, 0, struct.pack(">Q", decode_time))

    def moof(offset: int) -> bytes:
        run = make_full("trun", _SIGNED, flags, struct.pack(">Ii", len(samples), offset), rows)
        return make("moof", make_full("mfhd", 0, 0, struct.pack(">I", 1)), make("traf", head, time, run))

    return initialisation + moof(len(moof(0)) + _HEADER) + make("mdat", payload)

"""Silence where a recording has picture and no sound: AAC packets of nothing, as one fragment.

It is made for players, which cannot show a picture while its sound is missing. It is in no export, and the
recording's own time line says that there was no sound.
"""

import struct

from fleet.footage.media.boxes import find_optional, make, make_full
from fleet.footage.media.fragment import Initialisation

FRAME = 1024
"""Samples in a packet of AAC-LC."""

_PACKETS = {1: bytes.fromhex("00c800802380"), 2: bytes.fromhex("210049900219002380")}
"""A raw data block (ISO/IEC 14496-3 §4.4.2.1) of silence, by number of channels."""

_BASE_IS_MOOF = 0x020000
_SYNC = 0x02000000
_HAS_OFFSET = 0x000001


def silence(initialisation: Initialisation, *, start: int, length: int) -> bytes | None:
    """Return a fragment (``moof mdat``) of silence, or None for a kind of sound that has no known silence.

    Args:
        initialisation: of the track's other fragments.
        start: its decode time in ticks.
        length: how much is to be filled, in ticks; whole packets that fit are made, at least one.
    """
    packet = _PACKETS.get(_channels(initialisation))
    if packet is None:
        return None
    count = max(1, length // FRAME)
    header = make_full("tfhd", 0, _BASE_IS_MOOF | 0x38, struct.pack(">IIII", 1, FRAME, len(packet), _SYNC))
    time = make_full("tfdt", 1, 0, struct.pack(">Q", start))

    def moof(offset: int) -> bytes:
        run = make_full("trun", 0, _HAS_OFFSET, struct.pack(">Ii", count, offset))
        return make("moof", make_full("mfhd", 0, 0, struct.pack(">I", 1)), make("traf", header, time, run))

    data = make("mdat", packet * count)
    return moof(len(moof(0)) + 8) + data


def _channels(initialisation: Initialisation) -> int:
    """Return the channels of an ``mp4a`` sample entry (ISO/IEC 14496-12 §12.2.3), 0 for another kind."""
    entry = initialisation.sample_entry
    box = find_optional(entry, "mp4a")
    if box is None or box.end - box.body < 18:  # noqa: PLR2004 - up to and with the channel count
        return 0
    (channels,) = struct.unpack_from(">H", entry, box.body + 16)
    return int(channels)

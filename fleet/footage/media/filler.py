"""What a player is given where one track is missing and the other goes on: silence, or a black picture.

A player cannot go on with one track while the other has nothing: it stalls, or skips both. So the missing one
is filled, for players alone: no filler is in any export, and the recording's own timeline says what is
missing.

Silence is AAC packets of nothing under the recording's own initialisation. Black is one picture of the
recording's size, encoded here, with an initialisation of its own.
"""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from functools import lru_cache
from typing import Any

import av
import numpy as np

from fleet.footage.media.boxes import find_optional, make, make_full
from fleet.footage.media.fragment import Initialisation, read_part
from protocol.units import NS_PER_S

FRAME = 1024
"""Samples in a packet of AAC-LC."""

_PACKETS = {1: bytes.fromhex("00c800802380"), 2: bytes.fromhex("210049900219002380")}
"""A raw data block (ISO/IEC 14496-3 §4.4.2.1) of silence, by number of channels."""

_BLACK_TIMESCALE = 90_000
_MUXER = {
    "movflags": "cmaf+frag_custom+empty_moov+default_base_moof+skip_trailer",
    "use_editlist": "0",
    "brand": "isom",
}
_BASE_IS_MOOF, _DEFAULT_DURATION, _DEFAULT_SIZE, _DEFAULT_FLAGS = 0x20000, 0x8, 0x10, 0x20
_SYNC = 0x02000000
_HAS_OFFSET = 0x1
_SHORTEST_ENTRY = 18


def silence(initialisation: Initialisation, *, start: int, length: int) -> bytes | None:
    """Return a fragment (``moof mdat``) of silence, or None for a kind of sound that has no known silence.

    Args:
        initialisation: of the track's other fragments.
        start: its decode time in ticks.
        length: how much is to be filled, in ticks; whole packets that fit are made, at least one.
    """
    packet = silent_packet(initialisation)
    if packet is None:
        return None
    return _fragment(packet, count=max(1, length // FRAME), duration=FRAME, start=start)


def silent_packet(initialisation: Initialisation) -> bytes | None:
    """Return one packet of silence, or None for a kind of sound that has no known silence."""
    return _PACKETS.get(_channels(initialisation))


def black(width: int, height: int, *, start_ns: int, length_ns: int) -> bytes:
    """Return a self-initialising fragment (``ftyp moov moof mdat``) that is black.

    Args:
        width: of the picture in pixels.
        height: likewise.
        start_ns: when it begins, after the start of the recording.
        length_ns: how long it is shown.
    """
    head, picture = _black_picture(width + width % 2, height + height % 2)
    ticks = [at * _BLACK_TIMESCALE // NS_PER_S for at in (start_ns, start_ns + length_ns)]
    return head + _fragment(picture, count=1, duration=max(1, ticks[1] - ticks[0]), start=ticks[0])


@lru_cache(maxsize=16)
def _black_picture(width: int, height: int) -> tuple[bytes, bytes]:
    """Encode one black picture; return its initialisation and its sample."""
    encoder = av.open(io.BytesIO(), "w", format="mp4")
    source: Any = encoder.add_stream("libx264", rate=1)
    source.width, source.height, source.pix_fmt = width, height, "yuv420p"
    source.options = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}
    source.codec_context.time_base = Fraction(1, _BLACK_TIMESCALE)
    encoder.start_encoding()
    frame = av.VideoFrame.from_ndarray(np.zeros((height, width, 3), np.uint8), format="rgb24")
    frame.pts, frame.time_base = 0, Fraction(1, _BLACK_TIMESCALE)
    packets = [*source.encode(frame), *source.encode(None)]
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options=_MUXER) as muxer:
        target = muxer.add_stream_from_template(source)
        target.time_base = Fraction(1, _BLACK_TIMESCALE)
        for packet in packets:
            packet.stream, packet.duration = target, _BLACK_TIMESCALE
            muxer.mux(packet)
    part = read_part(file.getvalue())
    return part.initialisation.data, part.payload


def _fragment(packet: bytes, *, count: int, duration: int, start: int) -> bytes:
    """Return ``moof mdat`` of equal samples, each of which decodes alone."""
    flags = _BASE_IS_MOOF | _DEFAULT_DURATION | _DEFAULT_SIZE | _DEFAULT_FLAGS
    header = make_full("tfhd", 0, flags, struct.pack(">IIII", 1, duration, len(packet), _SYNC))
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
    if box is None or box.end - box.body < _SHORTEST_ENTRY:
        return 0
    (channels,) = struct.unpack_from(">H", entry, box.body + 16)
    return int(channels)

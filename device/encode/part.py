"""From packets to a part: a self-initialising CMAF file (ISO/IEC 23000-19) of one track of one chunk.

Rules:

- Every part is ftyp, moov, moof, mdat: it decodes alone, and no initialisation is ever stored in the clear
  (C1).
- ``baseMediaDecodeTime`` is absolute boot-clock time, so that parts put one after the other keep their times.
- FFmpeg's muxer writes it, in memory; nothing here touches a file.
"""

from __future__ import annotations

import io
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import av

from device.encode.packets import to_ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av.container import InputContainer
    from av.stream import Stream

    from device.encode.packets import EncodedPacket, StreamParams

MUXER: Final = "mp4"
MUXER_OPTIONS: Final = {
    "movflags": "cmaf+frag_custom+empty_moov+default_base_moof+frag_discont+skip_trailer"
    "+negative_cts_offsets",
    "use_editlist": "0",  # an edit list would shift the absolute times
    "avoid_negative_ts": "disabled",
}


def mux_part(params: StreamParams, packets: Sequence[EncodedPacket]) -> bytes:
    """Write packets, oldest first, as one part.

    Durations come from the distance to the next packet; the last packet's is its own.

    Args:
        params: Their stream.
        packets: At least one; the first of a picture part is a key picture.
    """
    timescale = params.timescale
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=MUXER, options=MUXER_OPTIONS) as output:
        stream = output.add_stream_from_template(_template(params.header).streams[0])
        stream.time_base = Fraction(1, timescale)
        for packet in packets:
            output.mux_one(_av_packet(packet, stream, timescale))
    return buffer.getvalue()


def cmaf_header(template: Stream, timescale: int) -> bytes:
    """The header (ftyp and moov) for a stream like ``template``."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=MUXER, options=MUXER_OPTIONS) as output:
        stream = output.add_stream_from_template(template)
        stream.time_base = Fraction(1, timescale)
        output.start_encoding()
    return buffer.getvalue()


def _av_packet(packet: EncodedPacket, stream: Stream, timescale: int) -> av.Packet[Any]:
    result: av.Packet[Any] = av.Packet(packet.data)
    ticks = to_ticks(packet.pts_ns, timescale)
    result.pts = result.dts = ticks
    result.duration = to_ticks(packet.end_ns, timescale) - ticks
    result.time_base = Fraction(1, timescale)
    result.is_keyframe = packet.keyframe
    result.stream = stream
    return result


@lru_cache(maxsize=64)
def _template(header: bytes) -> InputContainer:
    """A header, opened for its stream parameters; cameras with the same encoder settings share one."""
    return av.open(io.BytesIO(header), "r", format=MUXER)

"""By which codec a packet of a transport or program stream was made, as it says itself. Pure.

A recorder that is set anew, or a programme behind another one, goes on with another codec on the same track.
FFmpeg cuts the packets by it, and PyAV goes on with the decoder of before, which makes nothing of them.

Rules:

- The first picture behind a change is lost in FFmpeg, which still cuts it as before: it goes on with the next
  key picture.
- Only codecs whose packets begin with a word of their own are told apart, and only from each other.
"""

from __future__ import annotations

from typing import Final

from protocol.footage.format.model import Track

SOUNDS: Final = frozenset({"aac", "ac3", "eac3", "mp2", "mp3"})
PICTURES: Final = frozenset({"h264", "hevc", "mpeg2video"})

_START: Final = b"\x00\x00\x01"
_AC3: Final = b"\x0b\x77"
_AC3_LATEST: Final = 10
_SYNC: Final = 0xFFF0
_LAYERS: Final = {0: "aac", 1: "mp3", 2: "mp2"}
_SEQUENCE: Final = 0xB3
_H264_BEGINS: Final = frozenset({7, 9})
_H265_BEGINS: Final = frozenset({0x40, 0x42, 0x44, 0x46})
_LOOKED_AT: Final = 64


def changed_codec(track: Track, codec: str, data: bytes | memoryview) -> str | None:
    """The codec of a packet, by FFmpeg's name, where it is another one than that of the packets before.

    Args:
        track: Of which.
        codec: By what it was decoded until now, by FFmpeg's name.
        data: The packet.
    """
    known, says = (SOUNDS, _sound) if track is Track.AUDIO else (PICTURES, _picture)
    if codec not in known:
        return None
    said = says(bytes(data[:_LOOKED_AT]))
    return said if said != codec else None


def _sound(data: bytes) -> str | None:
    """ATSC A/52, 5.3 and E.1; ISO/IEC 14496-3, 1.A.2; ISO/IEC 11172-3, 2.4.2."""
    if len(data) < len(_AC3) + 4:
        return None
    if data.startswith(_AC3):
        return "ac3" if data[5] >> 3 <= _AC3_LATEST else "eac3"
    word = int.from_bytes(data[:2])
    return _LAYERS.get(word >> 1 & 3) if word & _SYNC == _SYNC else None


def _picture(data: bytes) -> str | None:
    """ITU-T H.262, 6.2.2.1; H.264, 7.3.1; H.265, 7.3.1.2: what a coded picture begins with."""
    at = data.find(_START) + len(_START)
    if at < len(_START) or at + 1 >= len(data):
        return None
    kind, after = data[at], data[at + 1]
    if kind == _SEQUENCE:
        return "mpeg2video"
    if kind in _H265_BEGINS and after == 1:
        return "hevc"
    return "h264" if kind & 0x1F in _H264_BEGINS and not kind & 0x80 else None

"""What a file is, by its first bytes, and how large a picture is, by its head. Pure.

Nothing here decodes: it says which one decoder is asked, so that no other one is tried on what somebody sent.
"""

from __future__ import annotations

from enum import StrEnum

HEAD = 4096
"""Bytes that are looked at."""


class ImportFormat(StrEnum):
    """A container of moving pictures, by the name of FFmpeg's demuxer, or a kind of picture."""

    MP4 = "mp4"
    MATROSKA = "matroska"
    AVI = "avi"
    MPEG_TS = "mpegts"
    MPEG_PS = "mpeg"
    JPEG = "jpeg"
    PNG = "png"

    @property
    def is_picture(self) -> bool:
        """Whether it is one picture."""
        return self in {ImportFormat.JPEG, ImportFormat.PNG}


FORMAT_WORDS = {
    ImportFormat.MP4: "MP4 or QuickTime",
    ImportFormat.MATROSKA: "Matroska or WebM",
    ImportFormat.AVI: "AVI",
    ImportFormat.MPEG_TS: "MPEG transport stream",
    ImportFormat.MPEG_PS: "MPEG program stream",
    ImportFormat.JPEG: "JPEG",
    ImportFormat.PNG: "PNG",
}
_MARKER = 0xFF
_PNG = b"\x89PNG\r\n\x1a\n"
_TS_PACKET, _TS_SYNC = 188, 0x47
_PICTURES_IN_MP4 = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis"}
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of JPEG (ITU-T T.81, table B.1) that begin a frame and say its size."""


def format_of(head: bytes) -> ImportFormat | None:
    r"""Return what a file is by its first ``HEAD`` bytes; None for what is not imported.

    >>> format_of(b"\xff\xd8\xff\xe0"), format_of(b"<html>")
    (<ImportFormat.JPEG: 'jpeg'>, None)
    """
    is_ts = len(head) > 2 * _TS_PACKET and all(head[at] == _TS_SYNC for at in (0, _TS_PACKET, 2 * _TS_PACKET))
    seen = {
        ImportFormat.JPEG: head.startswith(b"\xff\xd8\xff"),
        ImportFormat.PNG: head.startswith(_PNG),
        ImportFormat.MP4: head[4:8] == b"ftyp" and head[8:12] not in _PICTURES_IN_MP4,
        ImportFormat.MATROSKA: head.startswith(b"\x1a\x45\xdf\xa3"),
        ImportFormat.AVI: head.startswith(b"RIFF") and head[8:12] == b"AVI ",
        ImportFormat.MPEG_PS: head.startswith(b"\x00\x00\x01\xba"),
        ImportFormat.MPEG_TS: is_ts,
    }
    return next((kind for kind, is_so in seen.items() if is_so), None)


def picture_size(data: bytes, kind: ImportFormat) -> tuple[int, int] | None:
    """Return width and height of a picture in pixels, as its head says; None where it says none."""
    if kind is ImportFormat.PNG:
        size = (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
        return size if data[12:16] == b"IHDR" and all(size) else None
    at = 2
    while at + 9 <= len(data) and data[at] == _MARKER:
        marker = data[at + 1]
        if marker == _MARKER:
            at += 1
            continue
        if marker in _SIZES:
            height, width = (
                int.from_bytes(data[at + 5 + 2 * each : at + 7 + 2 * each], "big") for each in (0, 1)
            )
            return (width, height) if width and height else None
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2:  # noqa: PLR2004 - the length counts its own two bytes
            return None
        at += 2 + length
    return None

"""What a decoder must know, without what it need not: no texts, no thumbnails, no edit lists. Pure."""

from __future__ import annotations

from fleet.footage.media.boxes import Box, boxes, make

_KEPT = {"ftyp", "moov"}
_TAKEN_APART = {"moov", "trak", "mdia", "minf", "stbl"}
_NOT_NEEDED = {"udta", "edts", "meta", "uuid", "free", "sgpd", "sbgp"}


def bare_initialisation(data: bytes) -> bytes:
    """Return ``ftyp moov`` with nothing in them that says anything but how to decode."""
    return b"".join(_bare(data, box) for box in boxes(data) if box.kind in _KEPT)


def _bare(data: bytes, box: Box) -> bytes:
    if box.kind not in _TAKEN_APART:
        return data[box.start : box.end]
    inner = [each for each in boxes(data, box.body, box.end) if each.kind not in _NOT_NEEDED]
    return make(box.kind, *(_bare(data, each) for each in inner))

"""Whether a film holds the parts of a copy and nothing else, down to its last byte.

Each part of a copy is untouched or was checked when it was made. So a film that is made of their samples, end
to end, shows nothing more, unless it says something beside them: a thumbnail among its texts, a message, an
edit list that skips what is in the file all the same, or bytes that no table names.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from fleet.footage.errors import MediaError
from fleet.footage.media.boxes import Box, boxes, find, find_optional
from fleet.footage.media.fragment import Part

LARGEST_HEADER = 256_000_000
"""Bytes before the first sample: more than 24 hours need."""

_TABLES = {"stsd", "stts", "ctts", "stss", "stsc", "stsz", "co64"}
_ALLOWED = {
    "moov": {"mvhd", "trak", "udta"},
    "trak": {"tkhd", "edts", "mdia"},
    "edts": {"elst"},
    "mdia": {"mdhd", "hdlr", "minf"},
    "minf": {"vmhd", "smhd", "dinf", "stbl"},
    "dinf": {"dref"},
    "stbl": _TABLES,
    "udta": {"meta"},
    "ilst": {"\xa9nam", "\xa9cmt", "\xa9too"},
}
_TEXT = 1
_NOTHING = -1
_ROW = struct.Struct(">QqI")
_HEADER, _LARGE_HEADER = 8, 16


def movie_findings(file: BinaryIO, parts: Iterable[Part]) -> Iterator[str]:
    """Give what a film holds beside the parts of a copy.

    Args:
        file: the film, from its first byte.
        parts: of the copy, in the order in which their samples lie in the film.
    """
    try:
        header = _header(file)
        moov = find(header, "moov")
        yield from (f"The film has a box {kind!r} that it needs not." for kind in _unknown(header, moov))
        first: dict[str, Part] = {}
        for part in parts:
            first.setdefault(part.initialisation.handler, part)
            if file.read(len(part.payload)) != part.payload:
                yield "The film has other samples than the parts of the copy."
                return
        if file.read(1):
            yield "The film holds bytes that belong to none of its parts."
        yield from _edit_findings(header, moov, first)
    except MediaError as error:
        yield f"The film cannot be read: {error}"


def _header(file: BinaryIO) -> bytes:
    """Read everything before the first sample, and leave the file there.

    Raises:
        MediaError: it does not begin with ``ftyp``, ``moov`` and the head of ``mdat``.
    """
    held = b""
    for kind in ("ftyp", "moov", "mdat"):
        head = file.read(_HEADER)
        if len(head) < _HEADER or head[4:] != kind.encode():
            raise MediaError(f"There is no {kind!r} where it should be.")
        size = int.from_bytes(head[:4], "big")
        if kind == "mdat":
            file.read(_LARGE_HEADER - _HEADER if size == 1 else 0)
            return held
        if not _HEADER <= size <= LARGEST_HEADER:
            raise MediaError(f"The box {kind!r} says that it is {size} bytes long.")
        held += head + file.read(size - _HEADER)
    raise AssertionError  # pragma: no cover - the loop ends with mdat


def _unknown(data: bytes, parent: Box) -> Iterator[str]:
    for box in boxes(data, parent.body, parent.end):
        if box.kind not in _ALLOWED[parent.kind]:
            yield box.kind
        elif box.kind == "meta":
            yield from _unknown_texts(data, box)
        elif box.kind in _ALLOWED:
            yield from _unknown(data, box)


def _unknown_texts(data: bytes, meta: Box) -> Iterator[str]:
    for box in boxes(data, meta.body + 4, meta.end):
        if box.kind not in {"hdlr", "ilst"}:
            yield box.kind
            continue
        for entry in boxes(data, box.body, box.end) if box.kind == "ilst" else ():
            if entry.kind not in _ALLOWED["ilst"]:
                yield entry.kind
            for value in boxes(data, entry.body, entry.end):
                if value.kind != "data" or int.from_bytes(data[value.body : value.body + 4], "big") != _TEXT:
                    yield entry.kind


def _edit_findings(data: bytes, moov: Box, first: dict[str, Part]) -> Iterator[str]:
    for trak in boxes(data, moov.body, moov.end):
        if trak.kind != "trak":
            continue
        hdlr = find(data, "mdia/hdlr", trak.body, trak.end)
        handler = data[hdlr.body + 8 : hdlr.body + 12].decode("latin-1")
        edits = find_optional(data, "edts/elst", trak.body, trak.end)
        rows = [] if edits is None else list(_ROW.iter_unpack(data[edits.body + 8 : edits.end]))
        shown = [start for _, start, _ in rows if start != _NOTHING]
        lead = first[handler].samples[0].composition if handler in first else 0
        if handler not in first or len(shown) > 1 or any(start != lead for start in shown):
            yield "The film has an edit list by which part of it is in the file and not shown."

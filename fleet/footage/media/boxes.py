"""Boxes of the ISO base media file format (ISO/IEC 14496-12 §4): finding, reading, making.

Parsing is strict, because parts come from outside even when they verify: a length that does not fit is
refused with the box's name and offset.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from fleet.footage.errors import MediaError

_HEADER = 8
_LARGE_HEADER = 16


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box lies in its data.

    Attributes:
        kind: its four characters.
        start: offset of its header.
        body: offset of what it holds.
        end: offset of the byte after it.
    """

    kind: str
    start: int
    body: int
    end: int


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Give the boxes that lie side by side from ``start`` to ``end``.

    Raises:
        MediaError: a box is longer than what is left, or shorter than its own header.
    """
    limit = len(data) if end is None else end
    at = start
    while at < limit:
        if limit - at < _HEADER:
            raise MediaError(f"The part ends within the header of a box at byte {at}.")
        size, name = struct.unpack_from(">I4s", data, at)
        body = at + _HEADER
        if size == 1:
            if limit - at < _LARGE_HEADER:
                raise MediaError(f"The part ends within the header of a box at byte {at}.")
            (size,) = struct.unpack_from(">Q", data, body)
            body = at + _LARGE_HEADER
        kind = name.decode("latin-1")
        if size < body - at or size > limit - at:
            raise MediaError(f"The box {kind!r} at byte {at} of the part says that it is {size} bytes long.")
        yield Box(kind, at, body, at + size)
        at += size


def find(data: bytes, path: str, start: int = 0, end: int | None = None) -> Box:
    """Return the first box at ``path``, such as ``trak/mdia/mdhd``, below the given range.

    Raises:
        MediaError: there is none.
    """
    found = find_optional(data, path, start, end)
    if found is None:
        raise MediaError(f"The part lacks the box {path!r}.")
    return found


def find_optional(data: bytes, path: str, start: int = 0, end: int | None = None) -> Box | None:
    """Return the first box at ``path``, or None."""
    head, _, rest = path.partition("/")
    for box in boxes(data, start, end):
        if box.kind == head:
            return find_optional(data, rest, box.body, box.end) if rest else box
    return None


def unpack(form: str, data: bytes, at: int, box: Box) -> tuple[int, ...]:
    """Read big-endian numbers at ``at``, which must lie within ``box``.

    Raises:
        MediaError: they do not.
    """
    size = struct.calcsize(f">{form}")
    if at < box.body or at + size > box.end:
        raise MediaError(f"The box {box.kind!r} at byte {box.start} of the part is too short.")
    return struct.unpack_from(f">{form}", data, at)


def make(kind: str, *contents: bytes) -> bytes:
    """Return a box.

    >>> make("free", b"ab").hex()
    '0000000a667265656162'
    """
    size = _HEADER + sum(map(len, contents))
    return b"".join((struct.pack(">I4s", size, kind.encode("latin-1")), *contents))


def make_full(kind: str, version: int, flags: int, *contents: bytes) -> bytes:
    """Return a full box, which begins with a version and flags."""
    return make(kind, struct.pack(">I", version << 24 | flags), *contents)

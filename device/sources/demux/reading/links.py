"""Files that are several, written one behind the other: where each of them begins.

Recorders that restart, players of radio and ``cat`` make such files. FFmpeg reads the first of them and loses
the others, or their times, wherever a later one has other headers: Ogg (RFC 3533, 4: chained streams), MP4,
AVI, WAV and FLV; in bare AAC and MP3 it goes on with the rate of the first. Transport and program streams
and Matroska it joins itself. Fragments of an MP4 that go back in time (``device.sources.fragments``) are read
as a file of their own too, behind the head of theirs.

Rules:

- Only the structure counts: what lies in between is stepped over, and never searched for a beginning.
- Where the structure ends, nothing more is looked for; so does it after ``MOST_STEPS``.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from device.sources.demux.reading.splice import WAVERS_NS
from device.sources.fragments import FragmentTimes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    _Look = Callable[[BinaryIO, int], "_Step | None"]

MOST_STEPS: Final = 300_000
"""Pages, boxes or frames: two hours of bare AAC, and some tenths of a second of work."""

_OGG_HEAD: Final = 27
_OGG_FIRST: Final = 2
_FLV_TAG: Final = 11
_FLV_TAGS: Final = frozenset({8, 9, 18})
_SHORTEST_BOX: Final = 8
_LONG_BOX: Final = 16
_MOST_OF_A_BOX: Final = 1 << 20
_RIFF_HEAD: Final = 12
_ADTS_HEAD: Final = 7
_MP3_HEAD: Final = 4
_ID3_HEAD: Final = 10
_OPEN_ENDED: Final = frozenset({0, 0xFFFFFFFF})

_ADTS_MASK: Final = 0xFFF6
_ADTS_SYNC: Final = 0xFFF0
_MP3_MASK: Final = 0xFFE6
_MP3_SYNC: Final = 0xFFE2
_MP3_VERSIONS: Final = {3: 1, 2: 2, 0: 4}
"""MPEG-1, 2 and 2.5, by what divides their rates."""
_MP3_RATES: Final = {0: 44_100, 1: 48_000, 2: 32_000}
_MP3_KBITS: Final = (
    dict(enumerate((32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320), 1)),
    dict(enumerate((8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160), 1)),
)


class FileHead(NamedTuple):
    """What the fragments of a file need: the bytes from ``begin`` to before ``end``."""

    begin: int
    end: int


class FileSpan(NamedTuple):
    """One of the files in a file: the bytes from ``begin`` to before ``end``, and the head of fragments."""

    begin: int
    end: int
    head: FileHead | None = None


class _Step(NamedTuple):
    """What lies at a place: whether a file begins there, where the next thing does, and its head."""

    begins: bool
    follows: int
    head: FileHead | None = None


def links(path: str) -> list[FileSpan]:
    """The files in a file, in their order; nothing where it is one, or of a kind that FFmpeg joins itself.

    Raises:
        OSError: It cannot be read.
    """
    with Path(path).open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        steps = _steps(file.read(_RIFF_HEAD), file, size)
        begins = [] if steps is None else list(_begins(steps))
    if len(begins) <= 1:
        return []
    ends = [*(begin for begin, _ in begins[1:]), size]
    return [FileSpan(begin, end, head) for (begin, head), end in zip(begins, ends, strict=True)]


def _begins(steps: Iterator[tuple[int, _Step]]) -> Iterator[tuple[int, FileHead | None]]:
    for count, (place, step) in enumerate(steps):
        if step.begins or not count:
            yield place, step.head
        if count >= MOST_STEPS:
            return


def _steps(head: bytes, file: BinaryIO, size: int) -> Iterator[tuple[int, _Step]] | None:
    """The walk through a file of a kind that has one."""
    look: _Look
    if head.startswith(b"OggS"):
        look = _OggPages().look
    elif head[4:8] == b"ftyp":
        look = _Boxes().look
    elif head.startswith(b"FLV\x01"):
        look = _flv
    elif head.startswith(b"RIFF") and head[8:12] in {b"AVI ", b"WAVE"}:
        look = _riff
    elif head.startswith(b"ID3") or _mp3_frame(head) or _adts_frame(head):
        look = _Frames().look
    else:
        return None
    return _walk(look, file, size)


def _walk(
    look: Callable[[BinaryIO, int], _Step | None], file: BinaryIO, size: int
) -> Iterator[tuple[int, _Step]]:
    place = 0
    while place < size:
        step = look(file, place)
        if step is None or step.follows <= place:
            return
        yield place, step
        place = step.follows


def _read(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(place)
    return file.read(length)


class _OggPages:
    """Pages of Ogg (RFC 3533, 6): a first page of a stream behind others than first pages begins a link."""

    def __init__(self) -> None:
        self._in_link = False

    def look(self, file: BinaryIO, place: int) -> _Step | None:
        head = _read(file, place, _OGG_HEAD)
        if len(head) < _OGG_HEAD or not head.startswith(b"OggS"):
            return None
        lengths = file.read(head[26])
        first = bool(head[5] & _OGG_FIRST)
        begins, self._in_link = first and self._in_link, not first
        return _Step(begins, place + _OGG_HEAD + len(lengths) + sum(lengths))


class _Boxes:
    """Boxes of MP4 (ISO/IEC 14496-12, 4.2): a file begins with its type, or with fragments that go back."""

    def __init__(self) -> None:
        self._times = FragmentTimes(WAVERS_NS)
        self._head = FileHead(0, 0)

    def look(self, file: BinaryIO, place: int) -> _Step | None:
        head = _read(file, place, _LONG_BOX)
        kind, length = head[4:8], int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:])
        if length < _SHORTEST_BOX:
            return None
        if kind == b"ftyp":
            self._times, self._head = FragmentTimes(WAVERS_NS), FileHead(place, place)
        elif kind == b"moov":
            self._times.begin(_read(file, place, min(length, _MOST_OF_A_BOX)))
            self._head = FileHead(self._head.begin, place + length)
        elif kind == b"moof" and self._times.goes_back(_read(file, place, min(length, _MOST_OF_A_BOX))):
            return _Step(begins=True, follows=place + length, head=self._head)
        return _Step(kind == b"ftyp", place + length)


def _flv(file: BinaryIO, place: int) -> _Step | None:
    """Tags of FLV (Adobe FLV specification 10.1, annex E), and its header."""
    head = _read(file, place, _FLV_TAG)
    if head.startswith(b"FLV\x01"):
        return _Step(begins=True, follows=place + int.from_bytes(head[5:9]) + 4)
    if len(head) < _FLV_TAG or head[0] not in _FLV_TAGS:
        return None
    return _Step(begins=False, follows=place + _FLV_TAG + int.from_bytes(head[1:4]) + 4)


def _riff(file: BinaryIO, place: int) -> _Step | None:
    """Lists of RIFF: ``AVIX`` goes on with the AVI before it (OpenDML 1.02, 5)."""
    head = _read(file, place, _RIFF_HEAD)
    length = int.from_bytes(head[4:8], "little")
    if not head.startswith(b"RIFF") or length in _OPEN_ENDED:
        return None
    return _Step(head[8:12] != b"AVIX", place + 8 + length + length % 2)


class _Frames:
    """Frames of bare sound: another rate begins a file.

    AAC: ISO/IEC 14496-3, 1.A.2. MP3: ISO/IEC 11172-3, 2.4.1.
    """

    def __init__(self) -> None:
        self._rate: int | None = None

    def look(self, file: BinaryIO, place: int) -> _Step | None:
        head = _read(file, place, _ID3_HEAD)
        if head.startswith(b"ID3") and len(head) == _ID3_HEAD:
            size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
            return _Step(begins=False, follows=place + _ID3_HEAD + size)
        found = _adts_frame(head) or _mp3_frame(head)
        if found is None:
            return None
        rate, length = found
        begins, self._rate = self._rate not in {None, rate}, rate
        return _Step(begins, place + length)


def _adts_frame(head: bytes) -> tuple[int, int] | None:
    """What stands for the rate of a frame of AAC, and its bytes."""
    if len(head) < _ADTS_HEAD or int.from_bytes(head[:2]) & _ADTS_MASK != _ADTS_SYNC:
        return None
    return head[2] >> 2 & 15, (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5


def _mp3_frame(head: bytes) -> tuple[int, int] | None:
    """The rate of a frame of layer III, and its bytes."""
    if len(head) < _MP3_HEAD or int.from_bytes(head[:2]) & _MP3_MASK != _MP3_SYNC:
        return None
    divided = _MP3_VERSIONS.get(head[1] >> 3 & 3)
    kbits = _MP3_KBITS[divided != 1].get(head[2] >> 4)
    rate = _MP3_RATES.get(head[2] >> 2 & 3)
    if divided is None or kbits is None or rate is None:
        return None
    hertz = rate // divided
    spans = 144_000 if divided == 1 else 72_000
    return hertz, spans * kbits // hertz + (head[2] >> 1 & 1)


class LinkFile(io.RawIOBase):
    """One file of several in a file, as FFmpeg may read and search it.

    Of fragments with a head all lies where it does in their file, since they say where their samples are by
    that: what is not theirs is a box to step over.

    Args:
        path: Of the file.
        link: Which part of it.
    """

    def __init__(self, path: str, link: FileSpan) -> None:
        super().__init__()
        self.name = path
        self._begin, self._end, self._free, self._free_at = link.begin, link.end, b"", 0
        if link.head is not None and link.begin - link.head.end >= _LONG_BOX:
            self._begin, self._free_at = link.head.begin, link.head.end
            self._free = (1).to_bytes(4) + b"free" + (link.begin - link.head.end).to_bytes(8)
        self._file = Path(path).open("rb")  # noqa: SIM115 - it lives as long as this
        self._file.seek(self._begin)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes; none at its end."""
        place = self._file.tell()
        left = max(self._end - place, 0)
        data = self._file.read(left if size < 0 else min(size, left))
        begin = max(self._free_at, place)
        own = self._free[begin - self._free_at : place + len(data) - self._free_at]
        if place + len(data) <= self._free_at or not own:
            return data
        return data[: begin - place] + own + data[begin - place + len(own) :]

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in it."""
        base = {io.SEEK_SET: self._begin, io.SEEK_CUR: self._file.tell(), io.SEEK_END: self._end}
        return self._file.seek(max(base[whence] + offset, self._begin)) - self._begin

    def tell(self) -> int:
        """The place in it."""
        return self._file.tell() - self._begin

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        super().close()

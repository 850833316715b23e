"""Where the fragments of an MP4 go back in time, by what they say themselves. Pure.

FFmpeg reads the fragments of a file as one line of samples and leaves out what it takes for earlier ones: the
first fragment of a recorder that set its clock back is lost.

Rules:

- A fragment goes back that has every track that those before it have, and in each of them begins earlier than
  the one before it ends, by more than is no jump. One track alone is left to ``splice``.
- A fragment that does not say when it is decoded goes nowhere.

It reads boxes that somebody hands in (ISO/IEC 14496-12, 8.8), and no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD: Final = 8
_LONG: Final = b"\1"
"""The version of a box whose times have eight bytes."""
_BEFORE_USUAL: Final = ((0x1, 8), (0x2, 4))
_USUAL: Final = 0x8
_BEFORE_SAMPLES: Final = ((0x1, 4), (0x4, 4))
_OF_A_SAMPLE: Final = (0x100, 0x200, 0x400, 0x800)


class FragmentTimes:
    """Watches the fragments of one file.

    Args:
        no_jump_ns: By so much they may go back.
    """

    def __init__(self, no_jump_ns: int) -> None:
        self._no_jump_ns = no_jump_ns
        self._ticks: dict[int, int] = {}
        self._usual: dict[int, int] = {}
        self._ends: dict[int, int] = {}

    def begin(self, moov: bytes) -> None:
        """Take the box that names the tracks."""
        for kind, box in _boxes(moov[_HEAD:]):
            if kind == b"trak":
                parts = dict(_boxes(box))
                head, clock = parts.get(b"tkhd", b""), dict(_boxes(parts.get(b"mdia", b""))).get(b"mdhd", b"")
                self._ticks[_after_times(head)] = _after_times(clock)
            elif kind == b"mvex":
                usual = [data for name, data in _boxes(box) if name == b"trex"]
                self._usual |= {_number(data, 4): _number(data, 12) for data in usual}

    def goes_back(self, moof: bytes) -> bool:
        """Take the next fragment; whether it goes back."""
        spans: dict[int, tuple[int, int]] = {}
        for kind, box in _boxes(moof[_HEAD:]):
            if kind == b"traf" and (found := self._span(list(_boxes(box)))) is not None:
                spans[found[0]] = found[1:]
        back = bool(self._ends) and all(
            track in spans and spans[track][0] < end - self._no_jump_ns for track, end in self._ends.items()
        )
        self._ends |= {track: end for track, (_, end) in spans.items()}
        return back

    def _span(self, parts: list[tuple[bytes, bytes]]) -> tuple[int, int, int] | None:
        """A track, and from when to when there is something of it, in ns; None where that is unsaid."""
        head, said = dict(parts).get(b"tfhd", b""), dict(parts).get(b"tfdt", b"")
        track, flags = _number(head, 4), _number(head, 0)
        ticks = self._ticks.get(track, 0)
        if not said or not ticks:
            return None
        begin = _number(said, 4, 8 if said[:1] == _LONG else 4)
        at = 8 + sum(size for flag, size in _BEFORE_USUAL if flags & flag)
        usual = _number(head, at) if flags & _USUAL else self._usual.get(track, 0)
        length = sum(_length(data, usual) for name, data in parts if name == b"trun")
        return track, begin * NS_PER_S // ticks, (begin + length) * NS_PER_S // ticks


def _length(trun: bytes, usual: int) -> int:
    """How long the samples of a run are together, in ticks."""
    flags, count = _number(trun, 0), _number(trun, 4)
    if not flags & _OF_A_SAMPLE[0]:
        return count * usual
    size = 4 * sum(bool(flags & flag) for flag in _OF_A_SAMPLE)
    first = 8 + sum(size for flag, size in _BEFORE_SAMPLES if flags & flag)
    return sum(_number(trun, at) for at in range(first, min(first + count * size, len(trun)), size))


def _after_times(box: bytes) -> int:
    """What stands behind when a thing was made and changed: a track's number, or its ticks a second."""
    return _number(box, 20 if box[:1] == _LONG else 12)


def _number(data: bytes, at: int, size: int = 4) -> int:
    return int.from_bytes(data[at : at + size])


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes in one, by their types; what is cut short ends them."""
    at = 0
    while (length := _number(data, at)) >= _HEAD and at + length <= len(data):
        yield data[at + 4 : at + _HEAD], data[at + _HEAD : at + length]
        at += length

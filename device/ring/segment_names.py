"""Which segments hold the chunks of the window, oldest first, and which hold none any more. Pure.

Whoever asks for all of them gets a view, not a copy: a press asks, and waits no longer for more of them (C4).
The view is of a list that only grows: what comes or goes later changes nothing in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, overload

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_SHED: Final = 1024
"""How many names that are of no more use a list may begin with, before it is left to those who look at it."""


class SegmentView(Sequence[str]):
    """The segments that held a chunk of the window at one moment, oldest first. It does not change."""

    __slots__ = ("_end", "_names", "_start")

    def __init__(self, names: Sequence[str], start: int, end: int) -> None:
        """Look at a part of names to which more may be added at their end, and nothing else."""
        self._names = names
        self._start = start
        self._end = end

    def __len__(self) -> int:
        return self._end - self._start

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return self._names[self._start : self._end][index]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names[self._start : self._end])


@dataclass(slots=True)
class SegmentNames:
    """The segments of the window's chunks. The chunks of one segment come one after the other."""

    _names: list[str] = field(default_factory=list)
    _start: int = 0
    _chunks: dict[str, int] = field(default_factory=dict)
    _left: dict[str, None] = field(default_factory=dict)

    @property
    def inside(self) -> SegmentView:
        """Those that hold a chunk of the window, oldest first."""
        return SegmentView(self._names, self._start, len(self._names))

    def add(self, name: str) -> None:
        """A chunk came into the window, and this segment holds it.

        Raises:
            ValueError: Chunks of another segment came between it and the ones before it.
        """
        count = self._chunks.get(name, 0)
        if not count:
            self._names.append(name)
            self._left.pop(name, None)
        elif self._names[-1] != name:
            message = f"internal error: a chunk of segment {name} after one of {self._names[-1]}"
            raise ValueError(message)
        self._chunks[name] = count + 1

    def leave(self, name: str) -> None:
        """The oldest chunk left the window, and this segment holds it."""
        count = self._chunks[name] - 1
        if count:
            self._chunks[name] = count
            return
        del self._chunks[name]
        self._left[name] = None
        self._start += 1
        if self._start >= _SHED:  # a new list: the old one is still looked at
            self._names, self._start = self._names[self._start :], 0

    def take_left(self, kept: Collection[str]) -> tuple[str, ...]:
        """Those that hold no chunk of the window any more and are not kept; each is named once."""
        names = tuple(name for name in self._left if name not in kept)
        for name in names:
            del self._left[name]
        return names

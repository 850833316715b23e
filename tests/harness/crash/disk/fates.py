"""What may have become of one operation at a power cut, and of several together.

A fate reads ``kept``, ``dropped``, or for a write of which a part reached the disk: ``first1024`` (its first
1,024 bytes, and the file ends there), ``zeroed1024`` (the length, and zeros after those bytes), ``after1024``
(all but those bytes, a hole of zeros in their place: sectors written out of order).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class How(StrEnum):
    """In what way."""

    KEPT = "kept"
    DROPPED = "dropped"
    FIRST = "first"
    ZEROED = "zeroed"
    AFTER = "after"


class Fate(NamedTuple):
    """In what way, and for an incomplete write at which of its bytes."""

    how: How
    at: int = 0

    def __str__(self) -> str:
        return f"{self.how}{self.at}" if self.how in _INCOMPLETE else str(self.how)


KEPT, DROPPED = Fate(How.KEPT), Fate(How.DROPPED)
REST = -1
"""Stands for every pending operation that is not named."""

Fates = Mapping[int, Fate]
"""By the operation's position in the log; what has none has the fate of ``REST``, else it is kept."""

_INCOMPLETE = (How.FIRST, How.ZEROED, How.AFTER)
_FATE = re.compile(rf"({'|'.join(How)})([0-9]*)")


def fate_of(fates: Fates, position: int) -> Fate:
    """What became of one operation."""
    return fates.get(position, fates.get(REST, KEPT))


def write_fates(fates: Fates) -> str:
    """What became of all that was pending, as ``12:dropped,14:first512``; a hyphen when all was kept.

    Where most was dropped, what was not is told instead: ``rest:dropped,12:kept``.
    """
    dropped = sum(fate == DROPPED for fate in fates.values())
    usual = DROPPED if 2 * dropped > len(fates) else KEPT
    told = {at: fate for at, fate in sorted(fates.items()) if fate != usual}
    if usual == DROPPED:
        told = {REST: DROPPED, **told}
    return ",".join(f"{'rest' if at == REST else at}:{fate}" for at, fate in told.items()) or "-"


def read_fates(text: str) -> dict[int, Fate]:
    """The reverse of ``write_fates``.

    Raises:
        ValueError: It is no such text.
    """
    fates: dict[int, Fate] = {}
    for part in () if text == "-" else text.split(","):
        position, _, told = part.partition(":")
        match = _FATE.fullmatch(told)
        if match is None or not (position == "rest" or position.isdecimal()):
            raise ValueError(f"{part!r} is no fate: write it as 12:dropped or 14:first512")
        fates[REST if position == "rest" else int(position)] = Fate(How(match[1]), int(match[2] or 0))
    return fates

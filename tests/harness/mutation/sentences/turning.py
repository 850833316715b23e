"""Which condition is turned just now, and which outcomes conditions had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

_Value = TypeVar("_Value")
_Other = TypeVar("_Other")


@dataclass
class Turning:
    """What holds for all of this process.

    Attributes:
        name: The condition that is turned; empty for none.
        holds: What it is turned to.
        seen: Each condition that was asked, with its outcome.
    """

    name: str = ""
    holds: bool = False
    seen: set[tuple[str, bool]] = field(default_factory=set)


TURNING = Turning()


def turned(name: str, value: _Value) -> _Value | bool:
    """Return the outcome of a condition: its own, unless just this one is turned.

    A comparison that a database will make is let be.
    """
    if type(value).__module__.startswith("sqlalchemy."):
        return value
    if TURNING.name == name:
        return TURNING.holds
    TURNING.seen.add((name, bool(value)))
    return value


def turned_or(name: str, value: _Value, otherwise: Callable[[], _Other]) -> _Value | _Other:
    """Return the first value if it is true, and else the other; turned, always the one or the other."""
    if TURNING.name == name:
        return value if TURNING.holds else otherwise()
    TURNING.seen.add((name, bool(value)))
    return value or otherwise()

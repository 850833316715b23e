"""When a condition begins and when it is over: late enough to be sure, and never to and fro. Pure.

Rules:

- A condition begins once it was seen for ``hold_ns`` without a break, and counts from when it was first seen.
- It is over once it was not seen for ``clear_ns``, and counts until it was first not seen. What is seen of it
  in between takes half its own time off that: a flicker does not keep it for ever.
- So between a beginning and an end lies at least ``clear_ns``, and between an end and the next beginning at
  least ``hold_ns``.
- A look that can tell nothing changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_RELAPSE: Final = 2


@dataclass(frozen=True, slots=True)
class Patience:
    """How long something must be so, and how long otherwise, in nanoseconds.

    Attributes:
        hold_ns: Until it has begun.
        clear_ns: Until it is over.
        forgiving: Whether a look without it only takes its own time off what was seen, and does not undo it:
            for what shows now and then alone, as clipping shows in loud words.
    """

    hold_ns: int
    clear_ns: int
    forgiving: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """It has begun, at ``start_ns``."""

    start_ns: int


@dataclass(frozen=True, slots=True)
class Over:
    """It is over: from ``start_ns`` to ``end_ns``."""

    start_ns: int
    end_ns: int


class Hysteresis:
    """Follows one condition, look by look, in order of time.

    Attributes:
        active: Whether it has begun and is not over.
    """

    def __init__(self, patience: Patience) -> None:
        self.active = False
        self._patience = patience
        self._seen_from: int | None = None
        self._unseen_from: int | None = None
        self._last: int | None = None
        self._sum = 0

    def look(self, start_ns: int, end_ns: int, seen: bool | None) -> Begun | Over | None:
        """Take what one look showed.

        Args:
            start_ns: Where what was looked at begins, on the boot-time clock.
            end_ns: Where it ends; the same instant for a single picture.
            seen: Whether the condition was seen; None where that cannot be told.
        """
        since, self._last = self._last, end_ns
        if seen is None:
            return None
        passed = max(0, end_ns - (start_ns if since is None else since))
        return (
            self._while_active(start_ns, passed, seen)
            if self.active
            else self._before(start_ns, passed, seen)
        )

    def finish(self) -> Over | None:
        """Nothing more is looked at: whatever lasts counts until the last look."""
        over = None
        if self.active and self._seen_from is not None and self._last is not None:
            end = self._last if self._unseen_from is None else self._unseen_from
            over = Over(self._seen_from, max(end, self._seen_from))
        self.active, self._seen_from, self._unseen_from, self._last, self._sum = False, None, None, None, 0
        return over

    def _before(self, start_ns: int, passed: int, seen: bool) -> Begun | None:
        if not seen:
            self._sum = max(0, self._sum - passed) if self._patience.forgiving else 0
            if not self._sum:
                self._seen_from = None
            return None
        if self._seen_from is None:
            self._seen_from = start_ns
        else:
            self._sum += passed
        if self._sum < self._patience.hold_ns:
            return None
        self.active, self._sum = True, 0
        return Begun(self._seen_from)

    def _while_active(self, start_ns: int, passed: int, seen: bool) -> Over | None:
        if seen:
            self._sum = max(0, self._sum - passed // _RELAPSE)
            if not self._sum:
                self._unseen_from = None
            return None
        if self._unseen_from is None:
            self._unseen_from = start_ns
        self._sum += passed
        if self._sum < self._patience.clear_ns or self._seen_from is None:
            return None
        over = Over(self._seen_from, max(self._unseen_from, self._seen_from))
        self.active, self._seen_from, self._unseen_from, self._sum = False, None, None, 0
        return over

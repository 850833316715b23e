"""Notices when wall time steps against the boot-time clock (C10). Pure: it is told both."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from protocol.units import NS_PER_US

if TYPE_CHECKING:
    from protocol.footage.format.model import ClockLabel

STEP_US = 500_000
"""A smaller difference between two looks is drift and steering, not a step."""

MOST_REMEMBERED = 32
"""More steps than this within one window are told as fewer, with the same sum."""


@dataclass(slots=True)
class StepWatch:
    """Compares each look with the one before."""

    _offset_us: int | None = None

    def look(self, boot_ns: int, utc_us: int) -> int | None:
        """How far wall time stepped since the last look, in µs, forward positive; None when it did not."""
        offset = utc_us - boot_ns // NS_PER_US
        before, self._offset_us = self._offset_us, offset
        if before is None or abs(offset - before) < STEP_US:
            return None
        return offset - before


@dataclass(frozen=True, slots=True)
class Step:
    """A step of wall time: ``at_ns`` on the boot clock, the label after it, how far in µs."""

    at_ns: int
    label: ClockLabel
    step_us: int


@dataclass(slots=True)
class RecentSteps:
    """The steps within the window: a press makes them part of what it commits.

    Nothing is forgotten within the window, but there is a bound: beyond it the two oldest become one.
    """

    window_ns: int
    _steps: deque[Step] = field(default_factory=deque)

    def add(self, step: Step) -> None:
        """Remember a step, the latest so far."""
        while self._steps and self._steps[0].at_ns < step.at_ns - self.window_ns:
            self._steps.popleft()
        self._steps.append(step)
        if len(self._steps) > MOST_REMEMBERED:
            first, second = self._steps.popleft(), self._steps.popleft()
            self._steps.appendleft(replace(second, step_us=first.step_us + second.step_us))

    def since(self, at_ns: int) -> tuple[Step, ...]:
        """Those after an instant, oldest first."""
        return tuple(step for step in self._steps if step.at_ns > at_ns)

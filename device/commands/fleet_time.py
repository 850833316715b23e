"""The fleet's time as the camera knows it: told by answers over HTTPS, carried on by the boot-time clock."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from device.commands.told_time import ToldTime, better, read_date

if TYPE_CHECKING:
    from collections.abc import Callable


class FleetTime:
    """What the fleet's clock shows. Thread-safe.

    Args:
        boot_ns: The boot-time clock.
    """

    def __init__(self, boot_ns: Callable[[], int]) -> None:
        self._boot_ns = boot_ns
        self._guard = threading.Lock()
        self._told: ToldTime | None = None
        self._first: ToldTime | None = None
        self._callbacks: tuple[Callable[[], None], ...] = ()

    def on_known(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` once the fleet's time is known, with no lock held; it must return at once."""
        self._callbacks = (*self._callbacks, callback)

    def ask(self) -> int:
        """Note that the fleet is about to be asked; hand what this returns to ``answered``."""
        return self._boot_ns()

    def answered(self, asked: int, date: str | None) -> None:
        """An answer of the fleet has come.

        Args:
            asked: What ``ask`` returned.
            date: Its ``Date``; one that cannot be read, or None, tells nothing.
        """
        utc_us = read_date(date)
        if utc_us is None:
            return
        new = ToldTime(utc_us, asked, self._boot_ns())
        with self._guard:
            first = self._told is None
            self._told = better(self._told, new)
            if first:
                self._first = new
        if first:
            for callback in self._callbacks:
                callback()

    @property
    def latest_us(self) -> int | None:
        """What the fleet's clock shows at most, in microseconds UTC; None where it has not said."""
        told, now_ns = self._told, self._boot_ns()
        return None if told is None else told.latest_us(now_ns)

    @property
    def earliest_us(self) -> int | None:
        """What it shows at least; None where it has not said."""
        told, now_ns = self._told, self._boot_ns()
        return None if told is None else told.earliest_us(now_ns)

    @property
    def since_us(self) -> int | None:
        """What it showed at most when it was first told since the start; None where it has not said."""
        first = self._first
        return None if first is None else first.latest_us(first.answered_ns)

"""Looks at the gauge now and then, and keeps what it said last.

Whoever makes it decides how often it looks, and in which thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device.battery.charge import Charge, ChargeMarks

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.battery.gauge import Gauge

LOOK_S: Final = 10.0
"""How often to look."""


class BatteryWatch:
    """The battery of a camera, as far as anything tells.

    Args:
        gauge: Tells the charge; None for a camera without a gauge.
        on_low: Is called with the charge when it is to be told that it is low; must return at once.

    Attributes:
        charge: What the gauge said last; None where nothing tells the charge, so that what is not known is
            not said.
    """

    def __init__(self, gauge: Gauge | None, on_low: Callable[[Charge], None]) -> None:
        self.charge: Charge | None = None
        self._gauge = gauge
        self._on_low = on_low
        self._marks = ChargeMarks()

    def look(self) -> None:
        """Read the gauge."""
        self.charge = charge = None if self._gauge is None else self._gauge.read()
        if charge is not None and self._marks.take(charge):
            self._on_low(charge)

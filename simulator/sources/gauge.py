"""The gauge of a virtual camera's battery: it says what a tester set."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from device.battery.charge import Charge


class VirtualGauge:
    """Says what it was set to.

    Args:
        charge: What it says at first; None for a camera without a gauge.

    Attributes:
        charge: What it says.
    """

    def __init__(self, charge: Charge | None = None) -> None:
        self.charge = charge

    def read(self) -> Charge | None:
        """The charge now."""
        return self.charge

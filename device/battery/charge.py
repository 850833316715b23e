"""How much a battery holds, and when people are told that it runs low. Pure.

Rules:

- Low is told once for each mark that the charge falls to, so that it is told again as it gets worse.
- A mark counts anew once the charge has been clearly above it: a gauge wavers by a percent or two.
- While it is charged nothing is told: whoever put it on the charger knows.
- Nothing is closed because of it: what is stored is durable to the last second, and the last seconds of a
  recording may be those that matter (C3, C5).

It does not guess how long the charge lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protocol.messages.status import LOW_BATTERY_PERCENT

MARKS: Final = (LOW_BATTERY_PERCENT, LOW_BATTERY_PERCENT // 2, LOW_BATTERY_PERCENT // 4)
"""At how many percent it is told: when it is low, at half of that, and at a quarter."""
ABOVE_PERCENT: Final = 3
"""How far above a mark the charge must have been for the mark to count anew."""
FULL_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Charge:
    """What a gauge says at one moment.

    Attributes:
        percent: Of what the battery can hold, 0 to 100.
        charging: Whether it is being charged, or full on the charger; None where the gauge does not tell.
    """

    percent: int
    charging: bool | None = None

    @property
    def sentence(self) -> str:
        """What to say of it where it is low."""
        return f"The battery is at {self.percent} %: charge the camera."


class ChargeMarks:
    """Remembers which marks the charge has fallen to."""

    def __init__(self) -> None:
        self._armed = set(MARKS)

    def take(self, charge: Charge) -> bool:
        """Take a reading; say whether it is to be told that the battery is low."""
        self._armed.update(mark for mark in MARKS if charge.percent >= mark + ABOVE_PERCENT)
        if charge.charging:
            return False
        reached = {mark for mark in self._armed if charge.percent <= mark}
        self._armed -= reached
        return bool(reached)

"""What the camera notices by itself, by looking at picture, sound and battery, as the heart is told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from device.battery.charge import Charge
    from protocol.footage.ledger.conditions import ConditionSpan
    from protocol.mode import Mode


@dataclass(frozen=True, slots=True)
class ConditionChanged:
    """Something began to be wrong with picture or sound that come, or is over."""

    span: ConditionSpan


@dataclass(frozen=True, slots=True)
class ChargeLow:
    """The battery fell to a charge at which people are told."""

    charge: Charge


@dataclass(frozen=True, slots=True)
class SensorsOpenAgain:
    """Sensors are to be open that something had closed which the card kept waiting.

    Attributes:
        closed_ns: Since when they were closed.
        at_ns: Since when they are to be open.
        closed_as: Where the camera was to be by what had closed them.
    """

    closed_ns: int
    at_ns: int
    closed_as: Mode


Noticed: TypeAlias = ConditionChanged | ChargeLow | SensorsOpenAgain

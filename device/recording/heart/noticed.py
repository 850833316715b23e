"""What the camera notices by itself, by looking at picture, sound and battery, as the heart is told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from device.battery.charge import Charge
    from protocol.footage.ledger.conditions import ConditionSpan


@dataclass(frozen=True, slots=True)
class ConditionChanged:
    """Something began to be wrong with picture or sound that come, or is over."""

    span: ConditionSpan


@dataclass(frozen=True, slots=True)
class ChargeLow:
    """The battery fell to a charge at which people are told."""

    charge: Charge


Noticed: TypeAlias = ConditionChanged | ChargeLow

"""What reaches the heart of the camera from whoever looks at picture and sound. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol.footage.ledger.conditions import ConditionSpan


@dataclass(frozen=True, slots=True)
class ConditionChanged:
    """Something began to be wrong with picture or sound that come, or is over."""

    span: ConditionSpan

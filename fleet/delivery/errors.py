"""Errors of delivery."""

from __future__ import annotations

from fleet.core.errors import FleetError


class DeliveryError(FleetError):
    """A message could not be handed over; the sentence holds no secret and nothing that a server said.

    Attributes:
        is_final: whether trying again is of no use.
    """

    def __init__(self, sentence: str, *, is_final: bool = False) -> None:
        super().__init__(sentence)
        self.is_final = is_final

"""What can go wrong with the recovery key."""

from __future__ import annotations

from fleet.core.errors import FleetError


class RecoveryError(FleetError):
    """The recovery key, or what was sealed to it, cannot be used; the message says what to do."""

"""What stops a move, in one sentence."""

from __future__ import annotations

from fleet.core.errors import FleetError


class MoveError(FleetError):
    """A fleet cannot be moved, or not further now; what it is moved from is as it was."""

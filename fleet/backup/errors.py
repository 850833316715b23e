"""What can go wrong with backups."""

from __future__ import annotations

from fleet.core.errors import FleetError


class BackupError(FleetError):
    """A backup cannot be made, read or restored; the message says what to do."""


class ArchiveError(BackupError):
    """An archive is not whole, was changed, or is sealed to another key."""

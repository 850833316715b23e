"""What the audit log shares with routes and commands."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.audit.checkpoints.schedule import CheckpointSchedule
from fleet.core.app_key import AppKey


@dataclass(frozen=True, slots=True)
class AuditServices:
    """The log's own part of the service.

    Attributes:
        schedule: makes checkpoints.
    """

    schedule: CheckpointSchedule


AUDIT: AppKey[AuditServices] = AppKey("audit")

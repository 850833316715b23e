"""What the audit log shares with routes and commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends

from fleet.audit.checkpoints.schedule import CheckpointSchedule
from fleet.audit.looks import LookBook
from fleet.audit.refusing.refusals import Refusals
from fleet.audit.verification import LogVerification
from fleet.core.app_key import AppKey


@dataclass(frozen=True, slots=True)
class AuditServices:
    """The log's own part of the service.

    Attributes:
        refusals: writes down what was refused.
        schedule: makes checkpoints.
        verification: verifies the log.
        looks: who looked at the log lately.
    """

    refusals: Refusals
    schedule: CheckpointSchedule
    verification: LogVerification
    looks: LookBook = field(default_factory=LookBook)


AUDIT: AppKey[AuditServices] = AppKey("audit")

AuditDep = Annotated[AuditServices, Depends(AUDIT)]

"""What alerts of the audit log are found from: that it did not hold, and that no checkpoint can be made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.audit.services import AuditServices
from fleet.core.actor import Role

_READERS = frozenset(
    {Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR}
)
LOG_BROKEN = AlertKind(
    "audit.broken",
    "The audit log does not hold",
    "The audit log does not hold in {number} places.",
    BAD,
    roles=_READERS,
    urgent=True,
)
NO_CHECKPOINT = AlertKind(
    "audit.checkpoint",
    "No checkpoint of the audit log",
    "No checkpoint of {number} audit logs can be made.",
    BAD,
    roles=_READERS,
)
_LINK = "/audit/verification"
_NAME = "Audit log"


def log_source(audit: AuditServices) -> AlertSource:
    """Return the source of the audit log's alerts."""

    def find(_session: Session, _now: datetime) -> tuple[AlertFinding, ...]:
        found = []
        result = audit.verification.state().result
        if result is not None and result.broken is not None:
            step = "Change nothing, and read “The audit log does not verify” in the manual."
            found.append(AlertFinding(LOG_BROKEN, "log", _NAME, result.broken.reason, step, _LINK))
        if audit.schedule.trouble:
            step = "Put right what the sentence names; where the log does not hold, change nothing first."
            found.append(AlertFinding(NO_CHECKPOINT, "log", _NAME, audit.schedule.trouble, step, _LINK))
        return tuple(found)

    return simple((LOG_BROKEN, NO_CHECKPOINT), find)

"""What alerts of the audit log are found from: that it did not hold, and that no checkpoint can be made.

What a service knows of that begins anew with it. That an alert is over is said by a verification, or a
checkpoint, that is newer than the alert; before one, whether it is so still is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.alerts.models import AlertRow
from fleet.alerts.rules.finding import AlertFinding, Looked
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.sources import AlertLook, AlertSource
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
    kinds = (LOG_BROKEN, NO_CHECKPOINT)

    def look(look: AlertLook) -> Looked:
        verified, last = audit.verification.state(), audit.schedule.last
        found = findings()
        known = {
            LOG_BROKEN.id: verified.at if verified.result is not None else None,
            NO_CHECKPOINT.id: None if last is None else last.at,
        }
        seen = {each.kind.id for each in found}
        unknown = (
            (row.kind, row.subject)
            for row in _lasting(look.session, known)
            if row.kind not in seen and not _is_newer(known[row.kind], row)
        )
        return Looked(frozenset(known), found, frozenset(unknown))

    def findings() -> tuple[AlertFinding, ...]:
        found = []
        result = audit.verification.state().result
        if result is not None and result.broken is not None:
            step = "Change nothing, and read “The audit log does not verify” in the manual."
            found.append(AlertFinding(LOG_BROKEN, "log", _NAME, result.broken.reason, step, _LINK))
        if audit.schedule.trouble:
            step = "Put right what the sentence names; where the log does not hold, change nothing first."
            found.append(AlertFinding(NO_CHECKPOINT, "log", _NAME, audit.schedule.trouble, step, _LINK))
        return tuple(found)

    return AlertSource(kinds, look)


def _lasting(session: Session, kinds: Iterable[str]) -> Sequence[AlertRow]:
    """Return the alerts of these kinds that last."""
    query = select(AlertRow).where(AlertRow.kind.in_(list(kinds)), AlertRow.lasts.is_(True))
    return session.scalars(query).all()


def _is_newer(known: datetime | None, row: AlertRow) -> bool:
    """Say whether what is known is newer than an alert."""
    return known is not None and known > row.first_true

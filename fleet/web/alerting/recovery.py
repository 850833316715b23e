"""The alert of a recovery key that was not tried in time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.core.actor import Role
from fleet.recovery.key_file import fingerprint
from fleet.recovery.rules import is_overdue
from fleet.recovery.service import current_key
from fleet.web.alerting.service import Around
from fleet.web.views.moments import moment

OVERDUE = AlertKind(
    "recovery.overdue",
    "The fleet was not told in time that the recovery key works",
    "Of {number} recovery keys the fleet was not told in time that they work.",
    icon="key",
    roles=frozenset({Role.ADMINISTRATOR}),
)
_STEP = "Have whoever keeps it try it on a sample, as the manual says; Settings tells how it stands."


def recovery_source(around: Around) -> AlertSource:
    """Return the source of that alert; a fleet without such a key has none."""

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        key = current_key(session)
        if key is None or not is_overdue(key.given, key.tried, now):
            return ()
        with around():
            given = moment(key.given, now).text
            said = "The fleet was never told that it was tried"
            if key.tried is not None:
                said = f"The fleet was last told that it was tried {moment(key.tried, now).text}"
        name = f"the recovery key {fingerprint(key.public_key)}, given {given}"
        words = f"{said}: whether {name}, works is not known."
        aspect = key.id if key.tried is None else f"{key.id} {key.tried.isoformat()}"
        return (AlertFinding(OVERDUE, "recovery", "recovery key", words, _STEP, "/settings", aspect=aspect),)

    return simple((OVERDUE,), find)

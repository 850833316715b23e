"""The alert of a last backup that is old."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.core.actor import Role
from fleet.health.backups import is_old, last_backup
from fleet.web.alerting.service import Around
from fleet.web.views.moments import moment

OLD_BACKUP = AlertKind(
    "backup.old",
    "The last known backup is old",
    "The last known backups of {number} fleets are old.",
    BAD,
    "database",
    roles=frozenset({Role.ADMINISTRATOR}),
)
_STEP = "See that what makes backups runs, and that their disk is there and has room; Settings tells more."


def backup_source(around: Around) -> AlertSource:
    """Return the source of that alert; a fleet of which no backup was made has none."""

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        last = last_backup(session)
        if last is None or not is_old(last.made, now):
            return ()
        with around():
            made = moment(last.made, now).text
            words = f"The last backup that the fleet knows of was made {made}, more than a week ago."
        return (AlertFinding(OLD_BACKUP, "backup", "backup", words, _STEP, "/settings", aspect=last.id),)

    return simple((OLD_BACKUP,), find)

"""What alerts of break-glass are found from: all that everybody is told of."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import BAD, HANDLERS, AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.core.actor import Role
from fleet.people.break_glass.lookup import told_now
from fleet.web.alerting.service import Around
from fleet.web.views.people.break_glass import said

BREAK_GLASS: Final = AlertKind(
    "people.break-glass",
    "Administrator rights were given on the host",
    "Administrator rights were given on the host {number} times.",
    BAD,
    "lock",
    HANDLERS | {Role.DATA_PROTECTION_OFFICER},
    urgent=True,
)


def break_glass_source(around: Around) -> AlertSource:
    """Return the source of the alerts of break-glass, which last as long as everybody is told."""

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        with around():
            return tuple(
                AlertFinding(
                    BREAK_GLASS,
                    each.id,
                    "break-glass",
                    f"{each.user.name} {said(each, now)}.",
                    "See why, and end it if nobody here knows of it.",
                    "/break-glass",
                )
                for each in told_now(session)
            )

    return simple((BREAK_GLASS,), find)

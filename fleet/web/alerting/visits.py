"""Alerts of visits: those near without a notice, and recordings without consent or a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.core.actor import Role
from fleet.visits.consent import overdue_reasons
from fleet.visits.notices import untold
from fleet.web.alerting.service import Around
from fleet.web.views.moments import moment

_PLANNERS = frozenset({Role.SAFETY_TEAM, Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY})
NO_NOTICE = AlertKind(
    "visit.no-notice",
    "A visit is near without a notice",
    "{number} visits are near without a notice.",
    icon="clock-exclamation",
    roles=_PLANNERS,
)
NO_REASON = AlertKind(
    "visit.no-reason",
    "Nobody said why somebody was recorded without consent",
    "Of {number} recordings without consent nobody said why.",
    BAD,
    "alert-triangle",
    roles=_PLANNERS | {Role.DATA_PROTECTION_OFFICER},
)
_WITHOUT = "Somebody was recorded without consent"
_MOST = 200


def visits_source(around: Around, ahead: timedelta) -> AlertSource:
    """Return the source of the alerts of visits."""

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        with around():
            near = tuple(
                AlertFinding(
                    NO_NOTICE,
                    each.id,
                    f"the visit at {moment(each.planned, now).text}",
                    f"The visit of {moment(each.planned, now).text} is near, and no notice of it is noted.",
                    "Send the notice and note it, or call the visit off.",
                    f"/visits/{each.id}",
                    aspect=each.planned.isoformat(),
                )
                for each in untold(session, now, ahead, _MOST)
            )
            silent = tuple(
                AlertFinding(
                    NO_REASON,
                    each.id,
                    f"the visit at {moment(each.visit.planned, now).text}",
                    f"{_WITHOUT} {moment(each.at, now).text}, and nobody said why.",
                    "Have the officer say why; it is written down on the page of the visit.",
                    f"/visits/{each.visit_id}#consent",
                )
                for each in overdue_reasons(session, now, _MOST)
            )
        return (*near, *silent)

    return simple((NO_NOTICE, NO_REASON), find)

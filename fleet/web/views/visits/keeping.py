"""Until when a visit is kept, and who keeps it for longer, in words. Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fleet.core.config import FleetConfig
from fleet.references.forgetting import keeping_of
from fleet.retention.rules.switching import is_on
from fleet.retention.switch import switches_of
from fleet.visits.models import TenancyVisit
from fleet.web.views.moments import Moment, moment

_GOES = "Then its place, its notices, what was said and its references are deleted."
_STAYS = "Deletion is switched off: nothing of it is deleted while it is."


@dataclass(frozen=True, slots=True)
class KeptVisit:
    """How long a visit is kept.

    Attributes:
        until: in a sentence.
        then: what is deleted then, or why nothing is.
        held: since when somebody keeps it for longer; None where nobody does.
        by: who.
        reason: why.
    """

    until: str
    then: str
    held: Moment | None
    by: str
    reason: str


def kept_visit(session: Session, row: TenancyVisit, config: FleetConfig, now: datetime) -> KeptVisit:
    """Return how long a visit is kept, as a page shows it."""
    keeping = keeping_of(session, row, config.site.time_zone, config.visits.keep_months)
    return KeptVisit(
        keeping.sentence,
        _GOES if is_on(switches_of(session)) else _STAYS,
        None if row.held is None else moment(row.held, now),
        row.held_by or "",
        row.held_reason or "",
    )

"""Until when a request or a release is kept, in words, and the request that a release answers. Only reads."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from fleet.core.config import FleetConfig
from fleet.releases.forgetting import release_keeping
from fleet.releases.models import FootageRelease
from fleet.requests.forgetting import request_keeping
from fleet.requests.models import RequestCase
from fleet.retention.rules.switching import is_on
from fleet.retention.switch import switches_of

_STAYS = "Deletion is switched off: nothing of it is deleted while it is."


@dataclass(frozen=True, slots=True)
class KeptRelease:
    """Until when a release is kept, a sentence, and where its request is; empty once that was deleted."""

    until: str
    request_link: str


def kept_request(session: Session, row: RequestCase, config: FleetConfig) -> str:
    """Say until when a request is kept; empty while it is open."""
    keeping = request_keeping(session, row, config.registers.request_months, config.site.time_zone)
    return _with_switch(session, keeping.sentence)


def kept_release(session: Session, row: FootageRelease, config: FleetConfig) -> KeptRelease:
    """Return until when a release is kept, and where its request is."""
    keeping = release_keeping(session, row, config.registers.release_months, config.site.time_zone)
    case = session.get(RequestCase, row.request) if row.request else None
    return KeptRelease(
        _with_switch(session, keeping.sentence), "" if case is None else f"/requests/{case.id}"
    )


def _with_switch(session: Session, sentence: str) -> str:
    return sentence if not sentence or is_on(switches_of(session)) else f"{sentence} {_STAYS}"

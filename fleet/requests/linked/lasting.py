"""What a request has last on footage and imports: holds and restrictions. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.footage.restricting.models import Restriction
from fleet.requests.cases import local_today
from fleet.requests.models import RequestCase
from fleet.retention.holds import HoldDraft, holds_of_request, release_hold
from fleet.retention.models import Hold
from fleet.retention.rules.keeping import HoldKind

LOOKED_AT_AGAIN = timedelta(days=90)
LET_THROUGH_FOR = timedelta(days=1)
LONGEST_CLAIM = 300
NOT_ERASED = "Nothing is deleted before that."
"""What is said while it was not shown who asks."""

Linked: TypeAlias = int | str
"""What a request is about: a recording by its row, or an import by its id."""


def restricted_by(session: Session, case: RequestCase) -> Sequence[Restriction]:
    """Return what a request restricts now, the oldest first."""
    query = select(Restriction).where(Restriction.request == case.id, Restriction.lifted.is_(None))
    return session.scalars(query.order_by(Restriction.placed, Restriction.id)).all()


def is_restricted_by(session: Session, case: RequestCase, linked: Linked) -> bool:
    """Say whether a request restricts that."""
    return any(linked in {each.recording_id, each.import_id} for each in restricted_by(session, case))


def request_hold(session: Session, case: RequestCase, zone: ZoneInfo) -> HoldDraft:
    """Return the hold that an open request places."""
    review = local_today(session, zone) + LOOKED_AT_AGAIN
    return HoldDraft(HoldKind.REQUEST, case.owner, f"Request {case.reference} is open.", review, zone)


def release_holds(
    session: Session, case: RequestCase, by: Actor, reason: str, *, only: Linked | None = None
) -> None:
    """End the holds of a request, or that on one thing, but for what it restricts."""
    restricted = {each.recording_id or each.import_id for each in restricted_by(session, case)}
    for hold in holds_of_request(session, case.id):
        held = hold.recording_id or hold.import_id
        if (only is None or held == only) and held not in restricted:
            release_hold(session, hold=hold.id, reason=reason, by=by, request=case.id)


def held_words(holds: Sequence[Hold]) -> str:
    """Say for what others hold something that is not erased for that."""
    what = {HoldKind.CLAIM: "a legal claim", HoldKind.INVESTIGATION: "an investigation"}
    first = what.get(HoldKind(holds[0].kind), "another request")
    return f"It is held for {first} by {holds[0].owner}, so it is not erased while that lasts."

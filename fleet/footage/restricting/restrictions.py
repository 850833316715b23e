"""Restricting recordings, and refusing what they must not be used for. In the caller's transaction.

Rules:
- a restricted recording is neither watched nor taken out; whoever watches it as that begins is cut off;
- for a legal claim somebody may let it through for a while, and says for which (UK GDPR Art. 18(2));
- it ends when somebody ends it; nothing ends it by itself.

That it is not deleted either is the hold's that whoever restricts places (``fleet.retention.holds``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.footage.recordings.models import Recording
from fleet.footage.recordings.rows import TOPIC
from fleet.footage.restricting.models import Restriction
from fleet.people.secrets import Random, new_id

RESTRICTED_CODE = "recording_restricted"


def restrict(
    session: Session, random: Random, row: Recording, *, request: str, reference: str, by: Actor
) -> bool:
    """Restrict a recording upon a request; return whether that is new."""
    if any(each.request == request for each in lasting(session, [row.id]).get(row.id, ())):
        return False
    session.add(
        Restriction(
            id=new_id(random),
            recording_id=row.id,
            request=request,
            reference=reference,
            placed=now(session),
            placed_by=by.name or by.label,
        )
    )
    session.flush()
    announce(session, TOPIC, row.public_id)
    return True


def lift(session: Session, row: Recording, *, request: str, by: Actor) -> bool:
    """End what a request restricts of a recording; return whether it did."""
    those = [each for each in lasting(session, [row.id]).get(row.id, ()) if each.request == request]
    for each in those:
        each.lifted, each.lifted_by = now(session), by.name or by.label
    announce(session, TOPIC, row.public_id)
    return bool(those)


def let_through(
    session: Session, row: Recording, *, until: datetime, reason: str, by: Actor
) -> Sequence[Restriction]:
    """Let a recording through its restrictions for a legal claim, until then; return them."""
    those = lasting(session, [row.id]).get(row.id, [])
    for each in those:
        each.claim_until, each.claim_by, each.claim_reason = until, by.name or by.label, reason
    announce(session, TOPIC, row.public_id)
    return those


def lasting(session: Session, rows: Collection[int]) -> Mapping[int, list[Restriction]]:
    """Return the restrictions that last on recordings, the oldest first."""
    query = select(Restriction).where(Restriction.recording_id.in_(rows), Restriction.lifted.is_(None))
    found: dict[int, list[Restriction]] = {}
    for each in session.scalars(query.order_by(Restriction.placed, Restriction.id)):
        found.setdefault(each.recording_id or 0, []).append(each)
    return found


def is_restricted(session: Session, row: Recording) -> bool:
    """Say whether nobody may watch a recording or take it out now."""
    return _standing(session, row) is not None


def refuse_restricted(session: Session, row: Recording) -> None:
    """Refuse to let out what is restricted.

    Raises:
        ProblemError: 403 it is restricted, and upon which request.
    """
    found = _standing(session, row)
    if found is not None:
        detail = (
            f"Recording {row.number} of {row.camera_id} is restricted upon request {found.reference}: it "
            "is kept, "
            "and neither watched nor taken out. For a legal claim, the page of that request lets it through."
        )
        raise ProblemError(403, RESTRICTED_CODE, detail)


def _standing(session: Session, row: Recording) -> Restriction | None:
    query = select(Restriction).where(
        Restriction.recording_id == row.id,
        Restriction.lifted.is_(None),
        or_(Restriction.claim_until.is_(None), Restriction.claim_until <= now(session)),
    )
    return session.scalars(query.order_by(Restriction.placed, Restriction.id).limit(1)).first()

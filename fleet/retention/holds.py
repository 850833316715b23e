"""Holds: placed with an owner, a reason and a review date, and ended with a reason.

Rules:
- a hold never ends by itself: once its review date is over, somebody looks at it and says;
- a hold of an incident holds each of its recordings for as long as that belongs to it;
- one that a request placed ends with that request, and not before by another hand;
- one that ended is kept, with who ended it and why;
- everything happens inside the caller's transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError, not_found
from fleet.footage.recordings.lookup import get_here
from fleet.footage.recordings.models import Recording
from fleet.footage.recordings.rows import TOPIC as RECORDING
from fleet.incidents.models import IncidentRecording
from fleet.incidents.service import TOPIC as INCIDENT
from fleet.incidents.service import get_incident
from fleet.people.secrets import Random, new_id
from fleet.retention.models import Hold
from fleet.retention.rules.keeping import HoldFacts, HoldKind
from fleet.retention.rules.periods import local_day

IMPORT = "import"
"""The topic of pages that tell of imports."""
LONGEST_REASON = 500
LONGEST_OWNER = 100
LONGEST_REVIEW = timedelta(days=366)
"""Somebody looks at every hold at least once a year."""
MOST_HOLDS = 50


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """A hold as it was written.

    Attributes:
        kind: what for.
        owner: who answers for it.
        reason: why.
        review: when it is looked at again; None for what is no day.
        zone: the site's, whose days these are.
    """

    kind: str
    owner: str
    reason: str
    review: date | None
    zone: ZoneInfo


def hold_recording(
    session: Session,
    random: Random,
    draft: HoldDraft,
    *,
    recording: str,
    by: Actor,
    request: str | None = None,
) -> Hold:
    """Hold a recording.

    Args:
        session: the caller's.
        random: gives it a name.
        draft: what was written.
        recording: which, as addresses name it.
        by: who holds it.
        request: the request that it is placed by, and that alone ends it; None for none.

    Raises:
        ProblemError: 404 there is no such recording; 409 it has very many holds; 410 it was deleted; 422
            something is missing.
    """
    row = get_here(session, recording)
    hold = _place(session, random, draft, by, recording_id=row.id)
    hold.request = request
    detail = {"hold": hold.id, "kind": hold.kind}
    record(session, by, "retention:recording:hold", row.public_id, hold.reason, detail=detail)
    announce(session, RECORDING, row.public_id)
    return hold


def hold_incident(session: Session, random: Random, draft: HoldDraft, *, incident: str, by: Actor) -> Hold:
    """Hold every recording of an incident, those that are put into it later too.

    Raises:
        ProblemError: 404 there is no such incident; 409 it has very many holds; 422 something is missing.
    """
    take_turn(session, Turn.RETENTION)  # so that none of its recordings begins to be deleted meanwhile
    row = get_incident(session, incident, lock=True)
    hold = _place(session, random, draft, by, incident_id=row.id)
    detail = {"hold": hold.id, "kind": hold.kind, "reference": row.reference}
    record(session, by, "retention:incident:hold", row.id, hold.reason, detail=detail)
    announce(session, INCIDENT, row.id)
    return hold


def hold_import(
    session: Session,
    random: Random,
    draft: HoldDraft,
    *,
    import_id: str,
    reference: str,
    by: Actor,
    request: str | None = None,
) -> Hold:
    """Hold an import, which whoever calls has found to be here.

    Args:
        session: the caller's.
        random: gives it a name.
        draft: what was written.
        import_id: which.
        reference: that, as people name it.
        by: who holds it.
        request: the request that it is placed by, and that alone ends it; None for none.

    Raises:
        ProblemError: 409 it has very many holds; 422 something is missing.
    """
    hold = _place(session, random, draft, by, import_id=import_id)
    hold.import_reference, hold.request = reference, request
    detail = {"hold": hold.id, "kind": hold.kind, "reference": reference}
    record(session, by, "retention:import:hold", import_id, hold.reason, detail=detail)
    announce(session, IMPORT, import_id)
    return hold


def release_hold(session: Session, *, hold: str, reason: str, by: Actor, request: str | None = None) -> Hold:
    """End a hold.

    Args:
        session: the caller's.
        hold: which.
        reason: why.
        by: who ends it.
        request: the request that ends it; None for a person on the page of holds.

    Raises:
        ProblemError: 404 there is no such hold; 409 it ended before, or belongs to a request; 422 no reason
            is given.
    """
    found = session.get(Hold, hold, with_for_update=True)
    if found is None:
        raise not_found("such hold")
    if found.released is not None:
        raise ProblemError(409, "hold_ended", f"That hold was ended by {found.released_by} already.")
    if found.request is not None and found.request != request:
        detail = "A request placed that hold: it ends with the request, on the request's page."
        raise ProblemError(409, "hold_of_request", detail)
    why = _clean(reason, LONGEST_REASON, "Say why it is not needed any more")
    found.released, found.released_by, found.released_reason = now(session), by.name or by.label, why
    if found.recording is not None:
        subject, topic = found.recording.public_id, RECORDING
    elif found.import_id is not None:
        subject, topic = found.import_id, IMPORT
    else:
        subject, topic = str(found.incident_id), INCIDENT
    record(session, by, "retention:hold:release", subject, why, detail={"hold": found.id})
    announce(session, topic, subject)
    return found


def lasting_holds(session: Session) -> Sequence[Hold]:
    """Return every hold that lasts, the one to be looked at first in front."""
    query = select(Hold).where(Hold.released.is_(None)).order_by(Hold.review, Hold.placed, Hold.id)
    return session.scalars(query).all()


def holds_on_incident(session: Session, incident: str) -> Sequence[Hold]:
    """Return the holds that an incident has itself, and that last."""
    query = select(Hold).where(Hold.incident_id == incident, Hold.released.is_(None))
    return session.scalars(query.order_by(Hold.review, Hold.id)).all()


def holds_on(session: Session, rows: Collection[int]) -> Mapping[int, Sequence[Hold]]:
    """Return for each recording the holds that last on it, by itself or by an incident."""
    found: dict[int, list[Hold]] = defaultdict(list)
    own = select(Hold).where(Hold.recording_id.in_(rows), Hold.released.is_(None))
    for hold in session.scalars(own.order_by(Hold.review, Hold.id)):
        found[hold.recording_id or 0].append(hold)
    shared = (
        select(IncidentRecording.recording_id, Hold)
        .join(Hold, Hold.incident_id == IncidentRecording.incident_id)
        .where(IncidentRecording.recording_id.in_(rows), Hold.released.is_(None))
        .order_by(Hold.review, Hold.id)
    )
    for row, hold in session.execute(shared):
        found[row].append(hold)
    return found


def last_released(session: Session, rows: Collection[int]) -> Mapping[int, datetime]:
    """Return when the last hold on each recording ended, where one has."""
    own = (
        select(Hold.recording_id, func.max(Hold.released))
        .where(Hold.recording_id.in_(rows), Hold.released.is_not(None))
        .group_by(Hold.recording_id)
    )
    shared = (
        select(IncidentRecording.recording_id, func.max(Hold.released))
        .join(Hold, Hold.incident_id == IncidentRecording.incident_id)
        .where(IncidentRecording.recording_id.in_(rows), Hold.released.is_not(None))
        .group_by(IncidentRecording.recording_id)
    )
    found: dict[int, datetime] = {}
    for row, at in [*session.execute(own), *session.execute(shared)]:
        if row is not None and at is not None:
            found[row] = max(at, found.get(row, at))
    return found


def is_held() -> ColumnElement[bool]:
    """Return the condition on ``Recording`` that a hold lasts on it."""
    own = select(Hold.recording_id).where(Hold.recording_id.is_not(None), Hold.released.is_(None))
    shared = (
        select(IncidentRecording.recording_id)
        .join(Hold, Hold.incident_id == IncidentRecording.incident_id)
        .where(Hold.released.is_(None))
    )
    return or_(Recording.id.in_(own), Recording.id.in_(shared))


def holds_of_request(session: Session, request: str) -> Sequence[Hold]:
    """Return the holds that a request placed and that last."""
    query = select(Hold).where(Hold.request == request, Hold.released.is_(None))
    return session.scalars(query.order_by(Hold.placed, Hold.id)).all()


def as_facts(hold: Hold) -> HoldFacts:
    """Return what the rules look at."""
    return HoldFacts(HoldKind(hold.kind), hold.owner, hold.reason, hold.review)


def _place(
    session: Session,
    random: Random,
    draft: HoldDraft,
    by: Actor,
    *,
    recording_id: int | None = None,
    incident_id: str | None = None,
    import_id: str | None = None,
) -> Hold:
    if draft.kind not in set(HoldKind):
        raise ProblemError(422, "kind_unknown", "Choose what it is held for.")
    owner = _clean(draft.owner, LONGEST_OWNER, "Say who answers for it")
    reason = _clean(draft.reason, LONGEST_REASON, "Say why it is held")
    moment = now(session)
    today = local_day(moment, draft.zone)
    if draft.review is None or not today <= draft.review <= today + LONGEST_REVIEW:
        detail = "Choose the day on which it is looked at again: from today on, and within a year."
        raise ProblemError(422, "review_unusable", detail)
    of = {"recording_id": recording_id, "incident_id": incident_id, "import_id": import_id}
    lasting = select(func.count()).select_from(Hold).filter_by(**of).where(Hold.released.is_(None))
    if (session.scalar(lasting) or 0) >= MOST_HOLDS:
        raise ProblemError(409, "too_many_holds", f"It has {MOST_HOLDS} holds already; end one first.")
    hold = Hold(
        id=new_id(random),
        **of,
        kind=str(HoldKind(draft.kind)),
        owner=owner,
        reason=reason,
        review=draft.review,
        placed=moment,
        placed_by=by.name or by.label,
    )
    session.add(hold)
    session.flush()
    return hold


def _clean(text: str, longest: int, ask: str) -> str:
    clean = " ".join(text.split())
    if not clean or len(clean) > longest or not clean.isprintable():
        raise ProblemError(422, "text_unusable", f"{ask}, in 1 to {longest} characters.")
    return clean

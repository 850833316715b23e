"""Visits: planned, written anew, called off and found, inside the caller's transaction.

Rules:
- a visit is never deleted: one that does not take place is called off, with a reason;
- the audit log has the names of the fields that changed, and nothing of what they say of a tenant;
- somebody else's visit is to an officer as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError, not_found
from fleet.incidents.rules.draft import place_key
from fleet.people.models import Officer
from fleet.people.secrets import Random, new_id
from fleet.visits.models import TenancyVisit
from fleet.visits.rules.draft import VisitDraft, VisitDraftError, clean_why

TOPIC = "visit"
MOST_A_DAY = 500
"""Visits that begin within one day: more than every officer of a landlord could make."""


class PlannedAlreadyError(VisitDraftError):
    """There is that visit already."""

    def __init__(self) -> None:
        super().__init__("That visit is planned already: this tenancy, place, officer and time.", "planned")


def plan_visit(session: Session, random: Random, draft: VisitDraft, *, by: Actor) -> TenancyVisit:
    """Plan a visit.

    Raises:
        ProblemError: 404 there is no such officer; 409 the officer is retired.
    """
    _check_officer(session, draft.officer)
    moment = now(session)
    row = TenancyVisit(
        id=new_id(random),
        created=moment,
        created_by=by.name or by.label,
        changed=moment,
        **_fields(draft),
    )
    session.add(row)
    session.flush()
    record(session, by, "visits:visit:plan", row.id, detail={"officer": row.officer_id})
    announce(session, TOPIC, row.id)
    return row


def plan_once(session: Session, random: Random, draft: VisitDraft, *, by: Actor) -> TenancyVisit:
    """Plan a visit that is not planned already: a form that is sent twice plans one.

    Raises:
        PlannedAlreadyError: there is that visit.
        ProblemError: 404 there is no such officer; 409 the officer is retired.
    """
    take_turn(session, Turn.VISITS)  # of two who send it at once the second finds it planned
    if already_planned(session, [draft]):
        raise PlannedAlreadyError
    return plan_visit(session, random, draft, by=by)


def already_planned(session: Session, drafts: Sequence[VisitDraft]) -> list[VisitDraft]:
    """Return those of which there is a visit of the same tenancy, place, officer and time that stands."""
    times = {each.planned for each in drafts}
    query = select(TenancyVisit).where(TenancyVisit.planned.in_(times), TenancyVisit.cancelled.is_(None))
    there = {_same(draft_of(row)) for row in session.scalars(query)}
    return [each for each in drafts if _same(each) in there]


def change_visit(
    session: Session, draft: VisitDraft, *, visit: str, by: Actor, seen: str | None = None
) -> TenancyVisit:
    """Write a visit anew; the same again changes nothing.

    Args:
        session: the transaction.
        draft: what is to be written.
        visit: its id.
        by: who writes.
        seen: the mark of what they saw written when they began; None for a program, which saw no page.

    Raises:
        ProblemError: 404 there is no such visit or officer; 409 it was called off, the officer is retired, or
            another wrote something else since ``seen``.
    """
    row = get_visit(session, visit, lock=True)
    _refuse_cancelled(row)
    if seen is not None and draft_of(row).mark not in {seen, draft.mark}:
        raise ProblemError(
            409,
            "written_since",
            "Somebody wrote it anew since this page was shown, so nothing was changed. Look at it again.",
        )
    changed = [name for name, value in _fields(draft).items() if getattr(row, name) != value]
    if changed:
        if "officer_id" in changed:
            _check_officer(session, draft.officer)
        for name in changed:
            setattr(row, name, _fields(draft)[name])
        row.changed = now(session)
        record(session, by, "visits:visit:change", row.id, detail={"fields": ", ".join(changed)})
        announce(session, TOPIC, row.id)
    return row


def cancel_visit(session: Session, *, visit: str, reason: str, by: Actor) -> TenancyVisit:
    """Call a visit off.

    Raises:
        ProblemError: 404 there is no such visit; 409 it was called off before; 422 no reason is given.
    """
    row = get_visit(session, visit, lock=True)
    _refuse_cancelled(row)
    try:
        why = clean_why(reason, ask="Say why it does not take place")
    except VisitDraftError as error:
        raise ProblemError(422, "reason_missing", str(error)) from error
    row.cancelled, row.cancelled_by, row.cancelled_reason = now(session), by.name or by.label, why
    record(session, by, "visits:visit:cancel", row.id)
    announce(session, TOPIC, row.id)
    return row


def get_visit(session: Session, visit: str, *, lock: bool = False) -> TenancyVisit:
    """Return a visit; with ``lock`` nobody else changes it until this transaction ends.

    Raises:
        ProblemError: 404 there is no such visit.
    """
    row = session.get(TenancyVisit, visit, with_for_update={"of": TenancyVisit} if lock else None)
    if row is None:
        raise not_found("such visit")
    return row


def own_visit(session: Session, visit: str, officer: str) -> TenancyVisit:
    """Return a visit of an officer.

    Raises:
        ProblemError: 404 where there is none, or it is somebody else's: the same words for both.
    """
    row = get_visit(session, visit)
    if row.officer_id != officer:
        raise not_found("such visit")
    return row


def visits_between(
    session: Session, start: datetime, end: datetime, *, officer: str | None = None, limit: int = MOST_A_DAY
) -> tuple[Sequence[TenancyVisit], int]:
    """Return the visits that begin from ``start`` on and before ``end``, and how many there are in all."""
    wanted = [TenancyVisit.planned >= start, TenancyVisit.planned < end]
    if officer is not None:
        wanted.append(TenancyVisit.officer_id == officer)
    total = session.scalar(select(func.count()).select_from(TenancyVisit).where(*wanted)) or 0
    query = select(TenancyVisit).where(*wanted).order_by(TenancyVisit.planned, TenancyVisit.id).limit(limit)
    return session.scalars(query).all(), total


def draft_of(row: TenancyVisit) -> VisitDraft:
    """Return a visit as it is written now."""
    return VisitDraft(
        row.tenancy, row.place, row.purpose, row.planned, row.minutes, row.officer_id, row.language
    )


def _same(draft: VisitDraft) -> tuple[str, str, str, datetime]:
    return draft.tenancy, place_key(draft.place), draft.officer, draft.planned


def _refuse_cancelled(row: TenancyVisit) -> None:
    if row.cancelled is not None:
        raise ProblemError(409, "cancelled", f"This visit was called off by {row.cancelled_by}.")


def _check_officer(session: Session, officer: str) -> None:
    found = session.get(Officer, officer)
    if found is None:
        raise not_found(f"officer {officer}")
    if found.retired is not None:
        raise ProblemError(409, "officer_retired", f"{found.name} is retired; choose somebody else.")


def _fields(draft: VisitDraft) -> dict[str, object]:
    return {
        "tenancy": draft.tenancy,
        "place": draft.place,
        "purpose": draft.purpose,
        "planned": draft.planned,
        "minutes": draft.minutes,
        "officer_id": draft.officer,
        "language": draft.language,
    }

"""Keeping a visit for longer than its time. Everything happens inside the caller's transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.visits.rules.draft import VisitDraftError, clean_why
from fleet.visits.service import TOPIC, get_visit


def keep_visit(session: Session, *, visit: str, reason: str, by: Actor) -> None:
    """Keep a visit until somebody ends that.

    Raises:
        ProblemError: 404 there is none; 409 it is kept already; 422 no reason is given.
    """
    row = get_visit(session, visit, lock=True)
    if row.held is not None:
        raise ProblemError(409, "already_kept", "Somebody keeps this visit already.")
    try:
        row.held_reason = clean_why(reason, ask="Say why it is to be kept")
    except VisitDraftError as error:
        raise ProblemError(422, "reason_missing", str(error)) from error
    row.held, row.held_by = now(session), by.name or by.label
    record(session, by, "visits:visit:keep", row.id)  # not why: the log outlives what is deleted
    announce(session, TOPIC, row.id)


def keep_no_longer(session: Session, *, visit: str, by: Actor) -> None:
    """End what a person said: it goes on its day, or soon where that is past.

    Raises:
        ProblemError: 404 there is none; 409 nobody keeps it.
    """
    row = get_visit(session, visit, lock=True)
    if row.held is None:
        raise ProblemError(409, "not_kept", "Nobody keeps this visit.")
    row.held = row.held_by = row.held_reason = None
    record(session, by, "visits:visit:keep-end", row.id)
    announce(session, TOPIC, row.id)

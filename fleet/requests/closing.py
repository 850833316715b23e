"""Closing requests, and opening them again; everything in the caller's transaction.

Rules:
- a request that was answered is closed by whoever wants to; a complaint is closed with its outcome;
- one that was not answered is closed only by who says, beside the button, that it is closed without an
  answer, and why: nobody closes a running clock by accident.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.people.secrets import Random
from fleet.requests.cases import get_case, get_open, note_step
from fleet.requests.footage import hold_again, release_all
from fleet.requests.models import RequestCase
from fleet.requests.rules.kinds import RequestOutcome
from fleet.requests.texts_of import clean_words

LONGEST_WHY = 500


def close_request(
    session: Session, *, case: str, by: Actor, unanswered: bool = False, why: str = ""
) -> RequestCase:
    """Close a request; its holds end, but for what it restricts.

    Args:
        session: the caller's.
        case: which.
        by: who closes it.
        unanswered: whether they say that it is closed without an answer.
        why: why it is, where it is.

    Raises:
        ProblemError: 404 there is no such request; 409 it is closed, or was not answered; 422 nobody says why
            it is closed without an answer.
    """
    row = get_open(session, case)
    if row.answered is None and not unanswered:
        detail = (
            f"{row.reference} was not answered. Send the answer first, or say that it is closed without "
            "one, and why."
        )
        raise ProblemError(409, "not_answered", detail)
    words = "Closed."
    if row.answered is None:
        row.outcome = RequestOutcome.WITHDRAWN
        row.closed_why = clean_words(why, "Say why it is closed without an answer", longest=LONGEST_WHY)
        words = f"Closed without an answer: {row.closed_why}"
    row.closed, row.closed_by = now(session), by.name or by.label
    session.flush()
    release_all(session, row, by)
    note_step(session, row, by, "requests:request:close", words, detail={"outcome": row.outcome or ""})
    return row


def reopen_request(
    session: Session, random: Random, *, case: str, why: str, zone: ZoneInfo, by: Actor
) -> RequestCase:
    """Open a request again, as after an internal review; what is still here of it is held again.

    Raises:
        ProblemError: 404 there is no such request; 409 it is open; 422 nobody says why.
    """
    row = get_case(session, case, lock=True)
    if row.closed is None:
        raise ProblemError(409, "request_open", f"{row.reference} is open.")
    reason = clean_words(why, "Say why it is opened again", longest=LONGEST_WHY)
    if row.answered is None:
        row.outcome = None
    row.closed = row.closed_by = row.closed_why = None
    session.flush()
    hold_again(session, random, row, zone, by)
    note_step(session, row, by, "requests:request:reopen", f"Opened again: {reason}")
    return row

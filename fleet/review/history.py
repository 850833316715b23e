"""What was done about reviews, entry by entry; it only grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.review.models import ReviewEntry

MOST_SHOWN = 200


class Act(StrEnum):
    """What can be done about a review."""

    QUEUED = "queued"
    REASON = "reason"
    OPENED_AGAIN = "opened again"
    FOUND = "found"
    SIGNED = "signed"
    TAKEN_BACK = "taken back"
    CLOSED = "closed"
    GONE = "gone"
    ASKED = "asked"
    EXPLAINED = "explained"


def of_recording(review: int) -> str:
    """Return what the entries of a recording's review are kept under."""
    return f"recording:{review}"


def of_viewing(number: int) -> str:
    """Return what the entries about a viewing are kept under; ``number`` is that of its audit entry."""
    return f"viewing:{number}"


def write(
    session: Session,
    subject: str,
    act: Act,
    words: str,
    *,
    by: Actor | None = None,
    detail: Mapping[str, str | int] | None = None,
) -> None:
    """Add an entry; ``by`` is None for what the service does by its rules."""
    session.add(
        ReviewEntry(
            subject=subject,
            at=now(session),
            by="" if by is None else by.name or by.label,
            act=str(act),
            words=words,
            detail=dict(detail or {}),
        )
    )


def entries_of(session: Session, subject: str, *, most: int = MOST_SHOWN) -> Sequence[ReviewEntry]:
    """Return what was done, the newest first, as far as pages show it."""
    query = select(ReviewEntry).where(ReviewEntry.subject == subject)
    return session.scalars(query.order_by(ReviewEntry.id.desc()).limit(most)).all()

"""What the landlord approved: without it there are no references, and the public page is not there.

Rules:
- nothing is approved to begin with;
- a text that was written anew is not approved by that: the one that was approved stays in use, on new slips
  too, until the new one is approved;
- what the public page says is approved with it: once a later version of the fleet says something else there,
  it is off until somebody approves it anew;
- whoever takes an approval back switches that language off, and the page with the last one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError
from fleet.references.models import ReferenceApproval
from fleet.visits.texts import PLAIN, TOPIC, LandlordText, TextUse, text_of, texts_now

PAGE_VERSION = 2
"""Counted up whenever the public page says something else than before."""
MOST_APPROVALS = 1000


def approvals(session: Session) -> Sequence[ReferenceApproval]:
    """Return the approval that stands in each language, where the text is still the one that was approved."""
    query = select(ReferenceApproval).where(
        ReferenceApproval.withdrawn.is_(None), ReferenceApproval.page == PAGE_VERSION
    )
    newest: dict[str, ReferenceApproval] = {}
    for each in session.scalars(query.order_by(ReferenceApproval.number.desc())):
        newest.setdefault(each.language, each)
    return [each for each in newest.values() if _text_of(session, each) is not None]


def is_on(session: Session) -> bool:
    """Say whether there are references at all."""
    return bool(approvals(session))


def approved_text(session: Session, language: str) -> LandlordText:
    """Return the approved text in a language, in another one that is approved where there is none in that.

    Raises:
        ProblemError: 409 none is approved.
    """
    newest = {each.language: each for each in approvals(session)}
    found = newest.get(language) or newest.get(PLAIN) or next(iter(newest.values()), None)
    text = None if found is None else _text_of(session, found)
    if text is None:
        detail = (
            "References are off until the head of safety or the data protection officer has approved them."
        )
        raise ProblemError(409, "references_off", detail)
    return text


def approve(session: Session, language: str, *, version: int, by: Actor) -> None:
    """Approve the text of a language as it is now; once more changes nothing.

    Args:
        session: the caller's.
        language: which.
        version: the one that whoever approves has seen.
        by: who does.

    Raises:
        ProblemError: 409 another version counts by now, or there are very many approvals; 422 there is no
            text in that language.
    """
    take_turn(session, Turn.TEXTS)
    text = {each.language: each for each in texts_now(session, TextUse.REFERENCE)}.get(language)
    if text is None:
        raise ProblemError(422, "language_unknown", "There is no text in that language.")
    if text.version != version:
        raise ProblemError(409, "written_since", "Somebody wrote another version meanwhile; read that first.")
    standing = next((each for each in approvals(session) if each.language == language), None)
    if standing is not None and (standing.version, standing.sha256) == (version, _digest(text)):
        return
    number = (session.scalar(select(func.max(ReferenceApproval.number))) or 0) + 1
    if number > MOST_APPROVALS:
        raise ProblemError(409, "too_many_approvals", f"{MOST_APPROVALS} approvals are kept; no more are.")
    session.add(
        ReferenceApproval(
            number=number,
            language=language,
            version=version,
            sha256=_digest(text),
            page=PAGE_VERSION,
            approved=now(session),
            approved_by=by.name or by.label,
        )
    )
    record(session, by, "references:text:approve", text.name, detail={"page": PAGE_VERSION})
    announce(session, TOPIC, language)


def withdraw(session: Session, language: str, *, by: Actor) -> None:
    """Take back what was approved in a language; where nothing is, nothing happens."""
    take_turn(session, Turn.TEXTS)
    query = select(ReferenceApproval).where(
        ReferenceApproval.language == language, ReferenceApproval.withdrawn.is_(None)
    )
    rows = session.scalars(query).all()
    for each in rows:
        each.withdrawn, each.withdrawn_by = now(session), by.name or by.label
    if rows:
        record(session, by, "references:text:withdraw", language)
        announce(session, TOPIC, language)


def _text_of(session: Session, approval: ReferenceApproval) -> LandlordText | None:
    text = text_of(session, TextUse.REFERENCE, approval.language, approval.version)
    return text if text is not None and _digest(text) == approval.sha256 else None


def _digest(text: LandlordText) -> bytes:
    return hashlib.sha256(f"{text.title}\n{text.text}".encode()).digest()

"""Reviewing one recording: what was found, two signatures, and the ways back, in the caller's transaction.

Rules:
- the officer who is recorded writes nothing into the review of it, and signs nothing (``rules.closing``);
- everything is kept in the review's history, in words, and in the audit log without them: what people wrote
  of others must be forgettable one day.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import ARRIVING, GONE, Recording
from fleet.people.models import User
from fleet.review.history import Act, of_recording, write
from fleet.review.models import Review
from fleet.review.rules.closing import (
    SIGNING_WORDS,
    WAITING,
    ReviewSigner,
    ReviewState,
    SigningFacts,
    SigningRole,
    due_day,
    signing_refusal,
)
from fleet.review.rules.findings import ACTIONS, Findings, found_words
from fleet.review.rules.reasons import ReasonKind, asked_for
from fleet.review.sorting import TOPIC, add_reasons, clear_signatures

LONGEST_WHY = 500
WHY_MISSING = "reason_missing"
"""The code of a refusal that is about the reason."""
MOST_ASKED = 50
_OWN = "It is your own recording, as its officer; have somebody else review it."


def get_review(session: Session, recording: str, *, lock: bool = False) -> Review:
    """Return the review of a recording; with ``lock`` nobody else changes it until this transaction ends.

    Raises:
        ProblemError: 404 there is no such recording; 409 the rules have not looked at it yet.
    """
    row = get(session, recording)
    query = select(Review).where(Review.recording_id == row.id)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        detail = "Whether that recording is to be reviewed is not known yet; look again in a minute."
        raise ProblemError(409, "not_sorted_yet", detail)
    return found


def write_findings(session: Session, findings: Findings, *, recording: str, seen: int, by: Actor) -> Review:
    """Write what was found, and what is done about it; what was signed before is taken away.

    Args:
        session: the caller's.
        findings: what was found.
        recording: of which recording.
        seen: the number of the findings that whoever writes has seen, 0 for none.
        by: who writes.

    Raises:
        ProblemError: 403 for the officer recorded; 404, 409 as ``get_review``; 409 it need not be reviewed,
            is closed, or was written anew meanwhile.
    """
    review = get_review(session, recording, lock=True)
    _refuse_own(session, review, by)
    if review.state not in WAITING:
        raise _not_open(review)
    if seen != review.version:
        meanwhile = "Somebody wrote the findings anew meanwhile; read them before you write others."
        raise ProblemError(409, "changed_meanwhile", meanwhile)
    was_signed = clear_signatures(review)
    review.findings = {"found": list(findings.found), "action": findings.action, "text": findings.text}
    review.found_by, review.found_at = by.name or by.label, now(session)
    review.version, review.state = review.version + 1, ReviewState.FOUND
    words = f"{found_words(findings.found)}. {ACTIONS[findings.action]}."
    detail: dict[str, str | int] = {"version": review.version, "text": findings.text}
    write(session, of_recording(review.id), Act.FOUND, words, by=by, detail=detail)
    facts: dict[str, str | int] = {
        "found": " ".join(findings.found),
        "action": findings.action,
        "version": review.version,
        "signatures taken away": "yes" if was_signed else "no",
    }
    record(session, by, "review:recording:find", review.name, detail=facts)
    announce(session, TOPIC, review.name)
    return review


def sign(
    session: Session, *, recording: str, role: SigningRole, seen: int, by: Actor, zone: ZoneInfo
) -> Review:
    """Sign a review for one of the two names; the second one closes it.

    Raises:
        ProblemError: 404, 409 as ``get_review``; 403 they may not; 409 it cannot be signed as it is.
    """
    review = get_review(session, recording, lock=True)
    row = get(session, recording)
    signer = signer_of(session, by)
    refusal = signing_refusal(signer, role, seen, signing_facts(session, review, row))
    if refusal is not None:
        status = 403 if role not in signer.roles or not signer.is_person or is_own(signer, row) else 409
        raise ProblemError(status, "not_signed", refusal)
    moment = now(session)
    _put(review, role, by.id, by.name, moment, signer.officer)
    detail: dict[str, str | int] = {"as": SIGNING_WORDS[role], "version": review.version}
    write(session, of_recording(review.id), Act.SIGNED, f"As {SIGNING_WORDS[role]}.", by=by, detail=detail)
    record(session, by, "review:recording:sign", review.name, detail=detail)
    if review.head_id is not None and review.manager_id is not None:
        review.state, review.closed = ReviewState.CLOSED, moment
        review.closed_on = moment.astimezone(zone).date()
        write(session, of_recording(review.id), Act.CLOSED, "Both have signed.")
        record(session, by, "review:recording:close", review.name, detail={"version": review.version})
    announce(session, TOPIC, review.name)
    return review


def take_back(session: Session, *, recording: str, by: Actor) -> Review:
    """Take back what one has signed oneself, while the other has not.

    Raises:
        ProblemError: 404, 409 as ``get_review``; 409 both have signed, or it is not signed by them.
    """
    review = get_review(session, recording, lock=True)
    if review.state == ReviewState.CLOSED:
        detail = "Both have signed: it is closed. Ask for another review and say why."
        raise ProblemError(409, "review_closed", detail)
    own = [role for role, who in signatures(review).items() if who == by.id]
    if by.kind is not ActorKind.USER or not own:
        raise ProblemError(409, "not_signed", "There is nothing that you have signed.")
    for role in own:
        _put(review, role, None, None, None)
        write(session, of_recording(review.id), Act.TAKEN_BACK, f"As {SIGNING_WORDS[role]}.", by=by)
        record(session, by, "review:recording:take-back", review.name, detail={"as": SIGNING_WORDS[role]})
    announce(session, TOPIC, review.name)
    return review


def ask_for(session: Session, *, recording: str, why: str, by: Actor, days: int, zone: ZoneInfo) -> Review:
    """Have a recording reviewed that need not be, or that was reviewed and closed.

    Raises:
        ProblemError: 403 for the officer recorded; 404, 409 as ``get_review``; 409 it is to be reviewed
            already; 422 no reason is given.
    """
    clean = " ".join(why.split())
    if not clean or len(clean) > LONGEST_WHY or not clean.isprintable():
        raise ProblemError(422, WHY_MISSING, f"Say why, in 1 to {LONGEST_WHY} characters.")
    review = get_review(session, recording, lock=True)
    _refuse_own(session, review, by)
    if review.state in WAITING:
        raise ProblemError(409, "is_open", "It is to be reviewed already.")
    if get(session, recording).state in GONE:
        raise ProblemError(
            409, "is_deleted", "Deletion of its recording has begun; there is nothing left to review."
        )
    asked = sum(1 for _, kind, *_ in review.reasons if kind == ReasonKind.ASKED)
    if asked >= MOST_ASKED:
        raise ProblemError(409, "too_many", f"It was asked for {MOST_ASKED} times already.")
    reason = asked_for(asked + 1, by.name or by.label, clean)
    due = due_day(now(session).astimezone(zone).date(), days)
    add_reasons(session, review, [reason], due=due, by=by)
    record(session, by, "review:recording:ask", review.name)
    return review


def signer_of(session: Session, actor: Actor) -> ReviewSigner:
    """Return what the rules look at of whoever is signed in."""
    user = session.get(User, actor.id) if actor.kind is ActorKind.USER else None
    roles = frozenset(str(role) for role in actor.roles)
    return ReviewSigner(actor.id, user is not None, roles, None if user is None else user.officer_id)


def signing_facts(session: Session, review: Review, row: Recording) -> SigningFacts:
    """Return what of a review bears on its being signed."""
    return SigningFacts(
        state=ReviewState(review.state),
        version=review.version,
        is_arriving=row.state in ARRIVING,
        officer=None if row.untrusted else row.officer_id,
        signed=signatures(review),
        officers=_officers_of(session, review),
    )


def _officers_of(session: Session, review: Review) -> dict[SigningRole, frozenset[str]]:
    """Return which officers those who have signed are, and were as they signed."""
    then = {
        SigningRole.HEAD_OF_SAFETY: review.head_officer,
        SigningRole.CCTV_MANAGER: review.manager_officer,
    }
    found = {}
    for role, who in signatures(review).items():
        user = session.get(User, who)
        now_is = None if user is None else user.officer_id
        found[role] = frozenset(each for each in (then[role], now_is) if each is not None)
    return found


def signatures(review: Review) -> dict[SigningRole, str]:
    """Return who has signed for which name, by the ids of their accounts."""
    both = {SigningRole.HEAD_OF_SAFETY: review.head_id, SigningRole.CCTV_MANAGER: review.manager_id}
    return {role: who for role, who in both.items() if who is not None}


def is_own(signer: ReviewSigner, row: Recording) -> bool:
    """Say whether somebody is the officer who is recorded."""
    return signer.officer is not None and not row.untrusted and signer.officer == row.officer_id


def _refuse_own(session: Session, review: Review, by: Actor) -> None:
    row = review.recording
    if row is not None and is_own(signer_of(session, by), row):
        raise ProblemError(403, "own_recording", _OWN)


def _not_open(review: Review) -> ProblemError:
    if review.state == ReviewState.CLOSED:
        detail = "Both have signed: it is closed. Ask for another review and say why."
        return ProblemError(409, "review_closed", detail)
    if review.state == ReviewState.GONE:
        return ProblemError(409, "is_deleted", "Deletion of its recording had begun before both had signed.")
    return ProblemError(409, "not_queued", "It need not be reviewed; ask for a review first.")


def _put(
    review: Review,
    role: SigningRole,
    who: str | None,
    name: str | None,
    at: datetime | None,
    officer: str | None = None,
) -> None:
    if role is SigningRole.HEAD_OF_SAFETY:
        review.head_id, review.head_name, review.head_at, review.head_officer = who, name, at, officer
    else:
        review.manager_id, review.manager_name, review.manager_at = who, name, at
        review.manager_officer = officer

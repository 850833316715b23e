"""Requests as they are written down, found, and kept up to date; everything in the caller's transaction.

Rules:
- a request is never deleted here; what was done about it is told step by step, and the audit log says which
  step, of which request, and nothing that was written of people (they must be forgettable one day);
- after each step its clock is read anew by the one function that reckons it, and lists use what that showed;
- what was never shown and nobody doubts any longer delays nothing: the clock runs as if nobody had asked;
- while it was asked who asks, or whether they may, and that was neither shown nor is undoubted, nothing is
  erased or granted upon the request.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.chain import Detail
from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError, not_found
from fleet.people.secrets import Random, new_id
from fleet.requests.bank_holidays import is_bank_holiday
from fleet.requests.models import RequestCase, RequestStep
from fleet.requests.rules.clock import (
    WHO_ASKS,
    ClockFacts,
    ClockPause,
    ClockPhase,
    ClockWait,
    RequestClock,
    WaitKind,
    read_clock,
)
from fleet.requests.rules.draft import RequestDraft, RequestDraftError, clean_request
from fleet.requests.rules.kinds import GRANTING, OUTCOMES, RequestKind, RequestOutcome, clock_kind
from fleet.requests.rules.unshown import NEVER, why_unshown

TOPIC = "request"
MOST_STEPS = 500


def open_request(
    session: Session, random: Random, draft: RequestDraft, *, zone: ZoneInfo, by: Actor
) -> RequestCase:
    """Write a request down.

    Raises:
        ProblemError: 422 something is missing, or cannot be so.
    """
    clean = _clean(session, draft, zone)
    take_turn(session, Turn.REQUESTS)  # two who open one at once get two numbers
    moment = now(session)
    year = moment.astimezone(zone).year
    last = session.scalar(select(func.max(RequestCase.number)).where(RequestCase.year == year)) or 0
    case = RequestCase(
        id=new_id(random),
        reference=f"REQ-{year}-{last + 1:04d}",
        year=year,
        number=last + 1,
        opened=moment,
        opened_by=by.name or by.label,
        changed=moment,
        phase=ClockPhase.NONE,
        **_fields(clean),
    )
    session.add(case)
    session.flush()
    note_step(session, case, by, "requests:request:open", "Written down.", detail={"kind": case.kind})
    return case


def change_request(
    session: Session, draft: RequestDraft, *, case: str, zone: ZoneInfo, by: Actor
) -> RequestCase:
    """Write down anew what a request says, but for its kind; the same again changes nothing.

    Raises:
        ProblemError: 404 there is no such request; 409 it is closed; 422 something cannot be so.
    """
    row = get_open(session, case)
    clean = _clean(session, draft, zone)
    if clean.kind != row.kind:
        detail = "What kind of request it is stays; close this one and write another down."
        raise ProblemError(422, "kind_stays", detail)
    changed = [name for name, value in _fields(clean).items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, _fields(clean)[name])
    if changed:
        words = f"Changed what is written down: {', '.join(FIELD_WORDS[each] for each in changed)}."
        note_step(session, row, by, "requests:request:change", words, detail={"fields": ", ".join(changed)})
    return row


FIELD_WORDS = {
    "received": "the day of receipt",
    "channel": "how it came",
    "name": "who asks",
    "contact": "where the answer goes",
    "acts_for": "for whom they ask",
    "what": "what is asked for",
    "owner": "who answers for it",
    "organisation": "the organisation",
    "rank": "the rank or office",
    "theirs": "their reference",
    "necessity": "why it is necessary",
    "signed": "when the form was signed",
    "named": "the day that they name",
}


def get_case(session: Session, case: str, *, lock: bool = False) -> RequestCase:
    """Return a request; with ``lock`` nobody else changes it until this transaction ends.

    Raises:
        ProblemError: 404 there is no such request.
    """
    row = session.get(RequestCase, case, with_for_update={"of": RequestCase} if lock else None)
    if row is None:
        raise not_found("such request")
    return row


def get_open(session: Session, case: str) -> RequestCase:
    """Return a request that is open, locked.

    Raises:
        ProblemError: 404 there is no such request; 409 it is closed.
    """
    row = get_case(session, case, lock=True)
    if row.closed is not None:
        raise ProblemError(409, "request_closed", f"{row.reference} is closed; open it again first.")
    return row


def clock_of(case: RequestCase, *, extended: date | None = None) -> RequestClock:
    """Return what the clock of a request shows, or would if the person were told of two more months then."""
    return read_clock(
        ClockFacts(
            kind=clock_kind(RequestKind(case.kind)),
            received=case.received,
            waits=tuple(
                ClockWait(WaitKind(each.kind), each.asked, each.met) for each in case.waits if not each.waived
            ),
            pauses=tuple(ClockPause(each.asked, each.answered) for each in case.pauses),
            extended=case.extended or extended,
            named=case.named,
        ),
        is_bank_holiday,
    )


def unshown(case: RequestCase) -> frozenset[WaitKind]:
    """Return which of identity and authority were asked for and neither shown nor waived."""
    return frozenset(WaitKind(each.kind) for each in case.waits if each.met is None) & WHO_ASKS


def refuse_unshown(case: RequestCase, what: str) -> None:
    """Refuse what is not done before it was shown who asks, and that they may.

    Raises:
        ProblemError: 409 that was asked for, and was neither shown nor waived.
    """
    missing = unshown(case)
    if missing:
        raise ProblemError(409, "not_shown", f"{why_unshown(missing)} {what}")


def outcome_of(case: RequestCase) -> RequestOutcome | None:
    """Return how a request was answered; None while it was not.

    Of complaints no more was kept once than that they were answered: how is in the letter.
    """
    if not case.outcome:
        return None
    outcome = RequestOutcome(case.outcome)
    is_complaint = case.kind == RequestKind.COMPLAINT
    return RequestOutcome.IN_LETTER if is_complaint and outcome in GRANTING else outcome


def outcome_words(case: RequestCase) -> str:
    """Return that in words, with that who asks was never shown; empty while it was not."""
    outcome = outcome_of(case)
    if outcome is None:
        return ""
    missing = sorted(unshown(case), reverse=True) if outcome in GRANTING else []
    return "; ".join([OUTCOMES[outcome], *(NEVER[each] for each in missing)])


def is_clock_met(case: RequestCase) -> bool:
    """Say whether what the clock asks for was done: an answer, or of a complaint its acknowledgement."""
    return case.answered is not None or case.acknowledged is not None


def draft_of(case: RequestCase) -> RequestDraft:
    """Return a request as it is written down."""
    fields = {name: getattr(case, name) for name in FIELD_WORDS}
    return RequestDraft(kind=RequestKind(case.kind), **fields)


def steps_of(session: Session, case: RequestCase) -> Sequence[RequestStep]:
    """Return what was done about a request, the oldest first."""
    query = select(RequestStep).where(RequestStep.case_id == case.id)
    return session.scalars(query.order_by(RequestStep.number)).all()


def note_step(
    session: Session,
    case: RequestCase,
    by: Actor,
    action: str,
    words: str,
    *,
    detail: Detail | None = None,
) -> None:
    """Keep that a step was done, read the clock anew, and have pages follow.

    Of very many steps the last are in the audit log alone: whatever was done, it can be answered and closed.
    """
    session.flush()
    session.refresh(case)  # what the step added belongs to it
    count = select(func.count()).select_from(RequestStep).where(RequestStep.case_id == case.id)
    done = session.scalar(count) or 0
    clock = clock_of(case)
    case.due, case.phase, case.changed = clock.due, clock.state, now(session)
    author = by.name or by.label
    if done < MOST_STEPS:
        session.add(RequestStep(case_id=case.id, number=done + 1, at=case.changed, by=author, words=words))
    record(session, by, action, case.id, detail={"reference": case.reference, **(detail or {})})
    announce(session, TOPIC, case.id)


def local_today(session: Session, zone: ZoneInfo) -> date:
    """Return which day it is at the site."""
    return now(session).astimezone(zone).date()


def _clean(session: Session, draft: RequestDraft, zone: ZoneInfo) -> RequestDraft:
    try:
        return clean_request(draft, local_today(session, zone))
    except RequestDraftError as error:
        raise ProblemError(422, f"{error.field}_unusable", str(error)) from error


def _fields(draft: RequestDraft) -> dict[str, object]:
    return {"kind": draft.kind.value, **{name: getattr(draft, name) for name in FIELD_WORDS}}

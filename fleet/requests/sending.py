"""Sending letters about requests: the letter is kept and its step done in one transaction, or neither.

The landlord's name and address come from the configuration; without them no letter is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services
from fleet.letters.keeping import keep_letter, letters_about, make_letter
from fleet.letters.models import Letter
from fleet.people.secrets import new_id
from fleet.requests.cases import clock_of, draft_of, get_case, get_open, local_today, note_step, unshown
from fleet.requests.footage import end_restrictions, is_restricting
from fleet.requests.letters import LETTERS
from fleet.requests.linked.done import done_facts
from fleet.requests.models import RequestCase, RequestPause, RequestWait
from fleet.requests.rules.bases import LandlordKind
from fleet.requests.rules.clock import WaitKind
from fleet.requests.rules.exemptions import exemption_of
from fleet.requests.rules.kinds import KINDS, ON_COMPLAINTS, RequestKind
from fleet.requests.rules.sending import (
    ANSWERS,
    WAITS,
    Decision,
    SendingError,
    SendingFacts,
    check_sending,
    sendable,
)
from fleet.requests.searches import searches_of
from fleet.requests.texts_of import clean_words
from fleet.retention.rules.calendar import day_words

LONGEST_OTHERWISE = 500
ENDS = "restriction-ends"
"""The one letter that is sent of a closed request too, for a restriction may outlast it."""

SENT = {
    "received": "Told the person that the request is here.",
    "identity": "Asked the person to show who they are.",
    "authority": "Asked whoever asks to show that they may act for the person.",
    "fee": "Asked for a fee.",
    "clarification": "Asked for clarification.",
    "extension": "Told the person that it takes two more months.",
    "answer": "Sent the answer.",
    "refusal": "Sent the refusal.",
    "complaint-received": "Acknowledged the complaint.",
    "complaint-outcome": "Sent the outcome of the complaint.",
    "restriction-ends": "Told the person that the restriction ends, and ended it.",
    "others-answer": "Sent the answer.",
    "others-refusal": "Sent the refusal.",
}
"""What the page of a request tells of each letter."""


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """A letter as somebody wants to send it: which, what they write, how it goes, and what it decides."""

    letter: str
    words: str = ""
    method: str = ""
    decision: Decision = field(default_factory=Decision)


def sending_facts(session: Session, case: RequestCase) -> SendingFacts:
    """Return what the rules of sending look at."""
    return SendingFacts(
        draft=draft_of(case),
        clock=clock_of(case),
        asked=frozenset(WaitKind(each.kind) for each in case.waits),
        is_extended=case.extended is not None,
        is_acknowledged=case.acknowledged is not None,
        is_answered=case.answered is not None,
        is_restricted=is_restricting(session, case),
        is_searched=bool(searches_of(session, case)),
        unshown=unshown(case),
        done=done_facts(session, case),
    )


def sendable_now(session: Session, services: Services, case: RequestCase) -> tuple[str, ...]:
    """Return the letters that can be sent about a request now."""
    if case.closed is not None and not is_restricting(session, case):
        return ()
    found = sendable(sending_facts(session, case), local_today(session, services.config.site.time_zone))
    return found if case.closed is None else tuple(each for each in found if each == ENDS)


def preview_letter(session: Session, services: Services, case: RequestCase, draft: LetterDraft) -> str:
    """Return a letter as it would be sent; nothing is kept.

    Raises:
        ProblemError: 404 there is no such letter; 409 it cannot be sent now; 422 something is missing.
    """
    decision = _checked(session, services, case, draft)
    return make_letter(session, LETTERS[draft.letter], _fields(session, services, case, draft, decision))[0]


def send_letter(session: Session, services: Services, *, case: str, draft: LetterDraft, by: Actor) -> Letter:
    """Keep a letter as it is sent, and do the step that it stands for.

    Raises:
        ProblemError: 404 there is no such request or letter; 409 it is closed, or the letter cannot be sent
            now; 422 something is missing.
    """
    row = get_case(session, case, lock=True) if draft.letter == ENDS else get_open(session, case)
    decision = _checked(session, services, row, draft)
    today = local_today(session, services.config.site.time_zone)
    letter = keep_letter(
        session,
        services.random,
        LETTERS[draft.letter],
        _fields(session, services, row, draft, decision),
        about=row.id,
        dated=today,
        method=draft.method,
        by=by,
    )
    if draft.letter in WAITS:
        wait = WAITS[draft.letter]
        session.add(RequestWait(id=new_id(services.random), case_id=row.id, kind=wait, asked=today, how=""))
    elif draft.letter == "clarification":
        session.add(RequestPause(id=new_id(services.random), case_id=row.id, asked=today))
    elif draft.letter == "extension":
        row.extended = today
    elif draft.letter == "complaint-received":
        row.acknowledged = today
    elif draft.letter == ENDS:
        end_restrictions(session, row, by=by)
    elif draft.letter in ANSWERS:
        row.answered, row.outcome = row.answered or today, decision.outcome
        row.exemption, row.basis, row.condition = (
            each or None for each in (decision.exemption, decision.basis, decision.condition)
        )
    detail = {"letter": draft.letter, "outcome": decision.outcome}
    words = SENT[draft.letter]
    if decision.otherwise:
        words = f"{words} How it was given: {decision.otherwise}"
    note_step(session, row, by, "requests:request:send", words, detail=detail)
    return letter


def letters_of(session: Session, case: RequestCase) -> list[Letter]:
    """Return the letters about a request, the oldest first."""
    return list(letters_about(session, case.id))


def _checked(session: Session, services: Services, case: RequestCase, draft: LetterDraft) -> Decision:
    if draft.letter not in LETTERS:
        raise not_found("such letter")
    landlord = services.config.landlord
    landlord.known("each letter")
    today = local_today(session, services.config.site.time_zone)
    decision = draft.decision
    if decision.otherwise.strip():
        ask = "Say how it was given otherwise"
        otherwise = clean_words(decision.otherwise, ask, longest=LONGEST_OTHERWISE, field="otherwise")
        decision = replace(decision, otherwise=" ".join(otherwise.split()))
    else:
        decision = replace(decision, otherwise="")
    try:
        return check_sending(
            draft.letter, sending_facts(session, case), decision, LandlordKind(landlord.kind), today
        )
    except SendingError as error:
        raise ProblemError(409, "not_sendable", str(error)) from error


def _fields(
    session: Session, services: Services, case: RequestCase, draft: LetterDraft, decision: Decision
) -> dict[str, str]:
    landlord, kind = services.config.landlord, RequestKind(case.kind)
    today = local_today(session, services.config.site.time_zone)
    exemption = exemption_of(kind, decision.exemption)
    clock = clock_of(case)
    due = clock.due
    if draft.letter == "extension":
        due = clock_of(case, extended=today).due
    return {
        "landlord": landlord.name,
        "contact": landlord.contact,
        "today": day_words(today),
        "name": case.name,
        "address": case.contact,
        "reference": case.reference,
        "asks": KINDS[kind].asks,
        "received": day_words(case.received),
        "clock": " ".join(clock.words),
        "due": "" if due is None else day_words(due),
        "owner": case.owner,
        "acts_for": case.acts_for,
        "organisation": case.organisation,
        "theirs": case.theirs,
        "words": draft.words,
        "exemption": "" if exemption is None else exemption.words,
        "outcome": _said(decision.outcome),
        "how_to_complain": how_to_complain(landlord.name, landlord.complaints or landlord.contact),
    }


def _said(outcome: str) -> str:
    """Return how a complaint ended, as its letter says it; empty for another outcome."""
    return {each.value: words for each, words in ON_COMPLAINTS.items()}.get(outcome, "")


def how_to_complain(landlord: str, contact: str) -> str:
    """Return what each letter to a person says of complaints (DPA 2018 s.164A, UK GDPR Art. 12(4) and 77)."""
    return (
        f"If you are not content with this you can complain to us, in any way you like, for example here: "
        f"{' '.join(contact.split())}. {landlord} acknowledges a complaint within 30 days. You can also "
        "complain to "
        "the Information Commissioner's Office (ICO), Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 "
        "5AF, "
        "telephone 0303 123 1113, ico.org.uk, and go to court."
    )

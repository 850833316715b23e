"""Which letters can be sent about a request now, and what sending one does. Pure.

Rules:
- identity, authority and a fee are asked for once each, and only of whoever asks for a right of their own or
  another's;
- clarification is asked for by one question at a time, and two more months are told of once, while it is in
  time;
- another answer may follow the first, as after an internal review, though the first one's day counts; a
  refusal is sent with its exemption; portability is granted only where what
  was recorded rests on consent or a contract;
- nothing is given out upon a form that lacks something.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fleet.requests.rules.bases import PORTABLE, Basis, LandlordKind, bases_of, conditions_of
from fleet.requests.rules.clock import ClockPhase, RequestClock, WaitKind
from fleet.requests.rules.draft import RequestDraft, form_lacks
from fleet.requests.rules.exemptions import exemption_of
from fleet.requests.rules.kinds import OTHERS, RIGHTS, RequestKind, RequestOutcome

ANSWERS = frozenset({"answer", "refusal", "complaint-outcome", "others-answer", "others-refusal"})
"""Letters that end what is to be done in time."""
REFUSALS = frozenset({"refusal", "others-refusal"})
WAITS = {"identity": WaitKind.IDENTITY, "authority": WaitKind.AUTHORITY, "fee": WaitKind.FEE}
WITHOUT_WORDS = frozenset({"received"})
"""Letters that say all that they have to by themselves."""


class SendingError(ValueError):
    """A letter cannot be sent now; the message is for whoever wants to."""


@dataclass(frozen=True, slots=True)
class SendingFacts:
    """What these rules look at.

    Attributes:
        draft: the request as it is written down.
        clock: what its clock shows.
        asked: what was asked for before the clock starts.
        is_extended: whether the person was told of two more months.
        is_acknowledged: whether a complaint was acknowledged.
        is_answered: whether an answer or a refusal was sent.
        is_restricted: whether it restricts footage now.
        is_searched: whether a search was written down.
    """

    draft: RequestDraft
    clock: RequestClock
    asked: frozenset[WaitKind] = frozenset()
    is_extended: bool = False
    is_acknowledged: bool = False
    is_answered: bool = False
    is_restricted: bool = False
    is_searched: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What an answer decides: how, for which exemption, on which basis and condition; empty for none."""

    outcome: str = ""
    exemption: str = ""
    basis: str = ""
    condition: str = ""


def sendable(facts: SendingFacts, today: date) -> tuple[str, ...]:
    """Return the letters that can be sent now, by their ids."""
    kind = facts.draft.kind
    if kind is RequestKind.COMPLAINT:
        first = () if facts.is_acknowledged or facts.is_answered else ("complaint-received",)
        return (*first, "complaint-outcome")
    if kind in OTHERS:
        return ("others-answer", "others-refusal")
    found = ["restriction-ends"] if facts.is_restricted else []
    if facts.is_answered:
        return (*found, "answer", "refusal")
    found += ["received", *(each for each, wait in WAITS.items() if wait not in facts.asked)]
    if not facts.draft.acts_for and "authority" in found:
        found.remove("authority")
    if facts.clock.state is not ClockPhase.PAUSED:
        found.append("clarification")
    if facts.clock.extend_by is not None and today <= facts.clock.extend_by:
        found.append("extension")
    return (*found, "answer", "refusal")


def check_sending(
    letter: str, facts: SendingFacts, decision: Decision, landlord: LandlordKind, today: date
) -> Decision:
    """Return what a letter decides; nothing, of one that decides nothing.

    Raises:
        SendingError: it cannot be sent now, or does not say what it has to.
    """
    if letter not in sendable(facts, today):
        raise SendingError(_why_not(letter, facts, today))
    if letter not in ANSWERS:
        return Decision()
    kind = facts.draft.kind
    if letter in REFUSALS:
        if exemption_of(kind, decision.exemption) is None:
            raise SendingError("Choose why it is refused: the letter names that.")
        return Decision(RequestOutcome.REFUSED, decision.exemption)
    if letter == "complaint-outcome":
        return Decision(RequestOutcome.GRANTED)
    if decision.outcome not in {RequestOutcome.GRANTED, RequestOutcome.PARTLY}:
        raise SendingError("Choose whether it is granted, or granted in part.")
    if kind in OTHERS:
        return _disclosed(facts.draft, decision, landlord)
    if not facts.is_searched and kind in RIGHTS:
        raise SendingError("Write down the search first: where you looked, how, and why that is enough.")
    if kind is RequestKind.PORTABILITY:
        return _portable(decision, landlord)
    return Decision(decision.outcome)


def _disclosed(draft: RequestDraft, decision: Decision, landlord: LandlordKind) -> Decision:
    lacks = form_lacks(draft)
    if lacks is not None:
        raise SendingError(lacks)
    if decision.basis not in bases_of(landlord):
        raise SendingError("Choose the lawful basis on which it is given.")
    condition = next(
        (each for each in conditions_of(draft.kind, landlord) if each.id == decision.condition), None
    )
    if condition is None:
        raise SendingError("Choose the condition under which it is given.")
    if condition.basis is not None and condition.basis != decision.basis:
        raise SendingError("That condition needs recognised legitimate interests as its basis.")
    return Decision(decision.outcome, "", decision.basis, decision.condition)


def _portable(decision: Decision, landlord: LandlordKind) -> Decision:
    if decision.basis not in bases_of(landlord):
        raise SendingError("Choose the lawful basis on which it was recorded.")
    if Basis(decision.basis) not in PORTABLE:
        raise SendingError(
            "Portability applies only to what rests on consent or a contract: send the refusal that says so."
        )
    return Decision(decision.outcome, "", decision.basis)


def _why_not(letter: str, facts: SendingFacts, today: date) -> str:
    by = facts.clock.extend_by
    if facts.is_answered:
        return "It was answered already; another answer or a refusal may follow, and nothing else."
    if letter == "extension" and facts.is_extended:
        return "The person was told of two more months already."
    if letter == "extension" and by is not None and today > by:
        return "The first month is over: the person can be told of two more months within it alone."
    if letter == "extension":
        return "While the clock waits or stands still nobody knows by when: tell the person after that."
    if letter == "clarification":
        return "A question is open already; ask the next one once that is answered."
    return "That letter does not belong to this request as it stands."

"""Which letters can be sent about a request now, and what sending one does. Pure.

Rules:
- identity, authority and a fee are asked for once each, and only of whoever asks for a right of their own or
  another's;
- clarification is asked for by one question at a time, and two more months are told of once, while it is in
  time;
- another answer may follow the first, as after an internal review, though the first one's day counts; a
  refusal is sent with its exemption; portability is granted only where what
  was recorded rests on consent or a contract;
- nothing is given out upon a form that lacks something;
- nothing is granted while it was asked who asks, or whether they may, and that was neither shown nor is
  undoubted: it can be refused for that;
- nothing is said to be granted that was not done (``rules.done``), and whoever sends the outcome of a
  complaint says which it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from fleet.requests.rules.bases import PORTABLE, Basis, LandlordKind, bases_of, conditions_of
from fleet.requests.rules.clock import ClockPhase, RequestClock, WaitKind
from fleet.requests.rules.done import DoneFacts, why_not_granted
from fleet.requests.rules.draft import RequestDraft, form_lacks
from fleet.requests.rules.exemptions import NOT_SHOWN, exemption_of
from fleet.requests.rules.kinds import GRANTING, ON_COMPLAINTS, OTHERS, RIGHTS, RequestKind, RequestOutcome
from fleet.requests.rules.unshown import why_unshown

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
        unshown: what of identity and authority was asked for and neither shown nor waived.
        done: what became of what it is about.
    """

    draft: RequestDraft
    clock: RequestClock
    asked: frozenset[WaitKind] = frozenset()
    is_extended: bool = False
    is_acknowledged: bool = False
    is_answered: bool = False
    is_restricted: bool = False
    is_searched: bool = False
    unshown: frozenset[WaitKind] = frozenset()
    done: DoneFacts = field(default_factory=DoneFacts)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an answer decides: how, for which exemption, on which basis and condition; empty for none.

    ``otherwise`` is how it was given where no release of it is made.
    """

    outcome: str = ""
    exemption: str = ""
    basis: str = ""
    condition: str = ""
    otherwise: str = ""


def outcomes_with(letter: str) -> tuple[RequestOutcome, ...]:
    """Return from which outcomes whoever sends a letter chooses; none where it has but one, or none."""
    if letter == "complaint-outcome":
        return tuple(ON_COMPLAINTS)
    return GRANTING if letter in {"answer", "others-answer"} else ()


def sendable(facts: SendingFacts, today: date) -> tuple[str, ...]:
    """Return the letters that can be sent now, by their ids."""
    kind = facts.draft.kind
    if kind is RequestKind.COMPLAINT:
        first = () if facts.is_acknowledged or facts.is_answered else ("complaint-received",)
        return (*first, "complaint-outcome")
    if kind in OTHERS:
        return ("others-answer", "others-refusal")
    found = ["restriction-ends"] if facts.is_restricted else []
    answers = ("refusal",) if facts.unshown else ("answer", "refusal")
    if facts.is_answered:
        return (*found, *answers)
    found += ["received", *(each for each, wait in WAITS.items() if wait not in facts.asked)]
    if not facts.draft.acts_for and "authority" in found:
        found.remove("authority")
    if facts.clock.state is not ClockPhase.PAUSED:
        found.append("clarification")
    if facts.clock.extend_by is not None and today <= facts.clock.extend_by:
        found.append("extension")
    return (*found, *answers)


def check_sending(
    letter: str, facts: SendingFacts, decision: Decision, landlord: LandlordKind, today: date
) -> Decision:
    """Return what a letter decides; nothing, of one that decides nothing.

    Raises:
        SendingError: it cannot be sent now, or does not say what it has to.
    """
    if letter == "answer" and facts.unshown:
        raise SendingError(f"{why_unshown(facts.unshown)} Before that it can be refused, and not granted.")
    if letter not in sendable(facts, today):
        raise SendingError(_why_not(letter, facts, today))
    if letter not in ANSWERS:
        return Decision()
    kind = facts.draft.kind
    if letter in REFUSALS:
        if exemption_of(kind, decision.exemption) is None:
            raise SendingError("Choose why it is refused: the letter names that.")
        if decision.exemption == NOT_SHOWN.id and not facts.unshown:
            raise SendingError("Nothing that was asked for is missing: choose why else it is refused.")
        return Decision(RequestOutcome.REFUSED, decision.exemption)
    if decision.outcome not in outcomes_with(letter):
        if letter == "complaint-outcome":
            raise SendingError("Choose whether the complaint is upheld, upheld in part, or not upheld.")
        raise SendingError("Choose whether it is granted, or granted in part.")
    if letter == "complaint-outcome":
        return Decision(decision.outcome)
    return _granted(facts, decision, landlord)


def _granted(facts: SendingFacts, decision: Decision, landlord: LandlordKind) -> Decision:
    kind = facts.draft.kind
    if not facts.is_searched and kind in RIGHTS:
        raise SendingError("Write down the search first: where you looked, how, and why that is enough.")
    basis = condition = ""
    if kind in OTHERS:
        basis, condition = _disclosed(facts.draft, decision, landlord)
    elif kind is RequestKind.PORTABILITY:
        basis = _portable(decision, landlord)
    why_not = why_not_granted(kind, decision.outcome, facts.done, decision.otherwise)
    if why_not:
        raise SendingError(why_not)
    return Decision(decision.outcome, "", basis, condition, decision.otherwise)


def _disclosed(draft: RequestDraft, decision: Decision, landlord: LandlordKind) -> tuple[str, str]:
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
    return decision.basis, decision.condition


def _portable(decision: Decision, landlord: LandlordKind) -> str:
    if decision.basis not in bases_of(landlord):
        raise SendingError("Choose the lawful basis on which it was recorded.")
    if Basis(decision.basis) not in PORTABLE:
        raise SendingError(
            "Portability applies only to what rests on consent or a contract: send the refusal that says so."
        )
    return decision.basis


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

"""What people ask of the landlord: kinds of requests, by which clock each runs, and how it can end. Pure.

Sources: UK GDPR Art. 15 to 18, 20 and 21; DPA 2018 s.164A (complaints), Sch. 2 para 2 (police) and para 5
(proceedings and court orders).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fleet.requests.rules.clock import ClockKind


class RequestKind(StrEnum):
    """What is asked for."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    PORTABILITY = "portability"
    COMPLAINT = "complaint"
    POLICE = "police"
    CIVIL = "civil"
    COURT = "court"


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind of request in words.

    Attributes:
        title: what lists and pages call it.
        asks: what letters say that was asked for: "your request ..."
        rule: where it stands.
    """

    title: str
    asks: str
    rule: str


KINDS: dict[RequestKind, KindWords] = {
    RequestKind.ACCESS: KindWords("Access", "to see what was recorded of you", "UK GDPR Art. 15"),
    RequestKind.RECTIFICATION: KindWords(
        "Rectification", "to have what is kept of you put right", "UK GDPR Art. 16"
    ),
    RequestKind.ERASURE: KindWords("Erasure", "to have what was recorded of you deleted", "UK GDPR Art. 17"),
    RequestKind.RESTRICTION: KindWords(
        "Restriction", "to have what was recorded of you kept and not used", "UK GDPR Art. 18"
    ),
    RequestKind.OBJECTION: KindWords(
        "Objection", "that we stop using what was recorded of you", "UK GDPR Art. 21"
    ),
    RequestKind.PORTABILITY: KindWords(
        "Portability", "to take what was recorded of you elsewhere", "UK GDPR Art. 20"
    ),
    RequestKind.COMPLAINT: KindWords(
        "Complaint", "that we look into how we used what is kept of you", "DPA 2018 s.164A"
    ),
    RequestKind.POLICE: KindWords(
        "Police", "to be given footage for the prevention or detection of crime", "DPA 2018 Sch. 2 para 2"
    ),
    RequestKind.CIVIL: KindWords(
        "Solicitors and insurers", "to be given footage for legal proceedings", "DPA 2018 Sch. 2 para 5(3)"
    ),
    RequestKind.COURT: KindWords(
        "Court order", "to be given footage as a court has ordered", "DPA 2018 Sch. 2 para 5(2)"
    ),
}

RIGHTS = frozenset(
    {
        RequestKind.ACCESS,
        RequestKind.RECTIFICATION,
        RequestKind.ERASURE,
        RequestKind.RESTRICTION,
        RequestKind.OBJECTION,
        RequestKind.PORTABILITY,
    }
)
"""What the person recorded asks for, or somebody for them."""

OTHERS = frozenset({RequestKind.POLICE, RequestKind.CIVIL, RequestKind.COURT})
"""What others ask for, by forms and orders."""


def clock_kind(kind: RequestKind) -> ClockKind:
    """Return by which rule a request of that kind is answered in time."""
    if kind in RIGHTS:
        return ClockKind.RIGHT
    return ClockKind.COMPLAINT if kind is RequestKind.COMPLAINT else ClockKind.ASKED


class RequestOutcome(StrEnum):
    """How a request was answered."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly-upheld"
    NOT_UPHELD = "not-upheld"
    IN_LETTER = "in-letter"
    WITHDRAWN = "withdrawn"


OUTCOMES = {
    RequestOutcome.GRANTED: "Granted",
    RequestOutcome.PARTLY: "Granted in part",
    RequestOutcome.REFUSED: "Refused",
    RequestOutcome.UPHELD: "Upheld",
    RequestOutcome.PARTLY_UPHELD: "Upheld in part",
    RequestOutcome.NOT_UPHELD: "Not upheld",
    RequestOutcome.IN_LETTER: "The outcome is in the letter",
    RequestOutcome.WITHDRAWN: "Withdrawn, or closed without an answer",
}

GRANTING = (RequestOutcome.GRANTED, RequestOutcome.PARTLY)
"""How what was asked for can be answered, but for a refusal."""
ON_COMPLAINTS = {
    RequestOutcome.UPHELD: "we uphold your complaint",
    RequestOutcome.PARTLY_UPHELD: "we uphold your complaint in part",
    RequestOutcome.NOT_UPHELD: "we do not uphold your complaint",
}
"""How a complaint can end, as its letter says it."""

"""Why a request can be refused: the exemption that the letter names. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.requests.rules.kinds import RequestKind


@dataclass(frozen=True, slots=True)
class Exemption:
    """A reason that the law knows; ``words`` are what the letter says."""

    id: str
    words: str


UNFOUNDED = Exemption("unfounded", "the request is manifestly unfounded or excessive (UK GDPR Art. 12(5))")
THIRD_PARTIES = Exemption(
    "third-parties",
    "others can be recognised who cannot reasonably be hidden, and it is not reasonable to go without their "
    "consent (DPA 2018 Sch. 2 para 16)",
)
CRIME_EXEMPTION = Exemption(
    "crime", "it would be likely to prejudice the prevention or detection of crime (DPA 2018 Sch. 2 para 2)"
)
PRIVILEGE = Exemption("privilege", "it is covered by legal professional privilege (DPA 2018 Sch. 2 para 19)")
ACCURATE = Exemption("accurate", "the record is accurate; your statement is kept beside it (UK GDPR Art. 16)")
CLAIMS = Exemption("claims", "it is needed for legal claims (UK GDPR Art. 17(3)(e))")
OBLIGATION = Exemption(
    "obligation", "we have a legal obligation, or a public task, to keep it (UK GDPR Art. 17(3)(b))"
)
NO_GROUND = Exemption("no-ground", "none of the grounds of UK GDPR Art. 17(1) applies")
NO_RESTRICTION = Exemption("no-restriction", "none of the grounds of UK GDPR Art. 18(1) applies")
COMPELLING = Exemption(
    "compelling", "there are compelling legitimate grounds that come before yours (UK GDPR Art. 21(1))"
)
CLAIMS_OBJECTION = Exemption("claims-objection", "it is needed for legal claims (UK GDPR Art. 21(1))")
NOT_PORTABLE = Exemption(
    "not-portable",
    "this right applies only to what rests on your consent or on a contract with you, and what was recorded "
    "rests on neither (UK GDPR Art. 20(1))",
)
OTHERS_RIGHTS = Exemption("others-rights", "it would harm the rights of others (UK GDPR Art. 20(4))")
NOT_SHOWN = Exemption(
    "not-shown",
    "we asked you to show who you are, or that you may act for the person, and that was not shown "
    "(UK GDPR Art. 12(2) and 12(6))",
)
"""For this nobody is refused of whom neither was asked, or who showed it."""
NOT_HELD = Exemption("not-held", "we hold nothing of what was asked for")
NOT_NECESSARY = Exemption("not-necessary", "it was not shown why the footage is necessary")
NO_FORM = Exemption("no-form", "it came without a signed form that says who asks, for what and why")
NOT_BINDING = Exemption("not-binding", "the order does not bind us")

_OF = {
    RequestKind.ACCESS: (THIRD_PARTIES, CRIME_EXEMPTION, PRIVILEGE, NOT_HELD, NOT_SHOWN, UNFOUNDED),
    RequestKind.RECTIFICATION: (ACCURATE, NOT_HELD, NOT_SHOWN, UNFOUNDED),
    RequestKind.ERASURE: (CLAIMS, OBLIGATION, NO_GROUND, NOT_HELD, NOT_SHOWN, UNFOUNDED),
    RequestKind.RESTRICTION: (NO_RESTRICTION, NOT_HELD, NOT_SHOWN, UNFOUNDED),
    RequestKind.OBJECTION: (COMPELLING, CLAIMS_OBJECTION, NOT_HELD, NOT_SHOWN, UNFOUNDED),
    RequestKind.PORTABILITY: (NOT_PORTABLE, OTHERS_RIGHTS, NOT_HELD, NOT_SHOWN, UNFOUNDED),
    RequestKind.POLICE: (NOT_NECESSARY, NO_FORM, NOT_HELD),
    RequestKind.CIVIL: (NOT_NECESSARY, NO_FORM, NOT_HELD),
    RequestKind.COURT: (NOT_BINDING, NOT_HELD),
    RequestKind.COMPLAINT: (),
}


def exemptions_of(kind: RequestKind) -> tuple[Exemption, ...]:
    """Return what a request of that kind can be refused for; a complaint has an outcome instead."""
    return _OF[kind]


def exemption_of(kind: RequestKind, name: str) -> Exemption | None:
    """Return one of them by its id."""
    return next((each for each in _OF[kind] if each.id == name), None)

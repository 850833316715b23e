"""Which lawful bases and conditions there are to choose from, by the kind of landlord. Pure.

A council, and its arm's-length body, has no legitimate interests in its public tasks (UK GDPR Art. 6(1), last
sentence), recognised or not; a housing association is no public authority for this and has no public task of
its own. Neither is a competent authority under Part 3 of the DPA 2018.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fleet.requests.rules.kinds import RequestKind


class LandlordKind(StrEnum):
    """What sort of landlord runs this fleet."""

    HOUSING_ASSOCIATION = "housing-association"
    COUNCIL = "council"


class Basis(StrEnum):
    """A lawful basis of UK GDPR Art. 6(1)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal-obligation"
    VITAL_INTERESTS = "vital-interests"
    PUBLIC_TASK = "public-task"
    RECOGNISED = "recognised-legitimate-interests"
    LEGITIMATE = "legitimate-interests"


BASES = {
    Basis.CONSENT: "Consent, Art. 6(1)(a)",
    Basis.CONTRACT: "A contract, Art. 6(1)(b)",
    Basis.LEGAL_OBLIGATION: "A legal obligation, Art. 6(1)(c)",
    Basis.VITAL_INTERESTS: "Vital interests, Art. 6(1)(d)",
    Basis.PUBLIC_TASK: "A public task, Art. 6(1)(e)",
    Basis.RECOGNISED: "Recognised legitimate interests, Art. 6(1)(ea)",
    Basis.LEGITIMATE: "Legitimate interests, Art. 6(1)(f)",
}

_EVERY = (Basis.CONSENT, Basis.CONTRACT, Basis.LEGAL_OBLIGATION, Basis.VITAL_INTERESTS)
_OF = {
    LandlordKind.HOUSING_ASSOCIATION: (*_EVERY, Basis.RECOGNISED, Basis.LEGITIMATE),
    LandlordKind.COUNCIL: (*_EVERY, Basis.PUBLIC_TASK),
}
PORTABLE = frozenset({Basis.CONSENT, Basis.CONTRACT})
"""What footage must rest on for portability to apply (Art. 20(1)(a))."""


def bases_of(landlord: LandlordKind) -> tuple[Basis, ...]:
    """Return the bases that a landlord of that kind can choose from."""
    return _OF[landlord]


@dataclass(frozen=True, slots=True)
class DisclosureCondition:
    """What permits that others are given footage.

    Attributes:
        id: a stable word for tables.
        words: what it is, with where it stands.
        basis: the basis without which it cannot be chosen; None where any serves.
    """

    id: str
    words: str
    basis: Basis | None = None


CRIME = DisclosureCondition("crime", "Prevention or detection of crime, DPA 2018 Sch. 2 para 2")
ORDERED = DisclosureCondition("ordered", "Required by law or a court order, DPA 2018 Sch. 2 para 5(2)")
PROCEEDINGS = DisclosureCondition(
    "proceedings", "Legal proceedings, claims or advice, DPA 2018 Sch. 2 para 5(3)"
)
SAFEGUARDING = DisclosureCondition(
    "safeguarding", "Safeguarding a vulnerable person, UK GDPR Annex 1", Basis.RECOGNISED
)
EMERGENCY = DisclosureCondition("emergency", "Responding to an emergency, UK GDPR Annex 1", Basis.RECOGNISED)

CONDITIONS = {each.id: each for each in (CRIME, ORDERED, PROCEEDINGS, SAFEGUARDING, EMERGENCY)}
"""Every condition by its id."""
_CONDITIONS = {
    RequestKind.POLICE: (CRIME, SAFEGUARDING, EMERGENCY),
    RequestKind.CIVIL: (PROCEEDINGS,),
    RequestKind.COURT: (ORDERED,),
}


def conditions_of(kind: RequestKind, landlord: LandlordKind) -> tuple[DisclosureCondition, ...]:
    """Return the conditions that a landlord of that kind can give footage under; none for rights."""
    bases = bases_of(landlord)
    return tuple(each for each in _CONDITIONS.get(kind, ()) if each.basis is None or each.basis in bases)

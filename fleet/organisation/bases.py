"""Which lawful bases a landlord can choose from, by its kind. Pure.

A council, and its arm's-length body, has no legitimate interests in its public tasks (UK GDPR Art. 6(1), last
sentence), recognised or not; a housing association is no public authority for this and has no public task of
its own.
"""

from __future__ import annotations

from enum import StrEnum


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


def bases_of(landlord: LandlordKind) -> tuple[Basis, ...]:
    """Return the bases that a landlord of that kind can choose from."""
    return _OF[landlord]

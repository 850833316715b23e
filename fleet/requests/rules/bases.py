"""Which conditions there are to choose from beside the lawful bases, by the kind of landlord. Pure.

No landlord is a competent authority under Part 3 of the DPA 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.organisation.bases import BASES, Basis, LandlordKind, bases_of
from fleet.requests.rules.kinds import RequestKind

__all__ = [
    "BASES",
    "CONDITIONS",
    "PORTABLE",
    "Basis",
    "DisclosureCondition",
    "LandlordKind",
    "bases_of",
    "conditions_of",
]

PORTABLE = frozenset({Basis.CONSENT, Basis.CONTRACT})
"""What footage must rest on for portability to apply (Art. 20(1)(a))."""


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

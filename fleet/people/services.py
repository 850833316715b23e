"""What the routes of people share beside what all do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends

from fleet.audit.refusing.refusals import Refusals
from fleet.core.app_key import AppKey
from fleet.core.services import Services
from fleet.people.attempts import AttemptCount
from fleet.people.factors.seal import FactorSeal
from fleet.people.provider.provider import Provider
from fleet.people.trying.anonymous import AnonymousBudget


@dataclass(frozen=True, slots=True)
class PeopleServices:
    """The services of people.

    Attributes:
        core: what every domain shares.
        attempts: counts failed attempts to sign in.
        seal: of the secrets of authenticator apps, and of what the provider gave.
        refusals: writes down who was not let in.
        provider: of identities; None where there is none.
        anonymous: gives turns to who is not signed in.
    """

    core: Services
    attempts: AttemptCount
    seal: FactorSeal
    refusals: Refusals
    provider: Provider | None = None
    anonymous: AnonymousBudget = field(default_factory=AnonymousBudget)


PEOPLE: AppKey[PeopleServices] = AppKey("people")

PeopleDep = Annotated[PeopleServices, Depends(PEOPLE)]

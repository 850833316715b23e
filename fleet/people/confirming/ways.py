"""By which ways somebody who is signed in can confirm that it is they."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.core.actor import Actor
from fleet.people.factors.held import passkeys_of
from fleet.people.factors.passkeys import relying_party
from fleet.people.models import User
from fleet.people.services import PeopleServices


@dataclass(frozen=True, slots=True)
class ConfirmingWays:
    """The ways of one session.

    Attributes:
        password: whether there is one here.
        passkey: whether a passkey of this account can be shown at this dashboard.
        provider: what the provider is called that they sign in through; empty for none.
        emergency: whether break-glass let them in, so that another link does.
    """

    password: bool
    passkey: bool
    provider: str
    emergency: bool


def ways_of(people: PeopleServices, actor: Actor) -> ConfirmingWays:
    """Return the ways of somebody who is signed in."""
    section, named = people.core.config.provider, relying_party(people.core.endpoints.dashboard_url)
    with people.core.readers() as session:
        user = session.get_one(User, actor.id)
        is_theirs = people.provider is not None and user.issuer == section.issuer
        return ConfirmingWays(
            password=user.issuer is None and bool(user.password),
            passkey=named is not None and bool(passkeys_of(session, actor.id)),
            provider=section.name if is_theirs else "",
            emergency=actor.by_break_glass,
        )

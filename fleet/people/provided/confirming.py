"""Confirming a session through the provider: somebody without a password here signs in there anew.

Rules:
- the provider is asked to have them sign in anew, and has to say when they did (``auth_time``): a browser
  could leave the asking out of the address, but it cannot make a time that the provider signs;
- it confirms the session that set out, of the person who is signed in there, and opens none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.people.confirming.confirming import REFUSED, counted, keep_confirmed
from fleet.people.models import User
from fleet.people.provided.sign_in import begin, taken
from fleet.people.provider.claims import signed_in_at
from fleet.people.provider.errors import ProviderError
from fleet.people.provider.tokens import LEEWAY_S
from fleet.people.provider.trip import Trip
from fleet.people.secrets import digest
from fleet.people.services import PeopleServices


def set_out(people: PeopleServices, secret: str) -> tuple[str, Trip]:
    """Return where to send the browser, and what it keeps meanwhile; ``secret`` is the session's.

    Raises:
        ProblemError: 404 without a provider; 503 where it does not answer.
    """
    return begin(people, "/", confirms=digest(secret).hex())


def come_back(
    people: PeopleServices, actor: Actor | None, secret: str, trip: Trip, answer: Mapping[str, str]
) -> None:
    """Confirm the session that set out.

    Args:
        people: the services of people.
        actor: who is signed in; None for nobody any more.
        secret: the session's.
        trip: what the browser kept.
        answer: what the provider put into the address.

    Raises:
        ProblemError: 401 what came does not hold; 403 somebody else, or not anew; 410 too late, answered
            before, or of another session; 429 after too many failures; 503 the provider does not answer.
    """
    if actor is None or trip.confirms != digest(secret).hex():
        raise ProblemError(
            410, "sign_in_over", "This was begun when somebody else was signed in; begin again."
        )
    with counted(people, actor):
        try:
            claims, _ = taken(people, trip, answer)
        except ProviderError as error:
            people.refusals.write(actor, REFUSED, actor.id, detail={"why": "provider"})
            raise ProblemError(error.status, "provider_refused", str(error)) from error
        with people.core.sessions.begin() as session:
            why = _why_not(session.get_one(User, actor.id), claims, trip, people.core.config.provider.name)
            if why is None:
                keep_confirmed(session, actor, secret, by="provider")
            else:
                people.refusals.add(session, actor, REFUSED, actor.id, detail={"why": "provider"})
        if why is not None:
            raise ProblemError(403, "not_confirmed", why)


def _why_not(user: User, claims: Mapping[str, Any], trip: Trip, provider: str) -> str | None:
    """Say why an answer does not show that its person is there now; None where it does."""
    if (claims.get("iss"), claims.get("sub")) != (user.issuer, user.subject):
        return f"Somebody else signed in with {provider} than is signed in here."
    told = signed_in_at(claims)
    if told is None:
        return f"{provider} does not say when you signed in; an administrator has to have it send auth_time."
    if told.timestamp() < trip.begun - LEEWAY_S:
        return f"You were signed in with {provider} already, and it did not ask again; sign in there anew."
    return None

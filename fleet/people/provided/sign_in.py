"""Signing in through the provider: there with a question of this fleet's own, and back with its answer.

Rules:
- an answer is taken in the browser that asked, in time, from the provider that was asked, and once;
- what fails is said in one sentence, is in the audit log, and is counted by address, or by the browser where
  that is known, as wrong passwords are;
- whose second factor counts is configured; where it is ours, it is asked for as after a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from sqlalchemy import delete

from fleet.core.actor import ANONYMOUS, Actor
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.people.admission import HalfWay, SignedIn, admit, begin_session
from fleet.people.attempts import too_many
from fleet.people.confirming.rules import NEVER
from fleet.people.factors.models import AnsweredQuestion
from fleet.people.factors.rules import SecondKind
from fleet.people.known.browsers import is_new, where_counted
from fleet.people.models import User
from fleet.people.provided.accounts import account_of
from fleet.people.provider.claims import shows_second, signed_in_at
from fleet.people.provider.errors import ProviderError
from fleet.people.provider.provider import Provider
from fleet.people.provider.sign_ins import keep_sign_in
from fleet.people.provider.trip import Trip, new_trip
from fleet.people.secrets import digest, same
from fleet.people.services import PeopleServices
from fleet.people.sessions import origin_of

BACK = "/sign-in/provider/back"
_OVER = "This sign-in is not waited for in this browser, or not any more; begin again."


def begin(people: PeopleServices, target: str, *, confirms: str = "") -> tuple[str, Trip]:
    """Return where to send the browser, and what it keeps meanwhile.

    With ``confirms``, the digest of a session in hex, it is sent to confirm that.

    Raises:
        ProblemError: 404 without a provider; 503 where it does not answer.
    """
    provider, services = provider_of(people), people.core
    trip = new_trip(services.random, target, services.clock(), confirms=confirms)
    try:
        return provider.address(trip, redirect=back_to(people)), trip
    except ProviderError as error:
        raise ProblemError(503, "provider_silent", str(error)) from error


def finish(
    people: PeopleServices, request: Request, trip: Trip | None, answer: Mapping[str, str]
) -> SignedIn | HalfWay:
    """Let somebody in whom the provider sent back, or ask for their second factor.

    Args:
        people: the services of people.
        request: the browser's.
        trip: what it kept; None where it has none that is good.
        answer: what the provider put into the address.

    Raises:
        ProblemError: 401 what came does not hold; 403 no role, or retired; 409 the name is taken; 410 too
            late, or answered before; 429 after too many failures; 503 the provider does not answer.
    """
    services = people.core
    keys, moment = (where_counted(people, request),), services.clock()
    wait = people.attempts.begin(keys, moment)
    if wait is not None:
        detail = {"code": "too_many_attempts"}
        people.refusals.write(_somebody(request), "people:session:refuse", "", detail=detail)
        raise too_many(wait)
    try:
        claims, tokens = taken(people, trip, answer)
        found = _let_in(people, request, claims, tokens)
    except ProviderError as error:
        raise _refused(people, request, error) from error
    if isinstance(found, ProblemError):
        raise found
    people.attempts.give_back(keys, moment)
    return found


def taken(
    people: PeopleServices, trip: Trip | None, answer: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the provider's answer says of who came back, and its tokens.

    Raises:
        ProblemError: 410 too late, or answered before.
        ProviderError: it does not hold, or the provider does not answer.
    """
    provider = provider_of(people)
    trip = _checked(people, provider, trip, answer)
    tokens = provider.exchange(answer.get("code", ""), trip.verifier, redirect=back_to(people))
    return provider.id_claims(tokens, trip.nonce, people.core.clock()), tokens


def provider_of(people: PeopleServices) -> Provider:
    """Return the provider.

    Raises:
        ProblemError: 404 where there is none.
    """
    if people.provider is None:
        raise ProblemError(404, "no_provider", "This fleet has no provider of identities to sign in through.")
    return people.provider


def back_to(people: PeopleServices) -> str:
    """Return the address that the provider sends people back to."""
    return f"{people.core.endpoints.dashboard_url}{BACK}"


def _checked(
    people: PeopleServices, provider: Provider, trip: Trip | None, answer: Mapping[str, str]
) -> Trip:
    """Return the way that an answer belongs to, which is worthless from now on."""
    if trip is None or not same(answer.get("state", ""), trip.state):
        raise ProblemError(410, "sign_in_over", _OVER)
    provider.check_answer(answer)
    mark = digest(trip.state)
    with people.core.sessions.begin() as session:
        session.execute(delete(AnsweredQuestion).where(AnsweredQuestion.expires <= now(session)))
        if session.get(AnsweredQuestion, mark, with_for_update=True) is not None:
            raise ProblemError(410, "sign_in_over", _OVER)
        session.add(AnsweredQuestion(mark=mark, expires=datetime.fromtimestamp(trip.expires, UTC)))
    return trip


def _let_in(
    people: PeopleServices, request: Request, claims: Mapping[str, Any], tokens: Mapping[str, Any]
) -> SignedIn | HalfWay | ProblemError:
    services = people.core
    with services.sessions.begin() as session:
        user = account_of(session, services, claims)
        if not isinstance(user, User):
            detail = {"why": user.code}
            people.refusals.add(session, _somebody(request), "people:session:refuse", "", detail=detail)
            return user
        sid, refresh = claims.get("sid"), tokens.get("refresh_token")
        keep_sign_in(
            session,
            services,
            user,
            sid=sid if isinstance(sid, str) else None,
            refresh=people.seal.close(refresh, user.id) if isinstance(refresh, str) else None,
        )
        origin, told = origin_of(request), signed_in_at(claims) or NEVER
        new = is_new(people, session, request, user)
        if shows_second(services.config.provider, claims):
            kind = SecondKind.PROVIDER
            return begin_session(session, services, user, origin, kind, is_new=new, confirmed=told)
        return admit(session, services, user, origin, is_new=new, confirmed=told)


def _somebody(request: Request) -> Actor:
    return ANONYMOUS.at(origin_of(request).address)


def _refused(people: PeopleServices, request: Request, error: ProviderError) -> ProblemError:
    people.refusals.write(_somebody(request), "people:session:refuse", "", detail={"why": "provider"})
    return ProblemError(error.status, "provider_refused", str(error))

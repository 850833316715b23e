"""Showing again who one is, in a session that goes on: by the password, or by a passkey of one's own.

Rules:
- what is wrong is counted by person, as in signing in, and is in the audit log: not by address, for who
  shares one with somebody that guesses, as behind one router, is signed in already;
- so is what was right, with how it was shown;
- an account of a provider of identities has no password: ``fleet.people.provided.confirming``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.people.attempts import too_many
from fleet.people.factors.held import passkeys_of
from fleet.people.factors.models import Passkey
from fleet.people.factors.passkeys import check_shown, credential_id, sign_in_options
from fleet.people.factors.steps import begin_step, end_step, find_step, set_challenge, take_challenge
from fleet.people.models import User, UserSession
from fleet.people.passwords import Asker, password_matches
from fleet.people.secrets import digest
from fleet.people.services import PeopleServices

REFUSED = "people:confirmation:refuse"


def confirm_by_password(people: PeopleServices, actor: Actor, secret: str, *, password: str) -> None:
    """Take the password of somebody who is signed in.

    Args:
        people: the services of people.
        actor: who is signed in.
        secret: the session's, which is confirmed by it.
        password: as typed.

    Raises:
        ProblemError: 403 it is wrong, or there is none; 429 after too many wrong ones.
    """
    with counted(people, actor):
        with people.core.readers() as session:
            kept = session.get_one(User, actor.id).password
        if not password_matches(kept, password, asker=Asker.SIGNED_IN):
            people.refusals.write(actor, REFUSED, actor.id, detail={"why": "password"})
            raise ProblemError(403, "password_wrong", "That is not your password; type it again.")
    with people.core.sessions.begin() as session:
        keep_confirmed(session, actor, secret, by="password")


def passkey_asked(people: PeopleServices, actor: Actor, secret: str) -> dict[str, Any]:
    """Return what a browser needs to show a passkey of this account.

    Raises:
        ProblemError: 409 where the account has none, or the dashboard has no name.
    """
    services = people.core
    with services.sessions.begin() as session:
        known = passkeys_of(session, actor.id)
        if not known:
            raise ProblemError(409, "no_passkey", "This account has no passkey.")
        begin_step(session, services, user=actor.id, secret=secret)
        step = find_step(session, secret)
        challenge = b"" if step is None else set_challenge(session, services, step)
        return sign_in_options(services.endpoints.dashboard_url, challenge=challenge, known=known)


def confirm_by_passkey(people: PeopleServices, actor: Actor, secret: str, *, answer: dict[str, Any]) -> None:
    """Take a passkey of somebody who is signed in.

    Args:
        people: the services of people.
        actor: who is signed in.
        secret: the session's, which is confirmed by it.
        answer: what the browser says (``PublicKeyCredential.toJSON``).

    Raises:
        ProblemError: 403 it does not hold; 429 after too many that did not.
    """
    with counted(people, actor):
        with people.core.sessions.begin() as session:
            is_right = _holds(session, people, actor, secret, answer)
            if is_right:
                keep_confirmed(session, actor, secret, by="passkey")
            else:
                people.refusals.add(session, actor, REFUSED, actor.id, detail={"why": "passkey"})
        if not is_right:
            raise ProblemError(403, "passkey_refused", "That passkey is not yours, or came late; try again.")


def keep_confirmed(session: Session, actor: Actor, secret: str, *, by: str) -> None:
    """Note that it was shown just now whose session this is; ``by`` says how, for the audit log."""
    this = UserSession.digest == digest(secret)
    session.execute(update(UserSession).where(this).values(confirmed=now(session)))
    record(session, actor, "people:session:confirm", actor.id, detail={"by": by})


@contextmanager
def counted(people: PeopleServices, actor: Actor) -> Iterator[None]:
    """Count an attempt by person; what succeeds, or nobody could judge, is given back.

    Raises:
        ProblemError: 429 after too many failures.
    """
    attempts, moment = people.attempts, people.core.clock()
    keys = (f"own {actor.id}",)
    wait = attempts.begin(keys, moment)
    if wait is not None:
        people.refusals.write(actor, REFUSED, actor.id, detail={"code": "too_many_attempts"})
        raise too_many(wait)
    try:
        yield
    except ProblemError as problem:
        if problem.status >= 500:  # noqa: PLR2004 - HTTP's: nobody's password was wrong
            attempts.give_back(keys, moment)
        raise
    except BaseException:
        attempts.give_back(keys, moment)
        raise
    attempts.give_back(keys, moment)
    attempts.forgive(keys[0])


def _holds(
    session: Session, people: PeopleServices, actor: Actor, secret: str, answer: dict[str, Any]
) -> bool:
    """Say whether a passkey of this account was shown; its challenge is worthless from then on."""
    step = find_step(session, secret, lock=True)
    challenge = None if step is None or step.user_id != actor.id else take_challenge(step)
    if step is None or challenge is None:
        return False
    end_step(session, step)
    query = select(Passkey).where(Passkey.credential == credential_id(answer), Passkey.user_id == actor.id)
    key = session.scalars(query.with_for_update()).one_or_none()
    shown = None if key is None else check_shown(people.core.endpoints.dashboard_url, answer, challenge, key)
    if key is None or shown is None:
        return False
    key.count, key.used = shown.new_sign_count, now(session)
    return True

"""The second half of signing in: a code, or a passkey, which can be all of it.

Rules:
- what is wrong is counted: per half-way sign-in, per user, and per address as wrong passwords are;
- a passkey stands for password and second factor together, since it verifies its owner itself;
- each refusal leaves its entry in the audit log, and opens its own transaction for it.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.actor import ANONYMOUS, Actor
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.people.admission import SignedIn, begin_session
from fleet.people.attempts import too_many
from fleet.people.factors.held import passkeys_of, take_code, was_used
from fleet.people.factors.models import FactorStep, Passkey
from fleet.people.factors.passkeys import check_shown, credential_id, sign_in_options
from fleet.people.factors.questions import Question, answer_question, new_question, open_question
from fleet.people.factors.rules import SecondKind
from fleet.people.factors.steps import (
    count_wrong,
    end_step,
    find_step,
    set_challenge,
    take_challenge,
)
from fleet.people.known.browsers import browser_of_user, is_new, where_counted
from fleet.people.models import User
from fleet.people.notices.noting import note
from fleet.people.notices.rules import NoticeKind
from fleet.people.services import PeopleServices
from fleet.people.sessions import origin_of

_OVER = "This sign-in is over; sign in again."
_WRONG = "That code is not right, or was used already; wait for the next one and type that."


def sign_in_with_code(people: PeopleServices, request: Request, *, secret: str, code: str) -> SignedIn:
    """Finish a sign-in with a code of the app or a recovery code.

    Args:
        people: the services of people.
        request: the browser's.
        secret: of the half-way sign-in.
        code: as typed.

    Raises:
        ProblemError: 401 a wrong code; 403 the account is retired; 410 the sign-in is over; 429 after too
            many wrong ones.
    """
    services, moment = people.core, people.core.clock()
    with services.readers() as session:
        user = _step(session, secret).user_id
    own = browser_of_user(people, request, user)
    keys = (
        (f"second {user}", f"address {origin_of(request).address}")
        if own is None
        else (f"second {own.key}",)  # who guesses elsewhere keeps nobody out of it
    )
    wait = people.attempts.begin(keys, moment)
    if wait is not None:
        raise too_many(wait)
    with services.sessions.begin() as session:
        step = _step(session, secret, lock=True)
        kind = take_code(session, people.seal, user, code)
        signed = None
        if kind is not None:
            end_step(session, step)
            signed = _let_in(session, people, request, user, kind)
        else:
            count_wrong(session, step)
            _refuse_code(session, people, request, user, code)
    if signed is None:
        raise ProblemError(401, "code_wrong", _WRONG)
    people.attempts.give_back(keys, moment)
    people.attempts.forgive(keys[0])
    return _forgiven(people, signed)


def passkey_question(people: PeopleServices, request: Request, *, secret: str) -> tuple[str, dict[str, Any]]:
    """Return what a browser needs to show a passkey, and the secret of the step that waits for it.

    Args:
        people: the services of people.
        request: the browser's.
        secret: of a half-way sign-in; empty, or one that is over, for who begins with a passkey.

    Raises:
        ProblemError: 409 where the dashboard has no name; 429 after too many failures.
    """
    services = people.core
    wait = people.attempts.wait(where_counted(people, request), services.clock())
    if wait is not None:
        raise too_many(wait)
    with services.readers() as session:
        is_half_way = bool(secret) and find_step(session, secret) is not None
    if not is_half_way:
        carried, challenge = new_question(people.seal, services.random, services.clock())
        return carried, sign_in_options(services.endpoints.dashboard_url, challenge=challenge, known=())
    with services.sessions.begin() as session:
        step = _step(session, secret, lock=True)
        known = passkeys_of(session, step.user_id)
        challenge = set_challenge(session, services, step)
        return secret, sign_in_options(services.endpoints.dashboard_url, challenge=challenge, known=known)


def sign_in_with_passkey(
    people: PeopleServices, request: Request, *, secret: str, answer: dict[str, Any]
) -> SignedIn:
    """Finish a sign-in with a passkey.

    Args:
        people: the services of people.
        request: the browser's.
        secret: what ``passkey_question`` returned.
        answer: what the browser says (``PublicKeyCredential.toJSON``).

    Raises:
        ProblemError: 401 a passkey that does not hold; 403 the account is retired; 410 the sign-in is over;
            429 after too many wrong ones.
    """
    services, keys = people.core, (where_counted(people, request),)
    moment = services.clock()
    wait = people.attempts.begin(keys, moment)
    if wait is not None:
        raise too_many(wait)
    with services.sessions.begin() as session:
        step = _asked(session, people, secret)
        key = _shown(session, people, step, answer)
        signed = None
        if key is not None:
            _answered(session, step)
            signed = _let_in(session, people, request, key.user_id, SecondKind.PASSKEY)
        else:
            _count_wrong(session, step)
            refused = step.user_id or ""
            people.refusals.add(
                session, _somebody(request), "people:session:refuse", refused, detail={"why": "passkey"}
            )
    if signed is None:
        raise ProblemError(401, "passkey_refused", "This passkey opens no account here; sign in otherwise.")
    people.attempts.give_back(keys, moment)
    return _forgiven(people, signed)


def _refuse_code(session: Session, people: PeopleServices, request: Request, user: str, code: str) -> None:
    """Write a code down that was refused, and tell its owner of one that had been used already."""
    again = was_used(session, people.seal, user, code)
    if again:
        note(session, people.core.random, NoticeKind.CODE_AGAIN, user, origin_of(request))
    detail = {"why": "second used again" if again else "second"}
    people.refusals.add(session, _somebody(request), "people:session:refuse", user, detail=detail)


def _somebody(request: Request) -> Actor:
    return ANONYMOUS.at(origin_of(request).address)


def _step(session: Session, secret: str, *, lock: bool = False) -> FactorStep:
    step = find_step(session, secret, lock=lock) if secret else None
    if step is None:
        raise ProblemError(410, "sign_in_over", _OVER)
    return step


def _asked(session: Session, people: PeopleServices, secret: str) -> FactorStep | Question:
    """Return what waits for a passkey: a sign-in that is half-way, or a question to a stranger."""
    step = find_step(session, secret, lock=True) if secret else None
    asked = open_question(session, people.seal, secret) if step is None else step
    if asked is None:
        raise ProblemError(410, "sign_in_over", _OVER)
    return asked


def _answered(session: Session, asked: FactorStep | Question) -> None:
    if isinstance(asked, FactorStep):
        end_step(session, asked)
    else:
        answer_question(session, asked)


def _count_wrong(session: Session, asked: FactorStep | Question) -> None:
    if isinstance(asked, FactorStep):
        count_wrong(session, asked)


def _shown(
    session: Session, people: PeopleServices, asked: FactorStep | Question, answer: dict[str, Any]
) -> Passkey | None:
    """Return the passkey that was shown, with its counter moved on; None when it does not hold."""
    challenge = take_challenge(asked) if isinstance(asked, FactorStep) else asked.challenge
    query = select(Passkey).where(Passkey.credential == credential_id(answer)).with_for_update()
    key = session.scalars(query).one_or_none()
    if challenge is None or key is None or asked.user_id not in {None, key.user_id}:
        return None
    if asked.user_id is None and session.get_one(User, key.user_id).issuer is not None:
        return None  # it stands for our second factor alone: whether they are still there the provider knows
    shown = check_shown(people.core.endpoints.dashboard_url, answer, challenge, key)
    if shown is None:
        return None
    key.count, key.used = shown.new_sign_count, now(session)
    return key


def _let_in(
    session: Session, people: PeopleServices, request: Request, user: str, kind: SecondKind
) -> SignedIn:
    row = session.get(User, user)
    if row is None or row.is_out:
        raise ProblemError(403, "user_retired", "This account is retired and cannot sign in.")
    new = is_new(people, session, request, row)
    return begin_session(session, people.core, row, origin_of(request), kind, is_new=new)


def _forgiven(people: PeopleServices, signed: SignedIn) -> SignedIn:
    """Forget what went wrong under the name of somebody who is in; in a transaction of its own."""
    people.attempts.forgive(f"name {signed.actor.name.lower()}")
    return signed

"""What somebody does with their own second factors, and an administrator with those of somebody else.

Rules:
- each change asks for the password: a browser that somebody left open is not enough;
- a first key signs out everybody else who is in by the password alone;
- recovery codes come with the first key, and are shown once;
- the last key of somebody who has to have one stays (``fleet.people.factors.rules``).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.live import ACCESS
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services
from fleet.people.accounts.own import check_own_password
from fleet.people.accounts.users import end_sessions, get_user
from fleet.people.attempts import too_many
from fleet.people.factors.app_codes import new_app_secret, step_of
from fleet.people.factors.held import factors_of, forget_factors, passkeys_of
from fleet.people.factors.models import AuthenticatorApp, Passkey, RecoveryCode
from fleet.people.factors.passkeys import check_new, registration_options
from fleet.people.factors.recovery import code_digest, new_codes
from fleet.people.factors.rules import Factors, HowSure, SecondKind, may_lose_a_key
from fleet.people.factors.steps import begin_step, end_step, find_step, set_challenge, take_challenge
from fleet.people.limits.break_glass import spare_footage
from fleet.people.models import User, UserSession
from fleet.people.notices.noting import note, note_own
from fleet.people.notices.rules import NoticeKind
from fleet.people.secrets import digest, new_id
from fleet.people.services import PeopleServices

MOST_PASSKEYS = 10


def begin_app(people: PeopleServices, actor: Actor, *, password: str) -> None:
    """Make a secret for an authenticator app; codes of it are taken once one has confirmed it.

    Raises:
        ProblemError: as ``check_own_password``.
    """
    check_own_password(people, actor, password)
    secret = people.seal.close(new_app_secret(people.core.random), actor.id)
    with people.core.sessions.begin() as session:
        get_user(session, actor.id, lock=True)
        app = session.get(AuthenticatorApp, actor.id)
        if app is None:
            app = AuthenticatorApp(user_id=actor.id, secret=None, confirmed=None, step=0, used=None)
            session.add(app)
        app.waiting = secret


def waiting_app_secret(people: PeopleServices, session: Session, actor: Actor) -> str | None:
    """Return the secret that waits for its first code; None where none does."""
    app = session.get(AuthenticatorApp, actor.id)
    return None if app is None or app.waiting is None else people.seal.open(app.waiting, actor.id)


def confirm_app(people: PeopleServices, actor: Actor, secret: str, *, code: str) -> tuple[str, ...]:
    """Take the first code of a new app, from when on it counts.

    Args:
        people: the services of people.
        actor: who is signed in.
        secret: the session's.
        code: as typed.

    Returns:
        New recovery codes where there were none; else nothing.

    Raises:
        ProblemError: 403 a code that is not right; 409 where no app waits; 429 after too many wrong ones.
    """
    services, keys = people.core, (f"own {actor.id}",)
    moment = services.clock()
    wait = people.attempts.begin(keys, moment)
    if wait is not None:
        raise too_many(wait)
    with services.sessions.begin() as session:
        user = get_user(session, actor.id, lock=True)
        waiting, app = waiting_app_secret(people, session, actor), session.get(AuthenticatorApp, actor.id)
        if waiting is None or app is None:
            raise ProblemError(409, "no_app", "Begin again: no authenticator app waits for its first code.")
        step = step_of(waiting, code, moment, 0)
        if step is None:
            detail = (
                "That is not the code of this moment; see that your phone's clock is right, and try again."
            )
            raise ProblemError(403, "code_wrong", detail)
        before = factors_of(session, user.id)
        app.secret, app.waiting, app.confirmed, app.step = app.waiting, None, moment, step
        record(session, actor, "people:second:app", user.id)
        note_own(session, services.random, NoticeKind.APP, actor, secret)
        added = _added(session, people, user, secret, SecondKind.APP, before, actor)
    people.attempts.give_back(keys, moment)
    return added


def begin_passkey(people: PeopleServices, actor: Actor, secret: str, *, password: str) -> dict[str, Any]:
    """Return what a browser needs to make a passkey for this account.

    Raises:
        ProblemError: as ``check_own_password``; 409 where the dashboard has no name, or there are ten.
    """
    check_own_password(people, actor, password)
    services = people.core
    with services.sessions.begin() as session:
        known = passkeys_of(session, actor.id)
        if len(known) >= MOST_PASSKEYS:
            raise ProblemError(409, "passkeys_many", "You have ten passkeys; remove one that you do not use.")
        begin_step(session, services, user=actor.id, secret=secret)
        step = find_step(session, secret)
        challenge = b"" if step is None else set_challenge(session, services, step)
        return registration_options(
            services.endpoints.dashboard_url,
            user=actor.id,
            name=actor.name,
            challenge=challenge,
            known=known,
        )


def add_passkey(
    people: PeopleServices, actor: Actor, secret: str, *, name: str, answer: dict[str, Any]
) -> tuple[str, ...]:
    """Keep the passkey that a browser made.

    Returns:
        New recovery codes where there were none; else nothing.

    Raises:
        ProblemError: 410 when it took too long; 409 when it is kept already; 422 when it does not hold.
    """
    services = people.core
    with services.sessions.begin() as session:
        user = get_user(session, actor.id, lock=True)
        step = find_step(session, secret, lock=True)
        challenge = None if step is None or step.user_id != actor.id else take_challenge(step)
        if step is None or challenge is None:
            raise ProblemError(410, "passkey_late", "No new passkey is waited for any more; begin again.")
        made = check_new(services.endpoints.dashboard_url, answer, challenge)
        end_step(session, step)
        before = factors_of(session, user.id)
        key = Passkey(
            id=new_id(services.random),
            user_id=user.id,
            credential=made.credential_id,
            public_key=made.credential_public_key,
            count=made.sign_count,
            name=name,
            created=now(session),
            used=None,
        )
        if _is_known(session, made.credential_id):
            raise ProblemError(409, "passkey_known", "This passkey is kept already.")
        session.add(key)
        record(session, actor, "people:second:passkey", user.id, detail={"passkey": key.id, "name": name})
        note_own(session, services.random, NoticeKind.PASSKEY, actor, secret, name=name)
        return _added(session, people, user, secret, SecondKind.PASSKEY, before, actor)


def remove_app(people: PeopleServices, actor: Actor, secret: str, *, password: str) -> None:
    """Take no more codes of the authenticator app.

    Raises:
        ProblemError: as ``check_own_password``; 404 where there is none; 409 where it is the last key.
    """
    check_own_password(people, actor, password)
    with people.core.sessions.begin() as session:
        user = get_user(session, actor.id, lock=True)
        if not factors_of(session, user.id).app:
            raise not_found("authenticator app of this account")
        _keep_one_key(session, people, user)
        session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user.id))
        record(session, actor, "people:second:app-remove", user.id)
        note_own(session, people.core.random, NoticeKind.APP_REMOVED, actor, secret)


def remove_passkey(people: PeopleServices, actor: Actor, secret: str, *, key: str, password: str) -> None:
    """Take a passkey no more.

    Raises:
        ProblemError: as ``check_own_password``; 404 where it is none of theirs; 409 where it is the last key.
    """
    check_own_password(people, actor, password)
    with people.core.sessions.begin() as session:
        user = get_user(session, actor.id, lock=True)
        row = session.get(Passkey, key)
        if row is None or row.user_id != user.id:
            raise not_found(f"passkey {key} of this account")
        _keep_one_key(session, people, user)
        session.delete(row)
        record(session, actor, "people:second:passkey-remove", user.id, detail={"passkey": row.id})
        kind = NoticeKind.PASSKEY_REMOVED
        note_own(session, people.core.random, kind, actor, secret, name=row.name)


def renew_codes(people: PeopleServices, actor: Actor, secret: str, *, password: str) -> tuple[str, ...]:
    """Make recovery codes in place of those that there are, and return them.

    Raises:
        ProblemError: as ``check_own_password``; 409 without a key: codes alone are no second factor.
    """
    check_own_password(people, actor, password)
    with people.core.sessions.begin() as session:
        user = get_user(session, actor.id, lock=True)
        if not factors_of(session, user.id).any:
            raise ProblemError(409, "no_key", "Add a passkey or an authenticator app first.")
        note_own(session, people.core.random, NoticeKind.CODES, actor, secret)
        return _new_codes(session, people, user, actor)


def reset_factors(
    session: Session, services: Services, *, user: str, sure: HowSure | None, by: Actor
) -> Factors:
    """Take all second factors of somebody away who has lost them, and sign them out; return what they had.

    ``sure`` is how it was made sure that it is they who ask; None where that was not said.

    Raises:
        ProblemError: 404 for nobody; 409 for one's own account; 403 within break-glass for who may watch
            footage; 422 where it was not said how it was made sure.
    """
    row = get_user(session, user, lock=True)
    spare_footage(by, row.roles)
    if by.id == row.id:
        raise ProblemError(409, "own_account", "That is your own account; have somebody else do it.")
    if sure is None:
        unsure = "Say how you made sure that it is they who ask: go back, and choose one."
        raise ProblemError(422, "sure_missing", unsure)
    had = forget_factors(session, row.id)
    end_sessions(session, row)
    detail: dict[str, str | int] = {"passkeys": had.passkeys, "app": had.app, "codes": had.codes}
    record(session, by, "people:second:reset", row.id, detail={**detail, "made sure": str(sure)})
    note(session, services.random, NoticeKind.RESET, row.id, by=by.name, how=str(sure))
    return had


def _added(
    session: Session,
    people: PeopleServices,
    user: User,
    secret: str,
    kind: SecondKind,
    before: Factors,
    actor: Actor,
) -> tuple[str, ...]:
    """After a new key: this session has shown it, others have not; codes where there are none."""
    this = UserSession.digest == digest(secret)
    session.execute(update(UserSession).where(this).values(second=str(kind)))
    if not before.any:
        end_sessions(session, user, but=digest(secret))
    announce(session, ACCESS, user.id)
    return () if before.codes else _new_codes(session, people, user, actor)


def _new_codes(session: Session, people: PeopleServices, user: User, actor: Actor) -> tuple[str, ...]:
    codes = new_codes(people.core.random)
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.add_all(
        RecoveryCode(
            id=new_id(people.core.random),
            user_id=user.id,
            digest=code_digest(code),
            created=now(session),
            used=None,
        )
        for code in codes
    )
    record(session, actor, "people:second:codes", user.id)
    return codes


def _keep_one_key(session: Session, people: PeopleServices, user: User) -> None:
    policy = people.core.config.people.second_factor
    if not may_lose_a_key(policy, user.roles, factors_of(session, user.id)):
        detail = "Your roles need a second factor, and this is the last; add another, then remove this one."
        raise ProblemError(409, "last_key", detail)


def _is_known(session: Session, credential: bytes) -> bool:
    return session.query(Passkey.id).filter(Passkey.credential == credential).first() is not None

"""Users: their roles, whether they can sign in, and where they are signed in; in the caller's transaction.

Rules:
- a user is never deleted: what they did stays theirs in the audit log;
- what they may do from now on is looked at anew on every request and on every open page;
- who retires, or may manage users no more, is out with the links that they made as well, and who retires is
  signed out at once, everywhere;
- a session that has been idle for too long is none, as for whoever shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session, joinedload

from fleet.audit.log import record
from fleet.core.actor import Actor, Role
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.live import ACCESS, USER
from fleet.core.natural import natural_key
from fleet.core.one_time import AHEAD
from fleet.core.problems import ProblemError, not_found
from fleet.people.accounts.rules import AccountFacts, leaves_nobody
from fleet.people.limits.break_glass import spare_footage
from fleet.people.models import AccessLink, User, UserSession
from fleet.people.permissions import Permission, may


def list_users(session: Session) -> Sequence[User]:
    """Return everybody who has an account, retired or not, by name as people count."""
    query = select(User).options(joinedload(User.officer))
    return sorted(session.scalars(query), key=lambda user: natural_key(user.name))


def get_user(session: Session, user: str, *, lock: bool = False) -> User:
    """Return a user; with ``lock`` nobody else changes them until this transaction ends.

    Raises:
        ProblemError: 404 for nobody.
    """
    row = session.get(User, user, with_for_update={"of": User} if lock else None)
    if row is None:
        raise not_found(f"user {user}")
    return row


def names_of(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Return the names of users by their ids; nothing of an id that is nobody's."""
    return {each.id: each.name for each in session.scalars(select(User).where(User.id.in_(ids)))}


def set_roles(
    session: Session, *, user: str, roles: frozenset[Role], by: Actor, seen: Collection[str] | None = None
) -> User:
    """Let somebody do other things than before; the same again changes nothing.

    Args:
        session: the transaction.
        user: whose roles.
        roles: what they are to be.
        by: who changes them.
        seen: the roles that whoever changes them saw; None for a program, which saw no page.

    Raises:
        ProblemError: 404 for nobody; 409 when nobody could manage users any more, the provider decides, or
            they were changed since ``seen``; 422 without a role; 403 within break-glass for a role that opens
            footage.
    """
    if not roles:
        raise ProblemError(
            422, "roles_missing", "Choose at least one role; who should do nothing any more is retired."
        )
    take_turn(session, Turn.USERS)
    row = get_user(session, user, lock=True)
    here_alone(row)
    if seen is not None and row.roles not in {frozenset(seen), roles}:
        raise ProblemError(
            409,
            "roles_changed_since",
            "Somebody changed these roles after the page was shown, so nothing was changed. Look at what "
            "they are now, above, and choose again.",
        )
    if row.roles != roles:
        keep_one_manager(session, AccountFacts(row.id, roles, active=not row.is_out))
        spare_footage(by, roles - row.roles)
        before, row.roles = row.roles, roles
        if not may(roles, Permission.MANAGE_PEOPLE):
            withdraw_links(session, row)
        detail = {"before": " ".join(sorted(before)), "roles": " ".join(sorted(roles))}
        record(session, by, "people:user:roles", row.id, detail=detail)
        _announce(session, row)
    return row


def retire_user(session: Session, *, user: str, by: Actor) -> User:
    """Have somebody sign in no more, and sign them out everywhere; twice is once.

    Raises:
        ProblemError: 404 for nobody; 409 for one's own account, or the last who can manage users.
    """
    take_turn(session, Turn.USERS)
    row = get_user(session, user, lock=True)
    if row.retired is None:
        if by.id == row.id:
            raise ProblemError(409, "own_account", "That is your own account; have somebody else do it.")
        keep_one_manager(session, AccountFacts(row.id, row.roles, active=False))
        row.retired = now(session)
        withdraw_links(session, row)
        end_sessions(session, row)
        record(session, by, "people:user:retire", row.id)
        _announce(session, row)
    return row


def bring_back_user(session: Session, *, user: str, by: Actor) -> User:
    """Let somebody who is retired sign in again, with the password and roles that they had; twice is once.

    Raises:
        ProblemError: 404 for nobody; 403 within break-glass for who may watch footage.
    """
    row = get_user(session, user, lock=True)
    if row.retired is not None:
        spare_footage(by, row.roles)
        row.retired = None
        record(session, by, "people:user:bring-back", row.id)
        _announce(session, row)
    return row


def list_sessions(session: Session, user: str, *, idle: timedelta) -> Sequence[UserSession]:
    """Return where somebody is signed in, the latest use first; a program is signed in nowhere.

    Args:
        session: the caller's.
        user: whose.
        idle: after how long without a request a session ends by itself.
    """
    row = session.get(User, user)
    if row is None or row.is_out:
        return ()
    moment = now(session)
    query = select(UserSession).where(
        *(UserSession.user_id == user, UserSession.expires > moment, UserSession.seen > moment - idle),
        *(UserSession.created <= moment + AHEAD, UserSession.seen <= moment + AHEAD),
    )
    return session.scalars(query.order_by(UserSession.seen.desc(), UserSession.id)).all()


def sign_out_everywhere(session: Session, *, user: str, by: Actor, but: bytes | None = None) -> int:
    """End the sessions of a user, but for the one whose secret has this digest; return how many.

    Raises:
        ProblemError: 404 for nobody.
    """
    row = get_user(session, user, lock=True)
    ended = end_sessions(session, row, but=but)
    if ended:
        record(session, by, "people:session:end-all", row.id, detail={"sessions": ended})
    return ended


def end_session_of(session: Session, *, user: str, ended: str, by: Actor) -> None:
    """End one session of a user, by its id.

    Raises:
        ProblemError: 404 for nobody, and where they have no such session.
    """
    row = get_user(session, user, lock=True)
    this = delete(UserSession).where(UserSession.id == ended, UserSession.user_id == row.id)
    if session.scalars(this.returning(UserSession.id)).first() is None:
        raise not_found("such session: it may have ended already")
    announce(session, ACCESS, row.id)
    record(session, by, "people:session:end-one", row.id, detail={"session": ended})


def end_sessions(session: Session, user: User, *, but: bytes | None = None) -> int:
    """End the sessions of a user without an entry in the audit log; return how many."""
    query = delete(UserSession).where(UserSession.user_id == user.id)
    if but is not None:
        query = query.where(UserSession.digest != but)
    ended = session.scalars(query.returning(UserSession.id)).all()
    announce(session, ACCESS, user.id)
    return len(ended)


def keep_one_manager(session: Session, changed: AccountFacts) -> None:
    """Refuse a change after which nobody could manage users; the caller holds the turn of users.

    Raises:
        ProblemError: 409.
    """
    if leaves_nobody((facts_of(each) for each in list_users(session)), changed):
        detail = "Nobody else can manage users; make somebody else an administrator first."
        raise ProblemError(409, "last_administrator", detail)


def withdraw_links(session: Session, user: User) -> None:
    """Make the links worthless that somebody made, and those for a new password of theirs.

    Whoever may manage users no more could else come back by one of them.
    """
    theirs = or_(AccessLink.created_by == user.name, AccessLink.user_id == user.id)
    open_links = update(AccessLink).where(AccessLink.used.is_(None), theirs)
    session.execute(open_links.values(used=now(session), withdrawn=True))


def facts_of(user: User) -> AccountFacts:
    """Return what the rules look at of a row: who needs the provider to sign in may be out tomorrow."""
    return AccountFacts(user.id, user.roles, active=not user.is_out and user.issuer is None)


def here_alone(user: User) -> None:
    """Refuse what is decided where somebody's provider is.

    Raises:
        ProblemError: 409 for an account of the provider.
    """
    if user.issuer is not None:
        detail = f"{user.name} signs in through the provider, which decides their roles and password."
        raise ProblemError(409, "of_provider", detail)


def _announce(session: Session, user: User) -> None:
    announce(session, USER, user.id)
    announce(session, ACCESS, user.id)

"""One-time links by which somebody gets an account, or a new password.

Rules:
- a link is shown once, to whoever made it, and is kept as a digest; it is good once and for a time;
- an invitation names the account and its roles; whoever opens it chooses the password alone;
- a new link of either kind makes the earlier ones for the same account worthless;
- with a new password all sessions of that account end: whoever knew the old one is out.

Inside the caller's transaction, but for ``use_link``, which is what a stranger with a link calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.live import USER
from fleet.core.one_time import AHEAD, CodeState, code_state
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services
from fleet.people.accounts.users import end_sessions, get_user, here_alone
from fleet.people.limits.break_glass import spare_footage
from fleet.people.models import AccessLink, User
from fleet.people.notices.noting import note
from fleet.people.notices.rules import NoticeKind
from fleet.people.passwords import check_password_rules, hash_password
from fleet.people.secrets import digest, new_id, new_secret
from fleet.people.sessions import NOWHERE, Origin


def invite(session: Session, services: Services, *, name: str, roles: frozenset[Role], by: Actor) -> str:
    """Make an invitation and return its URL; it cannot be shown again.

    Args:
        session: the caller's; it commits.
        services: the fleet's.
        name: what they will sign in with.
        roles: what they will be allowed to do.
        by: who invites.

    Raises:
        ProblemError: 409 when somebody is called that already; 422 without a role; 403 within break-glass
            for a role that opens footage.
    """
    _refuse_empty(roles)
    spare_footage(by, roles)
    refuse_taken(session, name)
    _withdraw(session, AccessLink.user_id.is_(None), func.lower(AccessLink.name) == func.lower(name))
    link, url = _new_link(session, services, name=name, roles=roles, user=None, by=by)
    detail = {"name": name, "roles": " ".join(sorted(roles))}
    record(session, by, "people:invitation:create", link.id, detail=detail)
    announce(session, USER, link.id)
    return url


def new_password_link(session: Session, services: Services, *, user: str, by: Actor) -> str:
    """Make a link by which somebody who forgot the password chooses another, and return its URL.

    Raises:
        ProblemError: 404 for nobody; 409 for who cannot sign in; 403 within break-glass for who may watch
            footage.
    """
    row = get_user(session, user, lock=True)
    spare_footage(by, row.roles)
    here_alone(row)
    if row.retired is not None or row.has_left:
        raise ProblemError(409, "user_retired", f"{row.name} is retired and cannot sign in.")
    _withdraw(session, AccessLink.user_id == row.id)
    link, url = _new_link(session, services, name=row.name, roles=row.roles, user=row, by=by)
    record(session, by, "people:password-link:create", row.id, detail={"link": link.id})
    announce(session, USER, row.id)
    return url


def withdraw_invitation(session: Session, *, link: str, by: Actor) -> None:
    """Make an invitation worthless; twice is once.

    Raises:
        ProblemError: 404 when there is no such invitation; 409 when it was used already.
    """
    row = session.get(AccessLink, link, with_for_update=True)
    if row is None or row.user_id is not None:
        raise not_found(f"invitation {link}")
    if row.used is not None and not row.withdrawn:
        raise ProblemError(409, "link_used", f"{row.name} has used that invitation already.")
    if row.used is None:
        row.used, row.withdrawn = now(session), True
        record(session, by, "people:invitation:withdraw", row.id, detail={"name": row.name})
        announce(session, USER, row.id)


def open_invitations(session: Session) -> Sequence[AccessLink]:
    """Return the invitations that nobody used yet and that are still good, the oldest first."""
    moment = now(session)
    query = select(AccessLink).where(
        *(AccessLink.user_id.is_(None), AccessLink.used.is_(None), AccessLink.expires > moment),
        AccessLink.created <= moment + AHEAD,  # a clock that was ahead made none that is good
    )
    return session.scalars(query.order_by(AccessLink.created, AccessLink.id)).all()


def check_link(session: Session, secret: str) -> AccessLink:
    """Return the link of this secret when it is good.

    Raises:
        ProblemError: 404 unknown; 410 expired, used or withdrawn; the sentence says what to do.
    """
    found = session.scalars(select(AccessLink).where(AccessLink.digest == digest(secret))).one_or_none()
    if found is None:
        raise ProblemError(404, "link_unknown", "This link is not known; check that it is whole.")
    if found.withdrawn:
        detail = "This link was replaced or withdrawn; ask an administrator for another."
        raise ProblemError(410, "link_withdrawn", detail)
    match code_state(made=found.created, expires=found.expires, used=found.used, now=now(session)):
        case CodeState.GOOD:
            return found
        case CodeState.EXPIRED:
            raise ProblemError(
                410, "link_expired", "This link has expired; ask an administrator for another."
            )
        case CodeState.USED:
            raise ProblemError(410, "link_used", "This link was used already; sign in instead.")


def use_link(services: Services, *, secret: str, password: str, origin: Origin = NOWHERE) -> str:
    """Make the account that a link invites to, or give an account its new password; return its id.

    ``origin`` is where whoever has the link is, for the log and for whose account it is.

    Raises:
        ProblemError: as ``check_link``; 422 for a password that is too short or tried first; 409 when the
            name was taken meanwhile, or the account retired.
    """
    with services.readers() as session:
        known = _known_of(session, check_link(session, secret))  # before a password is hashed: 64 MiB
    check_password_rules(password, shortest=services.config.people.password_length, known=known)
    kept = hash_password(password)
    with services.sessions.begin() as session:
        take_turn(session, Turn.USERS)
        found = check_link(session, secret)
        found.used = now(session)
        if found.user_id is None:
            return _join(session, services, found, kept, origin.address)
        return _renew(session, services, found, kept, origin)


def _known_of(session: Session, link: AccessLink) -> tuple[str, ...]:
    """What whoever tries knows of the account that a link is for."""
    user = None if link.user_id is None else session.get(User, link.user_id)
    return (link.name if user is None else user.name,)


def refuse_taken(session: Session, name: str) -> None:
    """Refuse a name that somebody signs in with already, retired or not.

    Raises:
        ProblemError: 409.
    """
    # Lowered by the database alone: SQLite's lower() leaves letters beyond ASCII as they are.
    if session.scalars(select(User.id).where(func.lower(User.name) == func.lower(name))).first() is not None:
        raise ProblemError(
            409, "name_taken", f"There is a user named {name} already; add something to tell them apart."
        )


def _join(session: Session, services: Services, link: AccessLink, kept: str, address: str) -> str:
    refuse_taken(session, link.name)
    user = User(
        id=new_id(services.random),
        name=link.name,
        password=kept,
        roles=link.roles,
        created=now(session),
        retired=None,
    )
    session.add(user)
    session.flush()
    by = Actor(ActorKind.USER, user.id, user.name, user.roles, address=address)
    detail = {"invitation": link.id, "name": user.name, "roles": " ".join(sorted(user.roles))}
    record(session, by, "people:user:create", user.id, detail=detail)
    announce(session, USER, user.id)
    return user.id


def _renew(session: Session, services: Services, link: AccessLink, kept: str, origin: Origin) -> str:
    user = get_user(session, link.user_id or "", lock=True)
    if user.retired is not None or user.has_left:
        raise ProblemError(409, "user_retired", f"{user.name} is retired and cannot sign in.")
    user.password = kept
    end_sessions(session, user)
    by = Actor(ActorKind.USER, user.id, user.name, user.roles, address=origin.address)
    record(session, by, "people:password:renew", user.id, detail={"link": link.id})
    note(session, services.random, NoticeKind.PASSWORD_LINK, user.id, origin)
    return user.id


def _new_link(
    session: Session, services: Services, *, name: str, roles: frozenset[Role], user: User | None, by: Actor
) -> tuple[AccessLink, str]:
    secret, moment = new_secret(services.random), now(session)
    row = AccessLink(
        id=new_id(services.random),
        digest=digest(secret),
        name=name,
        roles=roles,
        user_id=None if user is None else user.id,
        created=moment,
        created_by=by.name or str(by.kind),
        expires=moment + timedelta(hours=services.config.people.invitation_hours),
        used=None,
        withdrawn=False,
    )
    session.add(row)
    session.flush()
    return row, f"{services.endpoints.dashboard_url}/join/{secret}"


def _withdraw(session: Session, *which: object) -> None:
    earlier = update(AccessLink).where(AccessLink.used.is_(None), *which)  # type: ignore[arg-type]  # conditions
    session.execute(earlier.values(used=now(session), withdrawn=True))


def _refuse_empty(roles: frozenset[Role]) -> None:
    if not roles:
        raise ProblemError(422, "roles_missing", "Choose at least one role.")

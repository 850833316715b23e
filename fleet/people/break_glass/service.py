"""Giving, using and ending break-glass, in the caller's transaction (``fleet.people.limits.break_glass``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.live import ACCESS
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services
from fleet.people.admission import SignedIn
from fleet.people.limits.break_glass import LONGEST_REASON, MOST_HOURS, ROLES
from fleet.people.models import BreakGlass, User, UserSession
from fleet.people.secrets import csrf_token, digest, new_id, new_secret
from fleet.people.sessions import Origin, start_session

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Given:
    """A break-glass that was given.

    Attributes:
        url: the link that lets somebody in once; it cannot be shown again.
        name: to whom.
        link_until: until when the link is good.
        ends: when it ends by itself.
    """

    url: str
    name: str
    link_until: datetime
    ends: datetime


def give(
    session: Session, services: Services, *, name: str, new: bool, reason: str, hours: int, by: Actor
) -> Given:
    """Give somebody administrator rights for some hours; what they had of it before ends.

    Args:
        session: the caller's; it commits.
        services: the fleet's.
        name: of a user, or of one to be made.
        new: whether to make a user of that name, who can do nothing else and has no password.
        reason: why.
        hours: for how long.
        by: whoever can run commands on the host.

    Raises:
        ProblemError: 404 where there is no such user; 409 where there is one but should not, where they are
            retired, or where nobody was set up yet; 422 for a reason, name or time that cannot be used.
    """
    why = _typed(reason, LONGEST_REASON, "reason")
    if not 1 <= hours <= MOST_HOURS:
        raise ProblemError(422, "hours_wrong", f"Break-glass lasts from 1 to {MOST_HOURS} hours.")
    take_turn(session, Turn.USERS)
    user = _user(session, services, _typed(name, LONGEST_NAME, "name"), new=new, by=by)
    for earlier in _lasting(session, user.id):
        _end(session, earlier, by)
    secret, moment = new_secret(services.random), now(session)
    row = BreakGlass(
        id=new_id(services.random),
        digest=digest(secret),
        user_id=user.id,
        reason=why,
        begun=moment,
        ends=moment + timedelta(hours=hours),
        used=None,
        ended=None,
    )
    session.add(row)
    session.flush()
    detail: dict[str, str | int] = {"break-glass": row.id, "name": user.name, "hours": hours}
    record(session, by, "people:break-glass:give", user.id, why, detail=detail)
    url = f"{services.endpoints.dashboard_url}/break-glass/in/{secret}"
    return Given(url, user.name, row.span.link_until, row.ends)


def check_link(session: Session, secret: str, *, lock: bool = False) -> BreakGlass:
    """Return the break-glass of a link that is good.

    Raises:
        ProblemError: 404 unknown; 410 used or over; 403 the account is retired.
    """
    query = select(BreakGlass).where(BreakGlass.digest == digest(secret))
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise ProblemError(404, "link_unknown", "This link is not known; check that it is whole.")
    if row.used is not None:
        raise ProblemError(410, "link_used", "This link was used already; each lets somebody in once.")
    if not row.span.lasts(now(session)):
        raise ProblemError(410, "link_expired", "This link is good no more; have another made on the host.")
    if row.user.is_out:
        raise ProblemError(403, "user_retired", f"{row.user.name} is retired and cannot sign in.")
    return row


def use_link(services: Services, secret: str, origin: Origin) -> SignedIn:
    """Let somebody in by their link, once.

    Raises:
        ProblemError: as ``check_link``.
    """
    with services.sessions.begin() as session:
        row = check_link(session, secret, lock=True)
        row.used, user = now(session), row.user
        cookie = start_session(session, services, user, origin, glass=row)
        csrf = csrf_token(cookie)
        actor = Actor(ActorKind.USER, user.id, user.name, ROLES, csrf, by_break_glass=True)
        actor = actor.at(origin.address)
        record(session, actor, "people:break-glass:use", user.id, row.reason, detail={"break-glass": row.id})
        return SignedIn(cookie, csrf, actor)


def end(session: Session, *, which: str, by: Actor) -> BreakGlass:
    """End one, and sign out whom it let in; twice is once.

    Raises:
        ProblemError: 404 where there is no such break-glass.
    """
    row = session.get(BreakGlass, which, with_for_update=True)
    if row is None:
        raise not_found(f"break-glass {which}")
    if row.span.lasts(now(session)):
        _end(session, row, by)
    return row


def end_all(session: Session, *, by: Actor) -> int:
    """End all that last; return how many."""
    rows = _lasting(session)
    for row in rows:
        _end(session, row, by)
    return len(rows)


def _user(session: Session, services: Services, name: str, *, new: bool, by: Actor) -> User:
    if session.scalars(select(User.id).limit(1)).first() is None:
        detail = "Nobody has an account yet; make the first with: lapel-fleet setup-link --state FOLDER."
        raise ProblemError(409, "not_set_up", detail)
    # Lowered by the database alone: SQLite's lower() leaves letters beyond ASCII as they are.
    same = select(User).where(func.lower(User.name) == func.lower(name))
    found = session.scalars(same.with_for_update(of=User)).one_or_none()
    if found is None and not new:
        detail = f"There is no user named {name}; with --new one is made, and lapel-fleet user list has all."
        raise ProblemError(404, "user_unknown", detail)
    if found is None:
        return _made(session, services, name, by)
    if new:
        raise ProblemError(409, "name_taken", f"There is a user named {found.name} already; leave out --new.")
    if found.is_out:
        raise ProblemError(409, "user_retired", f"{found.name} is retired; name somebody else.")
    return found


def _made(session: Session, services: Services, name: str, by: Actor) -> User:
    user = User(
        id=new_id(services.random),
        name=name,
        password="",
        roles=frozenset(),
        created=now(session),
        retired=None,
    )
    session.add(user)
    session.flush()
    record(session, by, "people:user:create", user.id, detail={"name": name, "roles": ""})
    return user


def _lasting(session: Session, user: str | None = None) -> Sequence[BreakGlass]:
    moment = now(session)
    query = select(BreakGlass).where(BreakGlass.ends > moment, BreakGlass.ended.is_(None))
    if user is not None:
        query = query.where(BreakGlass.user_id == user)
    rows = session.scalars(query.order_by(BreakGlass.id).with_for_update())
    return [each for each in rows if each.span.lasts(moment)]


def _end(session: Session, row: BreakGlass, by: Actor) -> None:
    row.ended, row.ended_by = now(session), by.name or str(by.kind)
    session.execute(delete(UserSession).where(UserSession.break_glass_id == row.id))
    announce(session, ACCESS, row.user_id)
    record(session, by, "people:break-glass:end", row.user_id, detail={"break-glass": row.id})


def _typed(text: str, longest: int, what: str) -> str:
    clean = " ".join(text.split())
    if not clean or len(clean) > longest or not clean.isprintable():
        raise ProblemError(422, f"{what}_wrong", f"Give a {what} of 1 to {longest} characters.")
    return clean

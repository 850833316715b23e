"""Signing in and out, and setting up the first user.

Both the JSON routes and the pages call these; each opens its own transaction, so that a refused attempt
leaves its audit entry although the request fails.
"""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from fleet.audit.log import record
from fleet.core.actor import ANONYMOUS, FLEET, Actor, Role
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.live import ACCESS
from fleet.core.one_time import CodeState, code_state
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.people.admission import HalfWay, SignedIn, admit, begin_session
from fleet.people.attempts import too_many
from fleet.people.known.browsers import browser_of, is_new, own_browser
from fleet.people.models import SetupLink, User
from fleet.people.passwords import Asker, check_password_rules, hash_password, password_matches
from fleet.people.secrets import digest, new_id, new_secret
from fleet.people.services import PeopleServices
from fleet.people.sessions import NOWHERE, Origin, end_session, origin_of

FIRST_ROLES = frozenset({Role.ADMINISTRATOR, Role.CCTV_MANAGER})
"""What the first user may do: set the fleet up, and see that what it records plays."""

_LONGEST_NAME = 100
"""What is counted and logged of a name that somebody typed; no user's is longer."""


def sign_in(people: PeopleServices, request: Request, *, name: str, password: str) -> SignedIn | HalfWay:
    """Check name and password, and start a session or ask for the second factor.

    Raises:
        ProblemError: 401 wrong, with the same sentence whichever it was; 403 the account is of an officer
            who is retired; 429 after too many failures: of this name, or from this address, but for who
            signed in before with this browser, whose failures are counted by it alone.
    """
    services, attempts, origin = people.core, people.attempts, origin_of(request)
    somebody = ANONYMOUS.at(origin.address)
    own = own_browser(people, request, name)
    strangers = (f"name {name[:_LONGEST_NAME].lower()}", f"address {origin.address}")
    keys = strangers if own is None else (own.key,)
    moment = services.clock()
    wait = attempts.begin(keys, moment)
    if wait is not None:
        detail = {"code": "too_many_attempts"}
        people.refusals.write(somebody, "people:session:refuse", name, detail=detail)
        raise too_many(wait)
    try:
        asker = Asker.ANYBODY if browser_of(people, request) is None else Asker.KNOWN
        user = _user_of(services, name, password, asker)
    except BaseException:  # such as a database that does not answer: nobody's password was wrong
        attempts.give_back(keys, moment)
        raise
    if user is None:
        people.refusals.write(somebody, "people:session:refuse", name)
        raise ProblemError(401, "sign_in_refused", "Name or password is wrong.")
    attempts.give_back(keys, moment)
    attempts.forgive(keys[0])
    if user.is_out:
        people.refusals.write(somebody, "people:session:refuse", user.id, detail={"why": "retired"})
        raise ProblemError(403, "user_retired", f"{user.name} is retired and cannot sign in.")
    with services.sessions.begin() as session:
        new = is_new(people, session, request, user)
        return admit(session, services, user, origin, is_new=new)


def sign_out(services: Services, actor: Actor, secret: str) -> bool:
    """End the session of this cookie, and what is open by it.

    Returns:
        Whether its person signs in through the provider, where this browser may be signed in still.
    """
    with services.sessions.begin() as session:
        end_session(session, secret)
        announce(session, ACCESS, actor.id)
        record(session, actor, "people:session:end", actor.id)
        user = session.get(User, actor.id)
        return user is not None and user.issuer is not None


def _user_of(services: Services, name: str, password: str, asker: Asker) -> User | None:
    """Return the user of this name and password, None when either is wrong."""
    with services.readers() as session:
        # Lowered by the database alone: SQLite's lower() leaves letters beyond ASCII as they are.
        same = select(User).where(func.lower(User.name) == func.lower(name)).options(joinedload(User.officer))
        user = session.scalars(same).one_or_none()
    return user if password_matches(user.password if user else None, password, asker=asker) else None


def create_setup_link(session: Session, services: Services, *, by: Actor = FLEET) -> str:
    """Make a one-time set-up link and return its URL.

    Raises:
        ProblemError: 409 when a user exists already.
    """
    if has_users(session):
        raise ProblemError(409, "already_set_up", "This fleet is set up already; sign in instead.")
    secret, moment = new_secret(services.random), now(session)
    row = SetupLink(
        id=new_id(services.random),
        digest=digest(secret),
        created=moment,
        expires=moment + timedelta(hours=services.config.people.setup_link_hours),
        used=None,
    )
    session.add(row)
    record(session, by, "people:setup-link:create", row.id)
    return f"{services.endpoints.dashboard_url}/setup/{secret}"


def check_setup_link(session: Session, link: str) -> SetupLink:
    """Return the set-up link of this secret when it is good.

    Raises:
        ProblemError: 404 unknown, 410 expired or used; the sentence says how to make another.
    """
    found = session.scalars(select(SetupLink).where(SetupLink.digest == digest(link))).one_or_none()
    if found is None:
        raise ProblemError(
            404, "setup_link_unknown", "This set-up link is not known; check that it is whole."
        )
    match code_state(made=found.created, expires=found.expires, used=found.used, now=now(session)):
        case CodeState.GOOD:
            return found
        case CodeState.EXPIRED:
            detail = "This set-up link has expired; make another with: lapel-fleet setup-link --state FOLDER."
            raise ProblemError(410, "setup_link_expired", detail)
        case CodeState.USED:
            raise ProblemError(410, "setup_link_used", "This set-up link was used already; sign in instead.")


def set_up(
    services: Services,
    *,
    link: str,
    name: str,
    password: str,
    roles: frozenset[Role] = FIRST_ROLES,
    origin: Origin = NOWHERE,
) -> SignedIn:
    """Make the first user with a set-up link, and sign in.

    Args:
        services: the fleet's.
        link: the link's secret.
        name: what they will sign in with.
        password: as they chose it.
        roles: what they want to be able to do; they can manage users whatever they chose.
        origin: where they are.

    Raises:
        ProblemError: as ``check_setup_link``; 409 when a user exists already; 422 for a password that is too
            short or tried first.
    """
    with services.readers() as session:
        _check_set_up(session, link)  # before a password is hashed, which takes 64 MiB of whoever asks
    check_password_rules(password, shortest=services.config.people.password_length, known=(name,))
    kept = hash_password(password)
    with services.sessions.begin() as session:
        take_turn(session, Turn.SET_UP)
        found = _check_set_up(session, link)
        found.used = now(session)
        user = User(
            id=new_id(services.random),
            name=name,
            password=kept,
            roles=roles | {Role.ADMINISTRATOR},
            created=now(session),
            retired=None,
        )
        session.add(user)
        session.flush()
        detail = {"name": name, "roles": " ".join(sorted(user.roles))}
        record(session, FLEET.at(origin.address), "people:user:create", user.id, detail=detail)
        return begin_session(session, services, user, origin, is_new=False)  # nobody else could be told


def _check_set_up(session: Session, link: str) -> SetupLink:
    found = check_setup_link(session, link)
    if has_users(session):
        raise ProblemError(409, "already_set_up", "This fleet is set up already; sign in instead.")
    return found


def has_users(session: Session) -> bool:
    """Say whether anybody can sign in yet."""
    return session.scalar(select(func.count()).select_from(User)) != 0

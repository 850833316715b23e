"""What somebody does with their own account: another password, and an end to their other sessions."""

from __future__ import annotations

from datetime import datetime, timedelta

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind
from fleet.core.problems import ProblemError
from fleet.people.accounts.users import end_sessions, get_user, here_alone
from fleet.people.attempts import too_many
from fleet.people.notices.noting import note_own
from fleet.people.notices.rules import NoticeKind
from fleet.people.passwords import Asker, check_password_rules, hash_password, password_matches
from fleet.people.provider.sign_ins import last_sign_in
from fleet.people.secrets import digest
from fleet.people.services import PeopleServices

SHOWN_LATELY = timedelta(minutes=10)


def change_password(people: PeopleServices, actor: Actor, secret: str, *, old: str, new: str) -> int:
    """Give one's own account another password, and end its other sessions; return how many those were.

    Args:
        people: the services of people.
        actor: who is signed in.
        secret: the session's, which goes on.
        old: the password of today: a browser that somebody left open is not enough.
        new: the one from now on.

    Raises:
        ProblemError: 403 when the old one is wrong; 422 when the new one is too short, or the same; 429 after
            too many wrong ones.
    """
    services = people.core
    with services.readers() as session:
        user = get_user(session, actor.id)
        here_alone(user)
        name = user.name
    check_password_rules(new, shortest=services.config.people.password_length, known=(name,))
    if old == new:
        raise ProblemError(422, "password_same", "That is the password of today; choose another.")
    kept = check_own_password(people, actor, old)
    changed = hash_password(new, asker=Asker.SIGNED_IN)
    with services.sessions.begin() as session:
        user = get_user(session, actor.id, lock=True)
        if user.password != kept:
            raise ProblemError(409, "password_changed", "The password was changed meanwhile; try again.")
        user.password = changed
        ended = end_sessions(session, user, but=digest(secret))
        record(session, actor, "people:password:change", user.id, detail={"sessions": ended})
        note_own(session, services.random, NoticeKind.PASSWORD, actor, secret)
    return ended


def check_own_password(people: PeopleServices, actor: Actor, password: str) -> str:
    """Check that it is the owner who asks; return what is kept of the password.

    Raises:
        ProblemError: 403 when it is wrong; 429 after too many wrong ones.
    """
    services, attempts, key = people.core, people.attempts, f"own {actor.id}"
    wait = attempts.begin((key,), services.clock())
    if wait is not None:
        raise too_many(wait)
    with services.readers() as session:
        row = get_user(session, actor.id)
        kept, by_provider = row.password, row.issuer is not None
        shown = last_sign_in(session, actor.id) if by_provider else None
    if by_provider:
        _check_shown(people, shown)
    elif not password_matches(kept, password, asker=Asker.SIGNED_IN):
        with services.sessions.begin() as session:
            people.refusals.add(session, actor, "people:password:refuse", actor.id)
        raise ProblemError(403, "password_wrong", "The password of today is not that; type it again.")
    attempts.forgive(key)
    return kept


def _check_shown(people: PeopleServices, shown: datetime | None) -> None:
    """Take a sign-in through the provider a moment ago for the password that such an account has not.

    Raises:
        ProblemError: 403 where it was longer ago.
    """
    if shown is None or people.core.clock() - shown >= SHOWN_LATELY:
        name = people.core.config.provider.name
        detail = f"Sign out, sign in with {name} again, and do this within ten minutes."
        raise ProblemError(403, "sign_in_again", detail)


def by_hand(actor: Actor) -> None:
    """Refuse programs: they have no account.

    Raises:
        ProblemError: 403.
    """
    if actor.kind is not ActorKind.USER:
        raise ProblemError(403, "people_only", "A program has no account of its own; it has a token.")

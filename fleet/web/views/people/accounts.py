"""Users, sessions, invitations and tokens as pages show them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.core.one_time import is_ahead
from fleet.core.sections.provider import ProviderSection
from fleet.people.accounts.rules import too_much_for_one
from fleet.people.models import AccessLink, ApiToken, User, UserSession
from fleet.people.tokens import is_token_good
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import Moment, moment
from fleet.web.views.people.roles import role_list
from fleet.web.views.people.way import SignInWay, WayIn, back_words, reset_words, roles_words, way_of
from fleet.web.views.tile import initials

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class UserView:
    """A user: what they may do, and whether they can sign in, in words.

    Attributes:
        warning: why one person should not have all these roles; empty where nothing speaks against it.
        officer: which officer they are, in a sentence.
        way: how they sign in.
        roles_from: where their roles are from, where a provider decides them; empty elsewhere.
        back: what bringing them back does.
        reset: what taking their second factor away does.
        held: their roles, as forms send them.
    """

    id: str
    name: str
    initials: str
    roles: str
    note: str
    is_retired: bool
    is_own: bool
    warning: str
    officer: str
    way: SignInWay
    roles_from: str
    back: str
    reset: str
    held: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionView:
    """Where somebody is signed in."""

    id: str
    words: str
    address: str
    began: Moment
    seen: Moment
    is_this: bool


@dataclass(frozen=True, slots=True)
class InvitationView:
    """Somebody who was invited and has not come yet."""

    id: str
    name: str
    roles: str
    by: str
    until: Moment


@dataclass(frozen=True, slots=True)
class TokenView:
    """A program's token."""

    id: str
    name: str
    roles: str
    note: str
    is_good: bool


def account(user: User, now: datetime, section: ProviderSection, *, me: str) -> UserView:
    """Show one user to the user whose id is ``me``, where the provider is set up as ``section`` has it."""
    way = way_of(user, section)
    if user.retired is not None:
        note = f"Retired since {moment(user.retired, now).text}: cannot sign in."
    elif user.has_left:
        note = "Cannot sign in: the officer whose account it is is retired."
    elif way.way is WayIn.GONE:
        note = "Cannot sign in: the provider that they came through is set up here no more."
    else:
        note = f"Has an account since {moment(user.created, now).text}."
    warning = "" if user.is_out else too_much_for_one(user.roles)
    return UserView(
        user.id,
        user.name,
        initials(user.name),
        role_list(user.roles) or "No role",
        note,
        user.retired is not None,
        user.id == me,
        warning,
        _officer_words(user),
        way,
        roles_words(way) if way.by_provider else "",
        back_words(way, has_left=user.has_left),
        reset_words(way),
        tuple(sorted(str(each) for each in user.roles)),
    )


def session_views(sessions: Iterable[UserSession], now: datetime, *, this: bytes) -> tuple[SessionView, ...]:
    """Show sessions; ``this`` is the digest of the secret of the one that asks."""
    return tuple(
        SessionView(
            each.id,
            browser_words(each.agent or "") + (", by break-glass" if each.break_glass_id else ""),
            each.address or "an address that was not kept",
            moment(each.created, now),
            moment(each.seen, now),
            each.digest == this,
        )
        for each in sessions
    )


def invitation_views(links: Sequence[AccessLink], now: datetime) -> tuple[InvitationView, ...]:
    """Show invitations that are open."""
    return tuple(
        InvitationView(each.id, each.name, role_list(each.roles), each.created_by, moment(each.expires, now))
        for each in links
    )


def token_views(tokens: Sequence[ApiToken], now: datetime) -> tuple[TokenView, ...]:
    """Show tokens, those that are good first."""
    shown = [
        TokenView(each.id, each.name, role_list(each.roles), token_note(each, now), is_token_good(each, now))
        for each in tokens
    ]
    return tuple(sorted(shown, key=lambda each: not each.is_good))


def token_note(token: ApiToken, now: datetime) -> str:
    """Say how long a token is good, and when it was shown last, which earlier versions did not keep."""
    used = "no use of it is known" if token.seen is None else f"last used {moment(token.seen, now).text}"
    if token.revoked is not None:
        return f"Revoked {moment(token.revoked, now).text}; {used}."
    if token.expires is None:
        return f"Good until it is revoked; {used}."
    if is_ahead(token.created, now):
        return f"Made by a clock that was ahead, and good no more: make another; {used}."
    verb = "Good until" if now < token.expires else "Expired"
    return f"{verb} {moment(token.expires, now).text}; {used}."


def browser_words(agent: str) -> str:
    """Say in a word or two what browser it calls itself, as "Firefox on Windows"."""
    browser = next((word for mark, word in _BROWSERS if mark in agent), "")
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "A browser that does not say what it is"


def _officer_words(user: User) -> str:
    if user.officer is None:
        return "Not joined to an officer."
    return f"Is the officer {isolated(user.officer.name)}{', who is retired' if user.has_left else ''}."

"""Second factors as pages show them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import segno

from fleet.core.actor import Role
from fleet.core.config import SecondFactorPolicy
from fleet.people.factors.app_codes import app_address
from fleet.people.factors.models import Passkey
from fleet.people.factors.rules import Factors, is_needed, may_lose_a_key
from fleet.web.views.moments import Moment, count, moment
from fleet.web.views.people.way import SignInWay, WayIn, alone_words

_GROUP = 4
_SCALE = 4
_FEW = 3


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey: what its owner calls it, since when, and when it was used last."""

    id: str
    name: str
    added: Moment
    used: Moment | None


@dataclass(frozen=True, slots=True)
class FactorsView:
    """What somebody has.

    Attributes:
        passkeys: theirs.
        has_app: whether codes of an app are taken.
        has_key: whether signing in needs more than the password.
        codes: recovery codes left, in words.
        may_remove: whether a key may go.
        next_step: what is missing, in a sentence; empty where nothing is.
        is_urgent: whether nothing else can be done before that.
    """

    passkeys: tuple[PasskeyView, ...]
    has_app: bool
    has_key: bool
    codes: str
    may_remove: bool
    next_step: str
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class AppToScan:
    """A new app's secret, as a picture and as letters to type."""

    picture: str
    letters: str


def factors_view(
    factors: Factors,
    keys: Sequence[Passkey],
    now: datetime,
    *,
    policy: SecondFactorPolicy,
    roles: frozenset[Role],
) -> FactorsView:
    """Show what somebody has, and what they should add."""
    return FactorsView(
        tuple(
            PasskeyView(
                each.id,
                each.name,
                moment(each.created, now),
                None if each.used is None else moment(each.used, now),
            )
            for each in keys
        ),
        has_app=factors.app,
        has_key=factors.any,
        codes=_codes(factors.codes),
        may_remove=may_lose_a_key(policy, roles, factors),
        next_step=_next_step(factors, needed=is_needed(policy, roles)),
        is_urgent=is_needed(policy, roles) and not factors.any,
    )


def own_factors_sentence(factors: Factors, way: SignInWay) -> str:
    """Say to somebody what they have."""
    return factors_sentence(factors, way, who="You")


def factors_sentence(factors: Factors, way: SignInWay, who: str = "They") -> str:
    """Say in a sentence what somebody has who signs in by ``way``."""
    if not factors.any or way.way is WayIn.GONE:
        return alone_words(way, who)
    held = f" ({count(factors.passkeys, 'passkey')})" if factors.passkeys > 1 else ""
    if way.way is WayIn.PROVIDER:
        ways = ["a passkey"] if factors.passkeys else []
        ways += ["a code of the authenticator app"] if factors.app else []
        unless = f", unless {way.name} asked for a second factor" if way.asks_itself else ""
        shown = f"{who} sign in through {way.name}, and show {' or '.join(ways)}{held} here{unless}"
        return f"{shown}; {_codes(factors.codes)}."
    ways = ["a passkey"] if factors.passkeys else []
    ways += ["the password and a code of the authenticator app"] if factors.app and way.has_password else []
    if not ways:
        return alone_words(way, who)
    return f"{who} sign in by {', or '.join(ways)}{held}; {_codes(factors.codes)}."


def done_words(said: str, factors: Factors, *, removed: bool) -> str:
    """Say what was done a moment ago, as ``said`` has it, where it is so still; else nothing.

    An address that is opened again later, when it is so no more, says nothing; ``removed`` is whether one was
    removed a moment ago.
    """
    done = {
        "app": "Codes of the app are taken from now on." if factors.app else "",
        "passkey": "The passkey is kept, and is taken from now on." if factors.passkeys else "",
        "removed": "One was removed; what you have now stands below." if removed else "",
    }
    return done.get(said, "")


def app_to_scan(secret: str, name: str) -> AppToScan:
    """Show a new app's secret."""
    picture = segno.make(app_address(secret, name), error="m").svg_data_uri(
        scale=_SCALE, border=4, light="#fff"
    )
    letters = " ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP))
    return AppToScan(picture, letters)


def _codes(left: int) -> str:
    return f"{count(left, 'recovery code')} left"


def _next_step(factors: Factors, *, needed: bool) -> str:
    if not factors.any:
        return (
            "Your roles need a second factor. Set one up to go on: an authenticator app, or a passkey."
            if needed
            else ""
        )
    if not factors.enough:
        return "If you lose your only key you cannot sign in: make recovery codes, or add a second key."
    if 0 < factors.codes <= _FEW and factors.keys == 1:
        return f"{_codes(factors.codes).capitalize()}: make new ones before they run out."
    return ""

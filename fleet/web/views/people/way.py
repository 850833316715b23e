"""By which way somebody signs in, and what follows from it, in words. Pure.

An account of a provider of identities has no password here; nor has one that was made for break-glass.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fleet.core.sections.provider import ProviderSection
from fleet.people.models import User


class WayIn(StrEnum):
    """A way to sign in."""

    HERE = "here"
    """By a password of this fleet."""
    NOTHING = "nothing"
    PROVIDER = "provider"
    GONE = "gone"
    """Through a provider that is set up here no more."""
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class SignInWay:
    """How somebody signs in.

    Attributes:
        way: by which way.
        name: what the provider that is set up is called.
        asks_itself: whether a second factor that the provider asked for counts here.
    """

    way: WayIn
    name: str
    asks_itself: bool = False

    @property
    def has_password(self) -> bool:
        """Whether they have a password here."""
        return self.way is WayIn.HERE

    @property
    def by_provider(self) -> bool:
        """Whether they sign in through a provider, or did."""
        return self.way in {WayIn.PROVIDER, WayIn.GONE}


def way_of(user: User | None, section: ProviderSection) -> SignInWay:
    """Say how a user signs in, where the provider is set up as ``section`` has it; None is a program."""
    name, itself = section.name or "the provider of identities", section.second_factor == "provider"
    if user is None:
        return SignInWay(WayIn.PROGRAM, name, itself)
    if user.issuer is None:
        return SignInWay(WayIn.HERE if user.password else WayIn.NOTHING, name, itself)
    return SignInWay(WayIn.PROVIDER if user.issuer == section.issuer else WayIn.GONE, name, itself)


def alone_words(way: SignInWay, who: str = "They") -> str:
    """Say how somebody signs in who has no second factor here; ``who`` is "They" or "You"."""
    return {
        WayIn.HERE: f"{who} sign in by the password alone.",
        WayIn.NOTHING: f"{who} have no password: without break-glass, or a link for a password, "
        f"{who.lower()} cannot sign in.",
        WayIn.PROVIDER: f"{who} sign in through {way.name}, and show nothing besides here.",
        WayIn.GONE: f"{who} signed in through a provider that is set up here no more, and cannot sign in "
        "again.",
        WayIn.PROGRAM: "A program has no account of its own; it shows a token.",
    }[way.way]


def roles_words(way: SignInWay) -> str:
    """Say where the roles of who came through a provider are from."""
    if way.way is WayIn.GONE:
        return (
            "They came through a provider of identities that is set up here no more, and cannot sign in. "
            "These roles are of its last word."
        )
    return (
        f"They sign in through {way.name}. What it says of them decides their roles, at each sign-in and "
        "whenever it is asked."
    )


def back_words(way: SignInWay, *, has_left: bool) -> str:
    """Say what bringing a user back does; ``has_left`` is whether the officer who they are is retired."""
    if has_left:
        return "They can sign in again once the officer whose account it is is brought back as well."
    return {
        WayIn.HERE: "They can sign in again with the password and the roles that they had.",
        WayIn.NOTHING: "They have the roles that they had, and no password: make a link for one then.",
        WayIn.PROVIDER: f"They can sign in through {way.name} again, with the roles that it gives them then.",
        WayIn.GONE: "The provider that they came through is set up here no more, so that they still cannot "
        "sign in.",
    }.get(way.way, "")


def reset_words(way: SignInWay) -> str:
    """Say what taking the second factor away does."""
    then = {
        WayIn.HERE: ", sign in by the password alone, and set up another where their roles need it",
        WayIn.PROVIDER: f", sign in through {way.name} alone, and set up another where their roles need it",
    }.get(way.way, "")
    return f"They are signed out everywhere{then}."

"""Who needs a second factor, and which of them may go. Pure.

Rules (``people.second_factor``):
- *privileged*, as it is from the start: whoever may watch, export or delete footage, read the audit log or
  manage users signs in with one; *everyone*: all do; *off*: nobody has to;
- whoever has one needs it at every sign-in, whether they have to or not;
- whoever has to has two ways in: two keys, or a key and recovery codes. A key is a passkey or an
  authenticator app. So the last key stays, until another has taken its place;
- who lacks one and has to is let in to set one up, and to nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fleet.core.actor import Role
from fleet.core.config import SecondFactorPolicy
from fleet.people.permissions import Permission, may

PRIVILEGED = (
    Permission.PLAY,
    Permission.EXPORT,
    Permission.RETAIN,
    Permission.SEE_AUDIT,
    Permission.VAULT,
    Permission.ENROL,
    Permission.MANAGE_PEOPLE,
)
"""Who has one of these needs a second factor by the usual policy."""

ENOUGH_KEYS = 2


class SecondKind(StrEnum):
    """What was shown besides the password, or in its place."""

    PASSKEY = "passkey"
    APP = "app"
    RECOVERY = "recovery"
    PROVIDER = "provider"
    """What the provider of identities asked for, where that counts."""


class HowSure(StrEnum):
    """How an administrator made sure who asks to have their second factors taken away (ASVS 4.0.3, 2.5.7)."""

    MET = "met"
    CALLED = "called-back"
    VOUCHED = "vouched-for"
    SEEN = "video-call"


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody has.

    Attributes:
        passkeys: how many.
        app: whether an authenticator app is set up.
        codes: recovery codes that were not used yet.
    """

    passkeys: int = 0
    app: bool = False
    codes: int = 0

    @property
    def keys(self) -> int:
        """Passkeys and the app together."""
        return self.passkeys + self.app

    @property
    def any(self) -> bool:
        """Whether a sign-in needs more than the password: codes alone are no factor."""
        return self.keys > 0

    @property
    def enough(self) -> bool:
        """Whether one that is lost still leaves a way in."""
        return self.keys >= ENOUGH_KEYS or (self.keys == 1 and self.codes > 0)


def is_needed(policy: SecondFactorPolicy, roles: frozenset[Role]) -> bool:
    """Say whether somebody with these roles has to have a second factor."""
    if policy == "off":
        return False
    return policy == "everyone" or any(may(roles, each) for each in PRIVILEGED)


def may_lose_a_key(policy: SecondFactorPolicy, roles: frozenset[Role], factors: Factors) -> bool:
    """Say whether one of somebody's keys may be taken away."""
    return factors.keys > 1 or not is_needed(policy, roles)

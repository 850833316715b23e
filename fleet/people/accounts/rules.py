"""What may become of accounts, as pure rules.

Rules:
- somebody can always manage users: the last who can neither loses that role nor retires;
- nobody retires their own account, so that nobody is locked out by a slip;
- what is wrong with one person holding several roles is said in words and left to people to decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.core.actor import Role
from fleet.people.permissions import Permission, may


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the rules look at.

    Attributes:
        id: whose account.
        roles: what they may do.
        active: whether they can sign in at all.
    """

    id: str
    roles: frozenset[Role]
    active: bool

    @property
    def manages(self) -> bool:
        """Whether they can manage users today."""
        return self.active and may(self.roles, Permission.MANAGE_PEOPLE)


def leaves_nobody(accounts: Iterable[AccountFacts], changed: AccountFacts) -> bool:
    """Say whether a change takes away the last one who can manage users.

    Args:
        accounts: all of them as they are.
        changed: one of them as it would be.
    """
    before = {each.id: each for each in accounts}
    after = before | {changed.id: changed}
    return any(each.manages for each in before.values()) and not any(each.manages for each in after.values())


def too_much_for_one(roles: frozenset[Role]) -> str:
    """Say why one person should not have all of these roles; empty where nothing speaks against it."""
    manages, plays = may(roles, Permission.MANAGE_PEOPLE), may(roles, Permission.PLAY)
    if manages and plays:
        return (
            "Who manages users and watches footage as well can give themselves any right and look at "
            "anything, with nobody beside them. Give one of the two to somebody else as soon as you can."
        )
    if Role.CCTV_MANAGER in roles and Role.HEAD_OF_SAFETY in roles:
        return (
            "The head of safety and the CCTV manager look at footage together so that each sees what the "
            "other does. In one person nobody does."
        )
    return ""

"""Roles in words, and the boxes by which somebody chooses among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fleet.core.actor import Role

ROLE_WORDS: Mapping[Role, tuple[str, str]] = MappingProxyType(
    {
        Role.SAFETY_TEAM: (
            "Safety team",
            "Hands out cameras, opens incidents and says what recordings show; plays none.",
        ),
        Role.CCTV_MANAGER: (
            "CCTV manager",
            "Plays and exports recordings, each time with a purpose; drafts releases and hands them over.",
        ),
        Role.HEAD_OF_SAFETY: (
            "Head of safety",
            "Plays and exports recordings, each time with a purpose; drafts releases and hands them over.",
        ),
        Role.DATA_PROTECTION_OFFICER: (
            "Data protection officer",
            "Plays recordings, each time with a purpose; exports none. Approves releases of footage.",
        ),
        Role.OFFICER: (
            "Officer",
            "Sees their own camera and recordings, plays none, and says something of each for a day.",
        ),
        Role.ADMINISTRATOR: ("Administrator", "Manages users and cameras; plays no recordings."),
    }
)
"""What each role is called, and what it lets somebody do, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class RoleBox:
    """One box to tick: the role's value, its name, what it lets somebody do, and whether it is ticked."""

    value: str
    word: str
    text: str
    ticked: bool


def role_boxes(ticked: Iterable[str]) -> tuple[RoleBox, ...]:
    """Return a box for each role."""
    chosen = frozenset(ticked)
    return tuple(RoleBox(str(role), *words, str(role) in chosen) for role, words in ROLE_WORDS.items())


def role_list(roles: Iterable[Role]) -> str:
    """Name roles, in the order in which they are offered."""
    held = frozenset(roles)
    return ", ".join(word for role, (word, _) in ROLE_WORDS.items() if role in held)


def chosen_roles(values: Iterable[str]) -> frozenset[Role]:
    """Return the roles that a form sent; a word that is none is left out, as no box sends it."""
    known = frozenset(str(role) for role in Role)
    return frozenset(Role(value) for value in values if value in known)

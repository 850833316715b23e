"""Who is told of which alerts: what the roles let somebody see, and of that what they chose. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fleet.alerts.rules.kinds import AlertKind
from fleet.core.actor import Role

LONGEST_ADDRESS = 254


class ToldLevel(StrEnum):
    """How much somebody wants to be told."""

    NOTHING = "nothing"
    URGENT = "urgent"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ToldChoice:
    """What somebody chose.

    Attributes:
        address: where mail goes; empty for nowhere.
        level: how much of it.
        without: ids of the kinds that they do not want.
    """

    address: str = ""
    level: ToldLevel = ToldLevel.NOTHING
    without: frozenset[str] = frozenset()


def wants(choice: ToldChoice, roles: Iterable[Role], kind: AlertKind) -> bool:
    """Say whether somebody with these roles and this choice is told of a kind."""
    if not choice.address or choice.level is ToldLevel.NOTHING or kind.roles.isdisjoint(roles):
        return False
    return kind.id not in choice.without and (kind.urgent or choice.level is ToldLevel.ALL)


def is_address(text: str) -> bool:
    """Say whether a text looks like one e-mail address, in plain characters and without a display name.

    Whether anybody reads it only a message can show.
    """
    name, _, host = text.rpartition("@")
    plain = text.isascii() and text.isprintable() and len(text) <= LONGEST_ADDRESS
    parts = host.split(".")
    known = all(part.replace("-", "a").isalnum() and not part.startswith("-") for part in parts)
    odd = set(' ,;:<>()[]"\\@') & set(name)
    return bool(plain and name and not odd and known and not name.startswith("."))

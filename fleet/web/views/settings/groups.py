"""Sites and teams in words, and as what lists are narrowed to. Pure.

Where a list is narrowed by officer or camera, a team or a site stands for all who are in it now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.organisation.models import Group, GroupKind
from fleet.web.views.moments import count, moment

TEAM, SITE = "team:", "site:"
"""What stands before the id of a team or a site in the address of a list."""
_MEMBERS = {GroupKind.SITE: "camera", GroupKind.TEAM: "officer"}


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A site or a team: how many are in it, or that it is retired, in words."""

    id: str
    name: str
    note: str
    is_retired: bool


@dataclass(frozen=True, slots=True)
class GroupSection:
    """All sites, or all teams.

    Attributes:
        kind: which of the two, for addresses.
        title: the heading.
        says: what they are for.
        one: what one is called.
        lines: those that there are.
    """

    kind: str
    title: str
    says: str
    one: str
    lines: tuple[GroupLine, ...]


_TITLES = {
    GroupKind.SITE: ("Sites", "Where cameras are kept. A camera's page says at which."),
    GroupKind.TEAM: ("Teams", "Which officers belong together. An officer's page says to which."),
}


def group_section(
    kind: GroupKind, groups: Sequence[Group], members: Mapping[str, int], now: datetime
) -> GroupSection:
    """Show all sites or all teams; ``members`` says how many are in each."""
    title, says = _TITLES[kind]
    return GroupSection(
        str(kind), title, says, str(kind), tuple(_line(kind, each, members, now) for each in groups)
    )


def choices(groups: Sequence[Group], chosen: str | None) -> tuple[tuple[str, str], ...]:
    """Return what can be chosen, with its name: those in use, and the one that is chosen already."""
    shown = [each for each in groups if each.retired is None or each.id == chosen]
    return tuple((each.id, _named(each)) for each in shown)


def narrowed_words(value: str, groups: Sequence[Group]) -> str:
    """Say what a list is narrowed to by a team or a site; empty where it is by neither."""
    for mark, words in ((TEAM, "officers who are in {} now"), (SITE, "cameras that are kept at {} now")):
        if value.startswith(mark):
            return next((words.format(each.name) for each in groups if each.id == value[len(mark) :]), "")
    return ""


def _named(group: Group) -> str:
    return f"{group.name} (retired)" if group.retired is not None else group.name


def _line(kind: GroupKind, group: Group, members: Mapping[str, int], now: datetime) -> GroupLine:
    number = members.get(group.id, 0)
    note = count(number, _MEMBERS[kind]).capitalize()
    if group.retired is not None:
        still = f"; {note.lower()} still" if number else ""
        note = f"Retired {moment(group.retired, now).text}{still}."
    return GroupLine(group.id, group.name, note, group.retired is not None)

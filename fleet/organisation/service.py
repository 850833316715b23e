"""Adding, renaming, retiring and bringing back sites and teams, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.natural import natural_key
from fleet.core.problems import ProblemError, not_found
from fleet.organisation.models import Group, GroupKind

MOST = 200
"""Of each kind: a list that people choose from."""
TOPICS = {GroupKind.SITE: "camera", GroupKind.TEAM: "officer"}
"""What changes for pages that tell of its members."""


def add_group(
    session: Session, random: Callable[[int], bytes], *, kind: GroupKind, name: str, by: Actor
) -> Group:
    """Add a site or a team.

    Raises:
        ProblemError: 409 one is called that already, or there are as many as there may be.
    """
    take_turn(session, Turn.USERS)
    _refuse_taken(session, kind, name)
    if len(list_groups(session, kind, retired=True)) >= MOST:
        raise ProblemError(409, "too_many", f"There are {MOST} {kind}s already; rename one that is not used.")
    group = Group(id=random(8).hex(), kind=kind, name=name, created=now(session), retired=None)
    session.add(group)
    session.flush()
    record(session, by, f"organisation:{kind}:add", group.id, detail={"name": name})
    announce(session, TOPICS[kind], group.id)
    return group


def rename_group(session: Session, *, kind: GroupKind, group: str, name: str, by: Actor) -> None:
    """Call one something else; the same name again changes nothing.

    Raises:
        ProblemError: 404 there is no such one; 409 another is called that.
    """
    take_turn(session, Turn.USERS)
    row = get_group(session, kind, group)
    if row.name == name:
        return
    _refuse_taken(session, kind, name)
    before, row.name = row.name, name
    record(session, by, f"organisation:{kind}:rename", group, detail={"before": before, "name": name})
    announce(session, TOPICS[kind], group)


def retire_group(session: Session, *, kind: GroupKind, group: str, by: Actor) -> None:
    """Have nothing put into it any more; twice is once.

    Raises:
        ProblemError: 404 there is no such one.
    """
    row = get_group(session, kind, group)
    if row.retired is None:
        row.retired = now(session)
        record(session, by, f"organisation:{kind}:retire", group)
        announce(session, TOPICS[kind], group)


def bring_back_group(session: Session, *, kind: GroupKind, group: str, by: Actor) -> None:
    """Let something be put into it again; twice is once.

    Raises:
        ProblemError: 404 there is no such one.
    """
    row = get_group(session, kind, group)
    if row.retired is not None:
        row.retired = None
        record(session, by, f"organisation:{kind}:bring-back", group)
        announce(session, TOPICS[kind], group)


def get_group(session: Session, kind: GroupKind, group: str) -> Group:
    """Return a site or a team.

    Raises:
        ProblemError: 404 there is no such one.
    """
    row = session.get(Group, group, with_for_update=True)
    if row is None or row.kind != kind:
        raise not_found(f"{kind} {group}")
    return row


def joinable(session: Session, kind: GroupKind, group: str, before: str | None) -> str | None:
    """Return the id of a group that something is put into; None for none at all.

    Args:
        session: the transaction.
        kind: which of the two it is.
        group: its id; empty for none.
        before: the id of the one it was in.

    Raises:
        ProblemError: 404 there is no such one; 409 it is retired, and was not the one before.
    """
    if not group:
        return None
    row = get_group(session, kind, group)
    if row.retired is not None and group != before:
        raise ProblemError(409, "group_retired", f"{row.name} is retired; bring it back, or choose another.")
    return group


def list_groups(session: Session, kind: GroupKind, *, retired: bool = False) -> Sequence[Group]:
    """Return the sites or the teams by name, as people count; those that are retired only when asked for."""
    query = select(Group).where(Group.kind == kind)
    if not retired:
        query = query.where(Group.retired.is_(None))
    return sorted(session.scalars(query), key=lambda each: natural_key(each.name))


def _refuse_taken(session: Session, kind: GroupKind, name: str) -> None:
    for each in list_groups(session, kind, retired=True):
        if each.name.casefold() == name.casefold():
            where = ", which is retired" if each.retired is not None else ""
            raise ProblemError(409, "name_taken", f"There is a {kind} called {each.name} already{where}.")

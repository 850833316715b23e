"""What users chose to be told. Everything happens inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind
from fleet.core.problems import ProblemError
from fleet.delivery.models import ToldChoiceRow
from fleet.delivery.rules.choosing import ToldChoice, ToldLevel, is_address
from fleet.people.models import User

CHANGED = "delivery:choice:change"


def choice_of(session: Session, user: str) -> ToldChoice:
    """Return what a user chose; nothing where they chose nothing."""
    row = session.get(ToldChoiceRow, user)
    return ToldChoice() if row is None else _choice(row)


def choices(session: Session) -> Mapping[str, tuple[User, ToldChoice]]:
    """Return the choice of everybody who is told of something and can sign in."""
    query = select(ToldChoiceRow).where(ToldChoiceRow.level != ToldLevel.NOTHING)
    rows = session.scalars(query.order_by(ToldChoiceRow.user_id)).all()
    return {row.user_id: (row.user, _choice(row)) for row in rows if not row.user.is_out}


def choose(
    session: Session, *, address: str, level: str, without: Collection[str], kinds: Collection[str], by: Actor
) -> ToldChoice:
    """Keep what a user chose for themselves.

    Args:
        session: the caller's.
        address: where mail goes.
        level: how much of it, a ``ToldLevel``.
        without: ids of kinds that they do not want.
        kinds: ids of the kinds that they see.
        by: whose choice it is.

    Raises:
        ProblemError: 403 a program asks; 422 the address or the level cannot be used.
    """
    if by.kind is not ActorKind.USER:
        raise ProblemError(403, "not_a_user", "Only users have mail; a program looks by itself.")
    clean = address.strip()
    if level not in set(ToldLevel):
        raise ProblemError(422, "level_unknown", "Choose what you are told.")
    if level != ToldLevel.NOTHING and not clean:
        raise ProblemError(422, "address_missing", "Type the address that mail goes to.")
    if clean and not is_address(clean):
        raise ProblemError(422, "address_unusable", "That is no e-mail address, as in name@example.org.")
    row = session.get(ToldChoiceRow, by.id, with_for_update=True)
    if row is None:
        row = ToldChoiceRow(user_id=by.id, address="", level=ToldLevel.NOTHING, without=[])
        session.add(row)
    row.address, row.level = clean, str(ToldLevel(level))
    row.without = sorted(set(without) & set(kinds))
    session.flush()
    record(session, by, CHANGED, by.id, detail={"level": row.level, "without": " ".join(row.without)})
    return _choice(row)


def _choice(row: ToldChoiceRow) -> ToldChoice:
    return ToldChoice(row.address, ToldLevel(row.level), frozenset(row.without))

"""The rows of viewings, in the caller's transaction: which last, and ending them in every process."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fleet.core.database import announce
from fleet.core.one_time import is_ahead
from fleet.footage.watching.models import OpenViewing
from fleet.vault.by_hand.seals import seals_so_far

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
MOST_EACH: Final = 8
TOUCHED_AFTER: Final = timedelta(minutes=1)
ENDED: Final = "watching"
"""The topic of a viewing that ended; the subject is its name."""

Owner = tuple[str, str]
"""Whose it is: the actor's kind and id."""


def add_viewing(session: Session, row: OpenViewing) -> None:
    """Keep a viewing whose entry in the log stands; of many of one owner those end that are used least."""
    session.execute(delete(OpenViewing).where(OpenViewing.opened < row.opened - LONGEST))
    owners = (OpenViewing.owner_kind == row.owner_kind, OpenViewing.owner == row.owner)
    mine = select(OpenViewing.id).where(*owners).order_by(OpenViewing.used.desc(), OpenViewing.id)
    end_viewings(session, session.scalars(mine.offset(MOST_EACH - 1)).all())
    session.add(row)


def lasting_viewing(session: Session, name: str, moment: datetime) -> OpenViewing | None:
    """Return a viewing that lasts; None for one that has ended, in whichever process."""
    row = session.get(OpenViewing, name)
    if row is None or moment - row.used > IDLE or moment - row.opened > LONGEST:
        return None
    if is_ahead(row.opened, moment) or is_ahead(row.used, moment):
        return None
    return row if row.seals == seals_so_far(session) else None


def touch_viewing(session: Session, name: str, moment: datetime) -> None:
    """Keep that it was used now."""
    session.execute(update(OpenViewing).where(OpenViewing.id == name).values(used=moment))


def end_viewings(session: Session, names: Collection[str]) -> None:
    """End viewings, and have every process forget their keys; those that have ended stay so."""
    if names:
        session.execute(delete(OpenViewing).where(OpenViewing.id.in_(names)))
    for each in names:
        announce(session, ENDED, each)

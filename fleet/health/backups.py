"""What is said of backups: when the last one was made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.backup.models import BackupRow
from fleet.health.reading import Condition, Reading
from protocol.units import MIB

NAME = "Backup"
OLD = timedelta(days=8)
"""Older than a week and what a timer may be late."""
_MAKE = "Make one with “lapel-fleet backup”, best by a timer every day, onto another disk."

ANEW = "Once the vault was open for a minute while the service ran, make the next one."


def without_copy_words(keys: int) -> str:
    """Say what the recovery key does not open of a backup in which so many keys of the vault lack a copy."""
    which = "1 key of the vault was" if keys == 1 else f"{keys} keys of the vault were"
    return (
        f"When it was made, {which} not sealed to the recovery key yet: what is sealed to "
        f"{'it' if keys == 1 else 'them'} opens from this backup by what opens the vault, and not by the "
        "recovery key."
    )


def last_backup(session: Session) -> BackupRow | None:
    """Return the last backup that was made; None before the first."""
    return session.scalars(select(BackupRow).order_by(BackupRow.made.desc()).limit(1)).first()


def is_old(made: datetime, now: datetime) -> bool:
    """Say whether a backup that was made then is old."""
    return now - made > OLD


def backup_reading(session: Session, now: datetime, words: Callable[[object], str]) -> Reading:
    """Say how backups are; ``words`` says a time as the page does."""
    last = last_backup(session)
    if last is None:
        return Reading(NAME, Condition.WORSE, "The fleet knows of none.", _MAKE)
    made = f"The last one that the fleet knows of was made {words(last.made)}"
    said = f"{made}: {last.id}, {last.size / MIB:.1f} MiB"
    footage = f"and {last.footage / MIB:.1f} MiB of footage." if last.has_footage else "without any footage."
    lacking = f" {without_copy_words(last.without_copy)}" if last.without_copy else ""
    if is_old(last.made, now):
        return Reading(
            NAME, Condition.BAD, f"{said}, {footage} That is more than a week ago.{lacking}", _MAKE
        )
    if lacking:
        return Reading(NAME, Condition.WORSE, f"{said}, {footage}{lacking}", ANEW)
    return Reading(NAME, Condition.GOOD, f"{said}, {footage} Whether it is still there is not looked at.")

"""What is said of the recovery key: whether there is one, and whether it is known to work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from fleet.health.reading import Condition, Reading
from fleet.recovery.key_file import fingerprint
from fleet.recovery.rules import is_overdue, try_by
from fleet.recovery.service import copies_of, current_key

NAME = "Recovery key"
_MAKE = (
    "Make one away from this machine with “lapel-fleet vault recovery-key” and give the fleet its public "
    "half: with it footage opens although the vault's own files or passphrase are lost."
)
_TRY = "Try it, as the manual says: lapel-fleet vault recovery-sample."
_WAIT = "That is done within a minute while the vault is open."


def recovery_reading(session: Session, now: datetime, words: Callable[[object], str]) -> Reading:
    """Say how the recovery key does; ``words`` says a time as the page does."""
    key = current_key(session)
    if key is None:
        return Reading(NAME, Condition.WORSE, "The fleet was given none.", _MAKE)
    name = f"{fingerprint(key.public_key)}, given {words(key.given)}"
    if not copies_of(session, key):
        return Reading(NAME, Condition.WORSE, f"{name}. The vault's keys are not sealed to it yet.", _WAIT)
    tried = "Nobody has tried it yet." if key.tried is None else f"It was last tried {words(key.tried)}."
    if is_overdue(key.given, key.tried, now):
        return Reading(NAME, Condition.BAD, f"{name}. {tried} Whether it still works is not known.", _TRY)
    if key.tried is None:
        by = words(try_by(key.given, key.tried))
        return Reading(NAME, Condition.WORSE, f"{name}. {tried}", f"{_TRY} Do so until {by}.")
    return Reading(NAME, Condition.GOOD, f"{name}. {tried}")

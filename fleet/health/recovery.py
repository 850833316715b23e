"""What is said of the recovery key: whether there is one, and whether it is known to work."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
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
_WAIT = "The running service does that by itself while the vault is open."


def recovery_reading(
    session: Session, now: datetime, words: Callable[[object], str], keys: Collection[str]
) -> Reading:
    """Say how the recovery key does.

    Args:
        session: reads the database.
        now: the time.
        words: says a time as the page does.
        keys: ids of the vault's keys: SHA-256 of their public halves, in hex.
    """
    key = current_key(session)
    if key is None:
        return Reading(NAME, Condition.WORSE, "The fleet was given none.", _MAKE)
    name = f"{fingerprint(key.public_key)}, given {words(key.given)}"
    copied = {hashlib.sha256(each.public_key).hexdigest() for each in copies_of(session, key)}
    if copied and (missing := len(set(keys) - copied)):
        said = f"{name}. Of the vault's {len(keys)} keys {missing} {'is' if missing == 1 else 'are'} not"
        return Reading(NAME, Condition.WORSE, f"{said} sealed to it yet.", _WAIT)
    if not copied:
        return Reading(NAME, Condition.WORSE, f"{name}. The vault's keys are not sealed to it yet.", _WAIT)
    tried = (
        "The fleet was not told that anybody tried it."
        if key.tried is None
        else f"That it works the fleet was last told {words(key.tried)}."
    )
    if is_overdue(key.given, key.tried, now):
        return Reading(NAME, Condition.BAD, f"{name}. {tried} Whether it works today is not known.", _TRY)
    if key.tried is None:
        by = words(try_by(key.given, key.tried))
        return Reading(NAME, Condition.WORSE, f"{name}. {tried}", f"{_TRY} Do so until {by}.")
    return Reading(NAME, Condition.GOOD, f"{name}. {tried}")

"""Which keys of the vault the recovery key opens in a backup, by the copies that its database has.

Between a rotation and the first minute with the vault open the newest key is not sealed to the recovery key
yet. What cameras seal to it opens by what opens the vault, and by nothing else in such a backup.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from fleet.vault.keybox import KeyBox
from protocol.footage.sealing.keys import Recipient

_COPIED = (
    "SELECT key_id FROM recovery_copies JOIN recovery_keys ON recovery_keys.id = recovery_id "
    "WHERE recovery_keys.replaced IS NULL"
)


def keys_without_copy(box: KeyBox, database: Path) -> tuple[str, ...]:
    """Return the ids of the vault's keys that are not sealed to the recovery key, the one that counts first.

    Args:
        box: the vault's file as it is in the backup.
        database: the copy of the database in it, as SQLite.
    """
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        copied = {str(row[0]) for row in connection.execute(_COPIED)}
    current = Recipient(box.name, box.public_key).key_id.hex()
    return tuple(each for each in (current, *(key.key_id for key in box.earlier)) if each not in copied)

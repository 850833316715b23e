"""The key by which recordings are drawn, in a file of the state folder, and what is said of it beforehand.

That a key and a share count from now on stands in the audit log before anything is drawn by them. Without the
file a new key is made, which is said in the same way; what was drawn stays drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.audit.models import AuditEntry
from fleet.core.actor import FLEET
from fleet.core.errors import StateError
from fleet.core.files import write_new_file
from fleet.review.rules.draw import KEY_BYTES, key_name

FILE: Final = "review.key"
BEGUN: Final = "review:draw:begin"


@dataclass(frozen=True, slots=True)
class Draw:
    """What recordings are drawn by.

    Attributes:
        key: the fleet's, never shown.
        share: how many of all are drawn, from 0 to 1.
    """

    key: bytes = field(repr=False)
    share: float

    @property
    def name(self) -> str:
        """The digest that commits to the key, in hex."""
        return key_name(self.key)


def open_key(state: Path, random: Callable[[int], bytes]) -> bytes:
    """Return the key, which is made where there is none.

    Raises:
        StateError: its file cannot be made or read, or is none.
    """
    path = state / FILE
    try:
        if not path.exists():
            write_new_file(path, random(KEY_BYTES))
        key = path.read_bytes()
    except OSError as error:
        raise StateError(f"The key {path} cannot be used: {error.strerror}.") from error
    if len(key) != KEY_BYTES:
        raise StateError(
            f"The key {path} is not whole; put it back from a backup, or remove it: then recordings are "
            "drawn by another from now on."
        )
    return key


def is_committed(session: Session, draw: Draw) -> bool:
    """Say whether the audit log says that recordings are drawn by this, and by nothing since."""
    query = select(AuditEntry).where(AuditEntry.action == BEGUN).order_by(AuditEntry.number.desc())
    last = session.scalars(query.limit(1)).first()
    return last is not None and (last.subject, last.detail.get("share")) == (draw.name, repr(draw.share))


def commit(session: Session, draw: Draw) -> None:
    """Say in the audit log that recordings are drawn by this from now on."""
    record(session, FLEET, BEGUN, draw.name, detail={"share": repr(draw.share)})

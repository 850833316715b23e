"""Whether a process has the keys of the fleet whose database it opens.

The database of several processes does not lie beside their keys. A process with an authority or a vault of
its own would sign receipts that no camera takes, and have cameras seal to a key that the others lack. So the
first process that opens a PostgreSQL database writes down which keys it has, and one with others is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, now, take_turn
from fleet.core.errors import StateError
from fleet.processes.models import FleetKey

FORGOTTEN = "fleet:keys:forget"
ISSUING = "pki/issuing.key"
"""What the key that issues certificates is called: a camera that another one let in cannot connect."""


def check_keys(
    session: Session,
    digests: Mapping[str, str],
    state: Path,
    *,
    earlier: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Compare the keys of this process with the fleet's, which are these where none are known yet.

    Args:
        session: of the caller, who may write.
        digests: what tells each key from another, by its name below the state folder.
        state: the state folder.
        earlier: of a key that this process has in place of others which it has as well: those. Whoever made
            the change may have died before it was written down here.

    Raises:
        StateError: one of them is another than the fleet's.
    """
    take_turn(session, Turn.KEYS)
    before = earlier or {}
    known = {row.name: row.digest for row in session.scalars(select(FleetKey))}
    for name, digest in sorted(digests.items()):
        if name not in known:
            session.add(FleetKey(name=name, digest=digest, since=now(session)))
        elif known[name] in before.get(name, ()):
            replace_key(session, name, digest)
        elif known[name] != digest:
            raise StateError(
                f"{state / name} is another than this fleet's, whose database this is: copy it from the "
                "state folder of a process that runs; if that is lost for good, run lapel-fleet db new-keys "
                "first."
            )
    session.flush()


def replace_key(session: Session, name: str, digest: str) -> None:
    """Have another key count as the fleet's, where one is known."""
    row = session.get(FleetKey, name)
    if row is not None:
        row.digest, row.since = digest, now(session)


def forget_key(session: Session, name: str) -> None:
    """Forget one key of the fleet, which is about to be replaced: that of the next process counts."""
    take_turn(session, Turn.KEYS)
    session.execute(delete(FleetKey).where(FleetKey.name == name))


def forget_keys(session: Session, *, by: Actor) -> int:
    """Forget which keys the fleet has, so that the next process's count; return how many there were."""
    take_turn(session, Turn.KEYS)
    known = session.scalars(select(FleetKey.name)).all()
    if known:
        record(session, by, FORGOTTEN, ", ".join(sorted(known)))
        session.execute(delete(FleetKey))
    return len(known)

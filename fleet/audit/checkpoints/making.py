"""Making checkpoints of the log.

Rules:
- a checkpoint goes on from the newest one outside the database that this fleet's key has signed: the entries
  up to there are taken at that one's word, for a log that was tampered with since must not be signed anew;
- where the log does not begin with that one any more, none is made, and what is wrong is said;
- the copy outside the database is durable before the row is written;
- several processes at once make the same bytes under the same name.

A checkpoint of entries that were written and changed before it was made shows nothing of that: it is as
good as it is early.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.chain import START, ChainCheck
from fleet.audit.checkpoints.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from fleet.audit.checkpoints.note import NoteSigner
from fleet.audit.checkpoints.places import CheckpointPlace, copy_missing, newest_signed
from fleet.audit.merkle.tree import Frontier
from fleet.audit.models import AuditCheckpoint, AuditEntry
from fleet.audit.rows import UnreadableEntryError, iter_stored
from fleet.core.database import Turn, now, take_turn
from fleet.core.errors import FleetError
from fleet.core.services import Services

log = logging.getLogger(__name__)


class LogBrokenError(FleetError):
    """The log is not what an earlier checkpoint was made of: no other is made until somebody has looked."""


@dataclass(frozen=True, slots=True)
class Made:
    """A checkpoint that is there now.

    Attributes:
        signed: the checkpoint.
        at: when it was made.
        is_new: whether this call made it.
    """

    signed: SignedCheckpoint
    at: datetime
    is_new: bool


class CheckpointMaker:
    """Makes checkpoints and keeps their copies. Safe to use from several threads.

    Attributes:
        signer: signs them.
        places: where they are kept, the first one first.
    """

    def __init__(self, services: Services, signer: NoteSigner, places: Sequence[CheckpointPlace]) -> None:
        self._services = services
        self.signer = signer
        self.places = tuple(places)

    def make(self) -> Made:
        """Make a checkpoint of the log as it is now, unless nothing was added since the newest.

        Raises:
            LogBrokenError: the log does not begin with the newest checkpoint any more, or cannot be read.
            PlaceError: a place cannot be used; a checkpoint may be in the first one all the same.
        """
        base = newest_signed(self.places[0], [self.signer.key])
        with self._services.readers() as session:  # a long log must not keep those waiting who write
            tree = self._tree_of(session, base)
            size = tree.size
            _extend(session, tree)
        checkpoint = Checkpoint(tree.size, tree.root(), self.signer.name)
        signed = sign_checkpoint(checkpoint, self.signer)
        is_new = base is None or tree.size > size
        if is_new:
            self.places[0].put(checkpoint.name, signed.note)
        at = self._note(signed, tree)
        for place in self.places[1:]:
            copy_missing(self.places[0], place)
        return Made(signed, at, is_new)

    def _note(self, signed: SignedCheckpoint, tree: Frontier) -> datetime:
        """Write the row, and return when the checkpoint was made."""
        with self._services.sessions.begin() as session:
            take_turn(session, Turn.CHECKPOINT)
            row = session.get(AuditCheckpoint, tree.size)
            if row is None:
                row = AuditCheckpoint(size=tree.size, made=now(session), note="", edge=b"")
                session.add(row)
            row.note, row.edge = signed.note.decode(), tree.to_bytes()
            return row.made

    def _tree_of(self, session: Session, base: SignedCheckpoint | None) -> Frontier:
        """Return the tree as the newest checkpoint has it, from its row if that fits, or from the entries."""
        if base is None:
            return Frontier()
        told = base.checkpoint
        there = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
        if there < told.size:
            raise LogBrokenError(
                f"The audit log was cut off, or is an older copy: it has {there} entries, and a "
                f"checkpoint shows {told.size}."
            )
        row = session.get(AuditCheckpoint, told.size)
        if row is not None:
            try:
                tree = Frontier.from_bytes(told.size, row.edge)
            except ValueError:
                log.warning("The row of the checkpoint of %s entries is damaged.", told.size)
            else:
                if tree.root() == told.root:
                    return tree
        tree = Frontier()
        _extend(session, tree, to=told.size)
        if tree.root() != told.root:
            raise LogBrokenError(
                f"The audit log is not the one that the checkpoint of {told.size} entries was made of."
            )
        return tree


def _extend(session: Session, tree: Frontier, *, to: int | None = None) -> None:
    """Add the entries behind the tree, up to a size, whose chain must hold."""
    try:
        chain = ChainCheck(tree.size, _digest_of(session, tree.size))
        for entry, stored in iter_stored(session, after=tree.size):
            if to is not None and tree.size >= to:
                return
            broken = chain.add(entry, stored)
            if broken is not None:
                raise LogBrokenError(f"No checkpoint of the audit log can be made: {broken.reason}")
            tree.append(entry.leaf)
    except UnreadableEntryError as error:
        raise LogBrokenError(
            f"No checkpoint of the audit log can be made: entry {tree.size + 1} cannot be read, for {error}."
        ) from error


def _digest_of(session: Session, number: int) -> bytes:
    """Return the digest beside an entry; what the first one refers to for none."""
    if not number:
        return START
    entry, stored = next(iter_stored(session, after=number - 1), (None, b""))
    if entry is None or entry.number != number:
        raise UnreadableEntryError("it is not there")
    return stored

"""A recording of which nothing is on its way, as rewrapping looks at it and writes to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.core.database import Sessions
from fleet.footage.keys.models import RecordingKey
from fleet.footage.keys.tables import KeptTable, kept_table
from fleet.footage.recordings.models import LedgerPiece, Recording, RecordingState
from fleet.footage.recordings.rows import pieces_of
from fleet.footage.store import names
from fleet.footage.store.pieces import PieceRange
from fleet.rewrapping.standing import AT_REST


@dataclass(frozen=True, slots=True)
class RecordingAtRest:
    """A recording as it was looked at.

    Attributes:
        row: its row.
        public_id: what it is called in the audit log.
        place: where it lies.
        is_held: whether its ledger is one object.
        pieces: of its ledger.
        length: of that, in bytes.
        kept: the key of its own that it has.
        is_whole: whether that opens all of the ledger that is here.
    """

    row: int
    public_id: str
    place: names.Place
    is_held: bool
    pieces: tuple[PieceRange, ...]
    length: int
    kept: KeptTable | None
    is_whole: bool


def look_at_rest(readers: Sessions, number: int) -> RecordingAtRest | None:
    """Look at a recording; None where it is not at rest."""
    with readers() as session:
        row = session.get(Recording, number)
        if row is None or row.state not in AT_REST:
            return None
        pieces, own = pieces_of(session, row), session.get(RecordingKey, number)
        length = sum(each.length for each in pieces)
        return RecordingAtRest(
            row=number,
            public_id=row.public_id,
            place=row.place,
            is_held=row.state == RecordingState.HELD,
            pieces=pieces,
            length=length,
            kept=kept_table(own),
            is_whole=own is not None and own.covered == length,
        )


def locked_key(session: Session, seen: RecordingAtRest) -> RecordingKey | None:
    """Return the row to write into; None where the recording is no more what was looked at.

    Nobody deletes the recording, or adds to it, until this transaction ends.
    """
    found = session.get(Recording, seen.row, with_for_update={"of": Recording}, populate_existing=True)
    if found is None or found.state not in AT_REST or found.place != seen.place:
        return None
    query = select(func.coalesce(func.sum(LedgerPiece.length), 0))
    if session.scalar(query.where(LedgerPiece.recording_id == seen.row)) != seen.length:
        return None
    own = session.get(RecordingKey, seen.row, populate_existing=True)
    if own is None:
        own = RecordingKey(recording_id=seen.row, sealed_to="", covered=0, trouble="")
        session.add(own)
    return own

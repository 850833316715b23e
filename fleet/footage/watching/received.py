"""What has been received of a recording, by the tables: where to find its ledger and its chunks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from fleet.core.database import Sessions
from fleet.core.problems import ProblemError
from fleet.footage.recordings.gone import refuse_gone
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import SegmentRow
from fleet.footage.recordings.rows import pieces_of
from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.restricting.restrictions import refuse_restricted
from fleet.footage.store import names
from fleet.footage.store.ledgers import read_ledger_bytes
from fleet.footage.store.pieces import PieceRange
from fleet.footage.store.store import FootageStore
from fleet.footage.timeline.chunks import ChunkRef, from_json, index_segment
from protocol.footage.format.errors import FormatError
from protocol.footage.ledger.ledger import Ledger, ledger_valid_prefix, read_ledger


@dataclass(frozen=True, slots=True)
class Received:
    """One look at the tables.

    Attributes:
        summary: what is known of the recording.
        pieces: the pieces of its ledger.
        segments: the names of its segments, in order, each with its index where it has one.
    """

    summary: RecordingSummary
    pieces: tuple[PieceRange, ...]
    segments: tuple[tuple[str, list[Any] | None], ...]

    def ledger(self, store: FootageStore) -> Ledger:
        """Read the ledger, as far as it is whole.

        Raises:
            ProblemError: 409 nothing of it can be read yet.
            StoreError: the store failed.
        """
        place = self.summary.place
        if self.summary.is_held:
            return read_ledger(store.read(names.whole_ledger_key(place)))
        data = read_ledger_bytes(store, place, self.pieces)
        try:
            return read_ledger(data[: ledger_valid_prefix(data)])
        except FormatError as error:
            raise self.nothing() from error

    def chunks(self, store: FootageStore, ledger: Ledger) -> list[ChunkRef]:
        """Return the chunks that belong to the recording and have keys, in order, each number once.

        Those without picture and sound are among them; there is at least one that has either.

        Raises:
            ProblemError: 409 there is none yet.
            StoreError: the store failed.
        """
        first = ledger.open.first_seq
        last = ledger.keys[-1].last_seq if ledger.keys else first - 1
        found: dict[int, ChunkRef] = {}
        for name, known in self.segments:
            for chunk in self._index(store, name, known):
                if first <= chunk.seq <= last:
                    found.setdefault(chunk.seq, chunk)
        if not any(chunk.parts for chunk in found.values()):
            raise self.nothing()
        return [found[seq] for seq in sorted(found)]

    def nothing(self) -> ProblemError:
        """The answer where there is nothing to play: whether more is to come is said only where it is."""
        if self.summary.is_held:
            detail = "All of this recording is here, and there is no picture and no sound in it."
        else:
            detail = "Nothing of this recording that could be shown has arrived yet."
        return ProblemError(409, "nothing_to_play", detail)

    def _index(self, store: FootageStore, name: str, known: list[Any] | None) -> tuple[ChunkRef, ...]:
        if known is not None:
            return from_json(name, known)
        key = names.segment_key(self.summary.place, name)
        return index_segment(name, store.read(key))


def sum_up(readers: Sessions, public_id: str) -> RecordingSummary:
    """Look only what is known of a recording, and at none of what is here of it.

    Raises:
        ProblemError: 403 it is restricted; 404 there is no such recording; 410 it was deleted.
    """
    with readers() as session:
        row = get(session, public_id)
        refuse_gone(row)
        refuse_restricted(session, row)
        return RecordingSummary.of(row)


def look_up(readers: Sessions, public_id: str) -> Received:
    """Look at the tables.

    Raises:
        ProblemError: 403 it is restricted; 404 there is no such recording; 409 nothing of it has arrived yet;
            410 it was deleted.
    """
    with readers() as session:
        row = get(session, public_id)
        refuse_gone(row)
        refuse_restricted(session, row)
        segments = session.scalars(
            select(SegmentRow)
            .where(SegmentRow.recording_id == row.id)
            .options(undefer(SegmentRow.parts))
            .order_by(SegmentRow.name)
        )
        received = Received(
            RecordingSummary.of(row),
            pieces_of(session, row),
            tuple((each.name, each.parts) for each in segments),
        )
    if not received.pieces or not received.segments:
        raise received.nothing()
    return received

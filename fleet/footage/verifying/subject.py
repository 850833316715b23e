"""What is verified: a recording's place, its ledger and its segments, as the tables have them at one look."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import undefer

from fleet.core.database import Sessions
from fleet.footage.recordings.models import Recording, SegmentRow
from fleet.footage.recordings.rows import pieces_of
from fleet.footage.store import names
from fleet.footage.store.ledgers import read_ledger_bytes
from fleet.footage.store.store import FootageStore
from fleet.footage.store.stored_files import HeldSegment, StoredFiles
from fleet.footage.timeline.chunks import ChunkRef, chunk_ref, from_json
from fleet.footage.verifying.opening import Openable
from protocol.footage.format.chunk import ChunkRecord
from protocol.footage.ledger.ledger import Ledger, read_ledger


@dataclass(frozen=True, slots=True)
class Subject:
    """A recording to verify.

    Attributes:
        row: its row's number.
        public_id: what it is called in the audit log.
        place: where it lies in the store.
        changed: when anything about it had last changed at that look.
        ledger: its ledger's bytes, as far as they are here.
        segments: its segments.
        told_closed: whether the camera ever said that it was closed.
        index: where the chunks of each segment lie; filled in as segments are verified.
    """

    row: int
    public_id: str
    place: names.Place
    changed: datetime
    ledger: bytes
    segments: tuple[HeldSegment, ...]
    told_closed: bool
    index: dict[str, Sequence[ChunkRef]] = field(default_factory=dict)
    _read: list[Ledger] = field(default_factory=list, init=False, compare=False)

    def files(self, store: FootageStore, *, by_digest: bool = True) -> StoredFiles:
        """Return its files, as ``StoredFiles`` says."""
        return StoredFiles(store, self.place, self.ledger, self.segments, by_digest=by_digest)

    def read(self) -> Ledger:
        """Return what its ledger says, which is read once.

        Raises:
            FormatError: its ledger is none.
        """
        if not self._read:
            self._read.append(read_ledger(self.ledger))
        return self._read[0]

    def candidate(self, store: FootageStore) -> Openable:
        """Return it as something to be opened, by the chunks that are indexed.

        Raises:
            FormatError: its ledger is none.
        """
        return Openable(
            public_id=self.public_id,
            ledger=self.read(),
            ledger_sha256=hashlib.sha256(self.ledger).digest(),
            chunks=[chunk for name in sorted(self.index) for chunk in self.index[name] if chunk.parts],
            files=StoredFiles(store, self.place, self.ledger, self.segments),
        )

    def indexing(self) -> Callable[[str, ChunkRecord], None]:
        """Return what indexes each segment anew, by its chunks as the verifier reads them.

        However many chunks a segment has, and in whatever order they come, each costs the same.
        """
        begun: dict[str, list[ChunkRef]] = {}

        def take(name: str, chunk: ChunkRecord) -> None:
            if name not in begun:
                begun[name] = []
                self.index[name] = begun[name]
            begun[name].append(chunk_ref(name, chunk))

        return take


def load(
    readers: Sessions, store: FootageStore, row: int, is_due: Callable[[Recording], bool]
) -> Subject | None:
    """Look at a recording, and read its ledger; None when there is nothing to do for it.

    Args:
        readers: opens sessions.
        store: where its ledger is.
        row: the number of its row.
        is_due: says whether there is anything to do for it.

    Raises:
        StoreError: the store failed.
    """
    with readers() as session:
        recording = session.get(Recording, row)
        if recording is None or not is_due(recording):
            return None
        public_id, place, changed = recording.public_id, recording.place, recording.changed
        told_closed = recording.told_closed
        pieces = pieces_of(session, recording)
        query = session.query(SegmentRow).options(undefer(SegmentRow.parts))
        rows = query.filter(SegmentRow.recording_id == row).order_by(SegmentRow.name).all()
        segments = tuple(HeldSegment(each.name, each.size, each.sha256) for each in rows)
        index: dict[str, Sequence[ChunkRef]] = {
            each.name: from_json(each.name, each.parts) for each in rows if each.parts is not None
        }
    ledger = read_ledger_bytes(store, place, pieces)
    return Subject(row, public_id, place, changed, ledger, segments, told_closed, index)

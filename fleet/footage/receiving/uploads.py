"""Taking in what cameras send: segments, ledger pieces, and the word that this is all.

Rules (L2, F7):
- the object first, create-only and durable, then its row, then the answer: what is acknowledged is there
  after any crash, and what is there is never replaced;
- a repeat of what is held is answered as held; other bytes in its place are refused;
- an object without its row, which a crash can leave, is adopted: at the next question of the camera, or when
  the same object is sent again. So nothing is sent twice in full;
- no transaction is open while bytes move.

A camera is answered only about its own recordings: its id comes from its certificate and is part of every
key.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.receiving.deleted import told_of_deleted, told_state
from fleet.footage.receiving.refusals import differs, hole, refuse_when_complete
from fleet.footage.recordings.gone import DELETED_CODE, refuse_gone
from fleet.footage.recordings.lookup import RecordingClaim, ensure, find
from fleet.footage.recordings.models import (
    GONE,
    OPEN_TO_MORE,
    LedgerPiece,
    Recording,
    RecordingState,
    SegmentRow,
)
from fleet.footage.recordings.rows import apply_open, pieces_of, segments_of, take_more, touch
from fleet.footage.store import names
from fleet.footage.store.ledgers import read_opening
from fleet.footage.store.pieces import PieceRange, Placing, covering, held_length, place
from fleet.footage.store.spool import Spooled
from fleet.footage.store.store import FootageStore, Put
from fleet.footage.store.stored_files import HeldSegment
from protocol.footage.format.limits import MAX_LEDGER_BYTES
from protocol.messages.uploads import (
    LedgerProgress,
    SegmentInfo,
    StoredObject,
    UploadedRecording,
    UploadState,
)

Looked = TypeVar("Looked")


class Uploads:
    """Takes in what cameras send. Safe to use from several threads."""

    def __init__(self, services: Services, store: FootageStore) -> None:
        self._services = services
        self._store = store

    def held(self, claim: RecordingClaim) -> UploadedRecording:
        """Say what is durable of a recording, from the store's own listing where it may still grow.

        Raises:
            ProblemError: 410 it was deleted, and never signed for.
            StoreError: the store failed.
        """
        self._adopt(claim)
        with self._services.readers() as session:
            row = find(session, claim)
            if row is None:
                return UploadedRecording(state=UploadState.UNKNOWN)
            if row.state not in GONE:
                return UploadedRecording(
                    state=told_state(row),
                    segments=tuple(_info(each) for each in segments_of(session, row)),
                    ledger_length=held_length(pieces_of(session, row)),
                    receipt=row.receipt_sha256 is not None,
                )
        return told_of_deleted(self._store, row)

    def put_segment(self, claim: RecordingClaim, name: str, body: Spooled) -> StoredObject:
        """Take in a segment that is in the spool; as ``take``."""
        new = HeldSegment(name, body.size, body.sha256)
        return self.take(claim, new, lambda key: self._store.put(key, body))

    def find_segment(self, claim: RecordingClaim, new: HeldSegment) -> StoredObject | names.Place:
        """Return it as it is held, or else where it would lie.

        Raises:
            ProblemError: as ``take``.
        """
        if not names.is_segment_name(new.name):
            raise ProblemError(404, "segment_unknown", f"{new.name!r} is not the name of a segment.")

        def look(session: Session, row: Recording) -> StoredObject | names.Place:
            refuse_gone(row)
            known = _segment(session, row, new.name)
            if known is not None:
                return _same_or_refused(known, new)
            refuse_when_complete(row)
            return row.place

        return self._look(claim, look)

    def take(self, claim: RecordingClaim, new: HeldSegment, make: Callable[[str], Put]) -> StoredObject:
        """Take in a segment that ``make`` creates durably under a key, or finds there.

        Raises:
            ProblemError: 404 the name is not a segment's; 409 other bytes are held under that name, or the
                camera has said before that it had sent everything; 410 it was deleted.
            StoreError: the store failed; nothing is acknowledged.
        """
        place = self.find_segment(claim, new)
        if isinstance(place, StoredObject):
            return place
        key = names.segment_key(place, new.name)
        put = make(key)
        with self._taken_back(key, put), self._services.sessions.begin() as session:
            row = ensure(session, claim)
            refuse_gone(row)
            known = _segment(session, row, new.name)
            if known is not None:  # the same request at the same time was quicker with the row
                return _same_or_refused(known, new, created=put is Put.CREATED)
            if put is Put.OTHER:
                raise differs(new.name)
            refuse_when_complete(row)
            _add_segment(session, row, new.name, new.size, new.sha256)
        return StoredObject(name=new.name, size=new.size, sha256=new.sha256.hex(), created=put is Put.CREATED)

    def put_ledger(self, claim: RecordingClaim, offset: int, body: Spooled) -> tuple[LedgerProgress, bool]:
        """Take in the next piece of a ledger; return how much is held, and whether this was new.

        Raises:
            ProblemError: 400 it is empty; 409 it leaves a hole (with ``expected_offset``), or other bytes are
                held there, or the camera has said before that it had sent everything; 410 the recording was
                deleted; 413 the ledger gets too long.
            StoreError: the store failed; nothing is acknowledged.
        """
        new = PieceRange(offset, body.size)
        if not body.size:
            raise ProblemError(400, "ledger_piece_empty", "A piece of a ledger has at least one byte.")
        if new.end > MAX_LEDGER_BYTES:
            raise ProblemError(413, "ledger_too_long", f"A ledger is at most {MAX_LEDGER_BYTES} bytes long.")

        def look(session: Session, row: Recording) -> tuple[Sequence[PieceRange], Placing, names.Place]:
            refuse_gone(row)
            pieces = pieces_of(session, row)
            placing = place(pieces, new)
            if placing is Placing.NEXT:
                refuse_when_complete(row)
            return pieces, placing, row.place

        pieces, placing, where = self._look(claim, look)
        if placing is Placing.HOLE:
            raise hole(held_length(pieces))
        if placing is not Placing.NEXT:
            return self._repeated(where, pieces, new, body), False
        key = names.ledger_key(where, offset)
        put = self._store.put(key, body)
        if put is Put.OTHER:
            # A crash, or a request at the same time, left another cut of the ledger here: go on from its end.
            self._adopt(claim)
            with self._services.readers() as session:
                row_now = find(session, claim)
                pieces = pieces_of(session, row_now) if row_now is not None else ()
            return self._repeated(where, pieces, new, body), False
        with self._taken_back(key, put):
            return self._note_piece(claim, new, body.sha256), True

    @contextlib.contextmanager
    def _taken_back(self, key: str, put: Put) -> Iterator[None]:
        """Remove the object again that was put while its recording was being deleted."""
        try:
            yield
        except ProblemError as refusal:
            if refusal.code == DELETED_CODE and put is Put.CREATED:
                self._store.remove(key)
            raise

    def _look(self, claim: RecordingClaim, look: Callable[[Session, Recording], Looked]) -> Looked:
        """Look at a recording's row, and take a writer's turn only where there is none yet.

        What is seen may be otherwise a moment later: whoever writes then looks again.
        """
        with self._services.readers() as session:
            row = find(session, claim)
            if row is not None and row.recording == claim.recording:
                return look(session, row)
        with self._services.sessions.begin() as session:
            return look(session, ensure(session, claim))

    def _repeated(
        self, where: names.Place, pieces: Sequence[PieceRange], new: PieceRange, body: Spooled
    ) -> LedgerProgress:
        """Compare a piece with what is held in its place."""
        end = held_length(pieces)
        shared = PieceRange(new.offset, min(new.end, end) - new.offset)
        cover = covering(pieces, shared)
        held = b"".join(self._store.read(names.ledger_key(where, each.offset)) for each in cover)
        start = shared.offset - cover[0].offset if cover else 0
        if held[start : start + shared.length] != body.read()[: shared.length]:
            raise ProblemError(
                409, "ledger_differs", f"Other bytes of this ledger are held from byte {new.offset} on."
            )
        if new.end > end:
            raise hole(end)
        return LedgerProgress(ledger_length=end)

    def _note_piece(self, claim: RecordingClaim, piece: PieceRange, sha256: bytes) -> LedgerProgress:
        with self._services.sessions.begin() as session:
            row = ensure(session, claim)
            refuse_when_complete(row)
            _add_piece(session, row, piece, sha256)
            pieces = pieces_of(session, row)
            if not row.opened:
                self._open(session, row, pieces, claim.recording)
            return LedgerProgress(ledger_length=held_length(pieces))

    def _open(
        self, session: Session, row: Recording, pieces: Sequence[PieceRange], claimed: str | None
    ) -> None:
        """Read the ledger's first record as soon as it is whole."""
        opening = read_opening(self._store, row.place, pieces)
        refusal = apply_open(session, row, opening, claimed=claimed) if opening is not None else None
        if refusal is not None:
            row.sentence = refusal
            touch(session, row, RecordingState.FAILED)

    def _adopt(self, claim: RecordingClaim) -> None:
        """Make rows of objects that a crash left without one, while the recording may still grow."""
        with self._services.readers() as session:
            row = find(session, claim)
            if row is None or row.state not in OPEN_TO_MORE:
                return
            place = row.place
            known = {names.segment_key(place, each.name) for each in segments_of(session, row)}
            known |= {names.ledger_key(place, each.offset) for each in pieces_of(session, row)}
        prefix = names.recording_prefix(place)
        orphans = [each for each in self._store.list(prefix) if each.key not in known]
        for each in orphans:
            self._adopt_one(claim, each.key.removeprefix(f"{prefix}/"), self._store.read(each.key))

    def _adopt_one(self, claim: RecordingClaim, name: str, data: bytes) -> None:
        folder, _, leaf = name.partition("/")
        sha256 = hashlib.sha256(data).digest()
        with self._services.sessions.begin() as session:
            row = ensure(session, claim)
            if row.state not in OPEN_TO_MORE:
                return
            if folder == "segments" and _segment(session, row, leaf) is None:
                _add_segment(session, row, leaf, len(data), sha256)
            elif folder == "ledger":
                _add_piece(session, row, PieceRange(int(leaf), len(data)), sha256)
                if not row.opened:
                    self._open(session, row, pieces_of(session, row), claim.recording)


def _segment(session: Session, row: Recording, name: str) -> SegmentRow | None:
    return session.scalars(
        select(SegmentRow).where(SegmentRow.recording_id == row.id, SegmentRow.name == name)
    ).one_or_none()


def _add_segment(session: Session, row: Recording, name: str, size: int, sha256: bytes) -> None:
    session.add(SegmentRow(recording_id=row.id, name=name, size=size, sha256=sha256, received=now(session)))
    row.received_bytes += size  # the row is held: whoever adds another segment waits
    take_more(session, row)


def _add_piece(session: Session, row: Recording, piece: PieceRange, sha256: bytes) -> None:
    if session.get(LedgerPiece, (row.id, piece.offset)) is not None:
        return
    session.add(
        LedgerPiece(
            recording_id=row.id,
            offset=piece.offset,
            length=piece.length,
            sha256=sha256,
            received=now(session),
        )
    )
    session.flush()
    take_more(session, row)


def _same_or_refused(known: SegmentRow, new: HeldSegment, *, created: bool = False) -> StoredObject:
    if known.sha256 != new.sha256:
        raise differs(known.name)
    return StoredObject(name=known.name, size=known.size, sha256=known.sha256.hex(), created=created)


def _info(row: SegmentRow) -> SegmentInfo:
    return SegmentInfo(name=row.name, size=row.size, sha256=row.sha256.hex())

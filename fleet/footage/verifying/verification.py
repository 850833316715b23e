"""Verifying whole recordings, and what follows: the receipt, or the reasons why there is none.

Order, for a recording whose verification is due: its bytes are read back from the store;
``protocol.footage.verifying.verify`` judges them, the same function as the offline verifier, and where it
finds anything wrong they are compared with what was acknowledged; the fleet opens what it can (``opening``);
the whole ledger and the signed receipt become objects; then the row says ``held`` (or ``failed``, with the
reasons). Each step can be repeated after a crash and ends the same (F7).

While the vault is sealed nothing can be opened. Then a receipt says "opening not tried yet", and the row too,
until it is tried; but of a camera of which nothing was ever opened, recordings wait for their receipt.

A recording that was altered, or cannot be opened, is kept as it is: it may be the evidence of that.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from fleet.core.database import now
from fleet.core.services import Services
from fleet.footage.recordings.models import (
    CANNOT_BE_OPENED,
    OPENED,
    REFUSED,
    Recording,
    RecordingState,
    SegmentRow,
)
from fleet.footage.recordings.rows import dated_anew, touch, wall_time
from fleet.footage.recordings.run_clocks import learn, readings_in
from fleet.footage.store import names
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import FootageStore
from fleet.footage.timeline.chunks import to_json
from fleet.footage.timeline.conditions import condition_sums
from fleet.footage.timeline.events import place_events, seconds
from fleet.footage.timeline.holes import cut_holes
from fleet.footage.timeline.lacking import lacking_s
from fleet.footage.verifying.chains import compare, link_of, not_compared
from fleet.footage.verifying.cut_short import is_cut_short, reopen
from fleet.footage.verifying.opening import CannotBeOpenedError, OpeningCheck
from fleet.footage.verifying.receipts import describe, sign_and_keep
from fleet.footage.verifying.subject import Subject, load
from fleet.pki.authority import Authority
from protocol.footage.format.errors import NoLedgerError
from protocol.footage.ledger.ledger import read_ledger
from protocol.footage.verifying.report import ChunkStatus, Finding, Report, Rule
from protocol.footage.verifying.verify import verify_recording

log = logging.getLogger(__name__)

KEYLESS: Final = (
    "The end of this recording has no keys, so nobody could ever open it; a camera that starts again cuts "
    "such an end off before it sends the recording."
)

NO_RECORDING: Final = "What arrived is not a recording: what the camera keeps about it is not there."

NOT_TRIED: Final = "opening not tried yet"
"""What a receipt says beside the verdict that was signed while the vault was sealed."""

_WAITS: Final = (
    "Nothing that this camera recorded is known to open, so this is opened before its receipt is signed. It "
    "waits until the vault is unsealed."
)


class OpeningWaitsError(Exception):
    """A recording is to be opened before its receipt, and the vault is sealed; it is still due."""


class Verification:
    """Verifies one recording at a time, in whatever thread calls it."""

    def __init__(
        self,
        services: Services,
        authority: Authority,
        store: FootageStore,
        spool: Spool,
        opening: OpeningCheck,
    ) -> None:
        self._services = services
        self._authority = authority
        self._store = store
        self._spool = spool
        self._opening = opening

    def run(self, row: int, *, progress: Callable[[int], None] | None = None) -> None:
        """Verify a recording whose verification is due; another is left alone.

        Args:
            row: the number of its row.
            progress: called with the number of bytes just checked; may raise to abandon the work, which is
                then still due.

        Raises:
            StoreError: the store failed, or gave back other bytes than it was given; the verification is
                still due.
            OpeningWaitsError: it waits for the vault; the verification is still due.
        """
        can_open = self._opening.is_possible()
        if not can_open and self._is_first(row):  # before anything is read: it is asked again and again
            raise OpeningWaitsError(_WAITS)
        subject = load(self._services.readers, self._store, row, _is_due)
        if subject is None:
            return
        report, refusal = self._judge(subject, progress)
        if report is None or refusal is not None:
            self._refuse(subject, report, refusal or NO_RECORDING)
            return
        if is_cut_short(subject, self._store):
            reopen(self._services, subject)
            return
        try:
            if can_open:
                self._opening.run(subject.candidate(self._store))
        except CannotBeOpenedError as error:
            self._refuse(subject, report, str(error), opening=REFUSED)
            return
        self._hold(subject, report, opening=OPENED if can_open else None)

    def _judge(
        self, subject: Subject, progress: Callable[[int], None] | None
    ) -> tuple[Report | None, str | None]:
        """Judge a recording; return the report, and why it is refused, where it is.

        What verifies is what its camera signed, byte for byte, and is hashed once for that. Where anything is
        wrong with what the store gave back, all of it is read again and compared with what was acknowledged,
        so that damage in the store is not taken for the camera's (decision 0103).
        """
        report, refusal = None, None
        for by_digest in (False, True):
            try:
                report = verify_recording(
                    subject.files(self._store, by_digest=by_digest),
                    authorities=[self._authority.der],
                    progress=progress,
                    seen=subject.indexing(),
                )
            except NoLedgerError:
                continue
            refusal = refusal_of(report, subject.place)
            if refusal is None and not report.findings:
                break
        return report, refusal

    def due(self) -> Sequence[int]:
        """Return the rows of recordings whose verification is due, the oldest first."""
        with self._services.readers() as session:
            rows = session.query(Recording.id).filter(Recording.state == RecordingState.VERIFYING)
            return [row for (row,) in rows.order_by(Recording.changed)]

    def not_compared(self) -> Sequence[int]:
        """Return the rows of recordings that are held and were never compared with their neighbours."""
        with self._services.readers() as session:
            return not_compared(session)

    def compare(self, row: int) -> None:
        """Compare a recording that was held before recordings were compared; another is left alone.

        Of its chunks nothing is known then, so that it is not compared chunk by chunk.

        Raises:
            StoreError: the store failed.
            FormatError: what the store holds as its ledger is none.
        """
        with self._services.readers() as session:
            recording = session.get(Recording, row)
            if recording is None or recording.state != RecordingState.HELD:
                return
            place = recording.place
        ledger = read_ledger(self._store.read(names.whole_ledger_key(place)))
        with self._services.sessions.begin() as session:
            held = session.get(Recording, row, with_for_update={"of": Recording})
            if held is not None and held.state == RecordingState.HELD:
                compare(session, held, link_of(ledger))

    def wait(self, row: int, sentence: str) -> bool:
        """Say on a recording's page why its verification waits; return whether that was news."""
        with self._services.sessions.begin() as session:
            recording = session.get(Recording, row)
            if recording is None or recording.state != RecordingState.VERIFYING:
                return False
            if recording.sentence == sentence:  # a page is not told the same again and again
                return False
            recording.sentence = sentence
            touch(session, recording)
            return True

    def _is_first(self, row: int) -> bool:
        """Say whether a recording is due, and none of its camera was ever opened."""
        with self._services.readers() as session:
            recording = session.get(Recording, row)
            if recording is None or not _is_due(recording):
                return False
            camera = recording.camera_id
            query = select(Recording.id).where(Recording.camera_id == camera, Recording.opening == OPENED)
            return session.scalars(query.limit(1)).first() is None

    def _hold(self, subject: Subject, report: Report, *, opening: str | None) -> None:
        ledger = subject.read()
        received = self._services.clock()
        verdict = str(report.verdict) if opening is not None else f"{report.verdict}; {NOT_TRIED}"
        receipt = describe(ledger, subject.ledger, subject.segments, verdict, received)
        with self._spool.keep(subject.ledger) as incoming:
            self._store.put(names.whole_ledger_key(subject.place), incoming.finish())
        signed = sign_and_keep(receipt, subject.place, self._authority, self._store, self._spool)
        chunks = [each for each in report.chunks if each.status is ChunkStatus.INTACT]
        events = place_events(
            ledger,
            first_ns=report.first_ns or 0,
            end_ns=report.end_ns or 0,
            gaps=report.gaps,
            cuts=cut_holes((each.start_ns, each.start_ns + each.duration_ns) for each in chunks),
        )
        with self._services.sessions.begin() as session:
            row = session.get(Recording, subject.row, with_for_update={"of": Recording})
            if row is None or row.state != RecordingState.VERIFYING:
                return
            _note(row, report, now(session))
            row.opening, row.opening_at = opening, now(session) if opening is not None else None
            row.receipt_sha256, row.timeline = hashlib.sha256(signed).digest(), events.to_json()
            row.duration_s = seconds(report.duration_ns or 0)
            row.late_s, row.lacking_s = events.late_s, lacking_s(events)
            row.conditions = condition_sums(report.conditions)
            row.prerecord_s = seconds(report.prerecord_ns or 0)
            if ledger.close is not None:
                row.closed = wall_time(ledger.close.label.utc_us)
            learn(session, row.camera_id, ledger.open.run.hex(), readings_in(ledger), dated_anew)
            for segment in session.query(SegmentRow).filter(SegmentRow.recording_id == row.id):
                segment.parts = to_json(subject.index.get(segment.name, ()))
            touch(session, row, RecordingState.HELD)
            compare(session, row, report.link or link_of(ledger))
        log.info(
            "Recording %d of %s is held: %s", subject.place.number, subject.place.camera, report.sentence
        )

    def _refuse(
        self, subject: Subject, report: Report | None, sentence: str, *, opening: str | None = None
    ) -> None:
        with self._services.sessions.begin() as session:
            row = session.get(Recording, subject.row, with_for_update={"of": Recording})
            if row is None or row.state != RecordingState.VERIFYING:
                return
            if report is not None:
                _note(row, report, now(session))
            if opening is not None:
                row.opening, row.opening_at, row.verdict = opening, now(session), CANNOT_BE_OPENED
            row.sentence, row.verified = sentence, now(session)
            touch(session, row, RecordingState.FAILED)
        log.error("Recording %d of %s is refused: %s", subject.place.number, subject.place.camera, sentence)


def _is_due(row: Recording) -> bool:
    return row.state == RecordingState.VERIFYING


def _note(row: Recording, report: Report, moment: datetime) -> None:
    row.verdict, row.sentence, row.report = str(report.verdict), report.sentence, report.to_json()
    row.verified = moment


def refusal_of(report: Report, place: names.Place) -> str | None:
    """Return why a recording is not taken, or None."""
    if not report.ok:
        return report.sentence
    if (report.camera, report.number) != (place.camera, place.number):
        return f"This is recording {report.number} of {report.camera}, sent as another."
    if report.without_keys:
        return KEYLESS
    if not report.authority_checked:
        finding = Finding(
            Rule.AUTHORITY, "ledger.cbor", None, "", "the camera is of another fleet's authority"
        )
        return finding.sentence
    return None

"""Deleting one recording, in two phases, as a job that any process may take up where another died (F3, F7).

Order, each step durable before the next, each of them repeatable:

1. it is looked at again, by the rules, in the transaction that decides it: from then on it is ``deleting``,
   nothing of it is taken in or let out, no hold can be placed, and there is no way back. What goes upon a
   request goes while deletion is switched off and the clock in doubt too: a person decided it, and no day is
   waited for;
2. whoever watches it, or takes it out, is cut off, and the keys that they had are overwritten;
3. its receipt is put aside for its camera;
4. **the wrapped keys are destroyed**: every object of its ledger, the table of its keys, and the key of its
   own that opens that;
5. **the bytes go**: everything else in its place;
6. the certificate is signed and durable in the store; then its rows forget all but that it was deleted.

A viewing in another process ends as soon as that hears of the recording, at the latest by itself.

From a store that keeps old versions nothing is deleted: no certificate could be true of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import FLEET
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.errors import FleetError
from fleet.core.services import Services
from fleet.footage.errors import StoreError
from fleet.footage.keys.models import RecordingKey
from fleet.footage.recordings.models import GONE, LedgerPiece, Recording, RecordingState, SegmentRow
from fleet.footage.recordings.rows import TOPIC, pieces_of
from fleet.footage.services import FootageServices
from fleet.footage.store.names import Place
from fleet.footage.store.store import versions_kept
from fleet.jobs.queue import finish
from fleet.jobs.worker import JobRun
from fleet.pki.authority import Authority
from fleet.retention.clock import is_doubted
from fleet.retention.deletion.certificates import Certificates, deleted_at
from fleet.retention.deletion.facts import facts_of
from fleet.retention.deletion.objects import delete_bytes, destroy_keys, digest_ledger, keep_receipt
from fleet.retention.deletion.tombstone import bury
from fleet.retention.lookup import keepings
from fleet.retention.models import Deletion, Erasure
from fleet.retention.rules.periods import local_day
from fleet.retention.rules.switching import deletes
from fleet.retention.switch import switches_of

KIND = "deletion"
BEGUN = "retention:recording:delete"
KEYS_DESTROYED = "retention:recording:destroy-keys"
DELETED = "retention:recording:deleted"


class MoreCameError(FleetError):
    """Something of the recording came while it was looked at; it is looked at again."""


class Deleting:
    """Deletes recordings: what does jobs of ``KIND``, whose subject is a recording's row."""

    def __init__(self, services: Services, authority: Authority, footage: FootageServices) -> None:
        self._services = services
        self._store = footage.store
        self._spool = footage.spool
        self._end_viewings = footage.watching.viewings.end_of
        self._certificates = Certificates(authority, footage.store, footage.spool)
        self._zone: ZoneInfo = services.config.site.time_zone

    def __call__(self, run: JobRun) -> None:
        """Delete a recording as far as is still to be done; one that is to be kept is left alone.

        Raises:
            StoreError: the store failed, and it goes on from there; or it keeps what is deleted.
            LeaseLostError: another process has taken it up.
        """
        if self._store.keeps_versions:
            raise StoreError(versions_kept(self._store.where))
        number = int(run.lease.subject)
        place = self._begin(number)
        if place is None:
            return
        self._end_viewings(place)
        keep_receipt(self._store, self._spool, place)
        destroy_keys(self._store, place, run.go_on)
        self._note(number, _keys_destroyed)
        delete_bytes(self._store, place, run.go_on)
        self._note(number, _bytes_deleted)
        self._certify(number, place, run)

    def _begin(self, number: int) -> Place | None:
        """Decide it, unless that was done; return where it lies, None where there is nothing to do."""
        with self._services.readers() as session:
            row = session.get(Recording, number)
            if row is None or row.state == RecordingState.DELETED:
                return None
            place, pieces = row.place, pieces_of(session, row)
            if row.state == RecordingState.DELETING:
                return place
        ledger = digest_ledger(self._store, place, pieces)
        with self._services.sessions.begin() as session:
            take_turn(session, Turn.RETENTION)
            found = session.get(Recording, number, with_for_update={"of": Recording}, populate_existing=True)
            if found is None or found.state in GONE:
                return place
            today = local_day(now(session), self._zone)
            kept = keepings(session, [found], self._zone)[number]
            erasure = session.get(Erasure, number)
            by_day = deletes(switches_of(session), today, self._zone) and not is_doubted(session)
            if not kept.may_go(today) or not (by_day or erasure is not None):
                return None
            if pieces_of(session, found) != pieces:
                raise MoreCameError("More of the recording came while it was looked at.")
            moment = now(session)
            facts = facts_of(session, found, kept, ledger, erasure)
            session.add(Deletion(recording_id=number, begun=moment, facts=facts, ledger_sha256=ledger.sha256))
            found.state, found.deleted, found.deleted_why = RecordingState.DELETING, moment, kept.reason
            found.changed = moment
            record(session, FLEET, BEGUN, found.public_id, kept.reason)
            announce(session, TOPIC, found.public_id)
        return place

    def _note(self, number: int, done: Callable[[Session, Deletion], None]) -> None:
        with self._services.sessions.begin() as session:
            done(session, session.get_one(Deletion, number, with_for_update=True))

    def _certify(self, number: int, place: Place, run: JobRun) -> None:
        with self._services.readers() as session:
            deletion = session.get_one(Deletion, number)
        text = self._certificates.make(deletion, place)
        with self._services.sessions.begin() as session:
            row = session.get_one(
                Recording, number, with_for_update={"of": Recording}, populate_existing=True
            )
            own = session.get_one(Deletion, number, with_for_update=True)
            own.certificate, own.certified = text, now(session)
            bury(session, row)
            row.state, row.deleted, row.changed = RecordingState.DELETED, deleted_at(text), now(session)
            digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
            record(session, FLEET, DELETED, row.public_id, detail={"certificate_sha256": digest})
            announce(session, TOPIC, row.public_id)
            finish(session, run.lease)
        run.is_over = True


def _keys_destroyed(session: Session, deletion: Deletion) -> None:
    if deletion.keys_destroyed is not None:
        return
    session.execute(delete(RecordingKey).where(RecordingKey.recording_id == deletion.recording_id))
    session.execute(delete(LedgerPiece).where(LedgerPiece.recording_id == deletion.recording_id))
    deletion.keys_destroyed = now(session)
    record(session, FLEET, KEYS_DESTROYED, deletion.recording.public_id)


def _bytes_deleted(session: Session, deletion: Deletion) -> None:
    if deletion.bytes_deleted is not None:
        return
    session.execute(delete(SegmentRow).where(SegmentRow.recording_id == deletion.recording_id))
    deletion.bytes_deleted = now(session)

"""Deleting again what a copy brought back: a database, or footage, that is older than the deletion.

Rules:
- a certificate of deletion lies in the store, outside the database; as the service starts, before anything is
  shown, each is compared with the tables, and what is here again is marked as being deleted: by that alone
  nothing of it is taken in or let out;
- a recording that the tables do not know of at all gets a row, so that its number does not look missing;
- objects that lie in the place of a deleted recording, from a copy or from an upload that was under way, are
  found by listing, at the start and once a day, and deleted;
- only a certificate of this fleet counts, and only for the recording that it names. It is kept as it is: when
  the recording went first is what it says.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.models import CameraRow
from fleet.core.actor import FLEET
from fleet.core.database import announce, now
from fleet.core.services import Services
from fleet.footage.recordings.lookup import get_named
from fleet.footage.recordings.models import GONE, Recording, RecordingState
from fleet.footage.recordings.rows import TOPIC
from fleet.footage.store import names
from fleet.footage.store.store import FootageStore
from fleet.jobs.queue import ask
from fleet.retention.deletion.certificates import Certificates
from fleet.retention.deletion.deleting import KIND
from fleet.retention.models import Deletion
from protocol.footage.deletion import Said

log = logging.getLogger(__name__)

AGAIN = "retention:recording:delete-again"
EVERY = timedelta(days=1)
_TIMES = ("begun", "keys_destroyed", "bytes_deleted", "kind", "version")


class DeletingAgain:
    """Finds what is here again although it was deleted."""

    def __init__(self, services: Services, store: FootageStore, certificates: Certificates) -> None:
        self._services = services
        self._store = store
        self._certificates = certificates
        self._next: datetime | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Compare the tables with the certificates before anything else is done.

        Raises:
            StoreError: the store failed.
        """
        await run_in_threadpool(self.apply)
        yield

    def __call__(self) -> None:
        """Look for objects that came back, if it is time.

        Raises:
            StoreError: the store failed.
        """
        moment = self._services.clock()
        if self._next is None or not timedelta() < self._next - moment <= EVERY:
            self.sweep()
            self._next = moment + EVERY

    def apply(self) -> int:
        """Mark what the certificates say to be deleted and the tables do not; return how many.

        Raises:
            StoreError: the store failed.
        """
        found = [names.place_of_certificate(each.key) for each in self._store.list(names.DELETED)]
        places = {place for place in found if place is not None}
        return sum(self._apply(place) for place in sorted(places - self._deleted(), key=str))

    def sweep(self) -> int:
        """Mark deleted recordings of which something is in the store; return how many.

        Raises:
            StoreError: the store failed.
        """
        known, number = self._deleted(), 0
        for camera in sorted({place.camera for place in known}):
            folders = self._store.folders(names.camera_prefix(camera))
            here = {names.place_below(camera, folder) for folder in folders}
            for place in sorted(known & here, key=str):
                if self._store.list(names.recording_prefix(place)):
                    number += self._mark(place, None)
        return number

    def _deleted(self) -> set[names.Place]:
        query = select(Recording.camera_id, Recording.number, Recording.apart)
        with self._services.readers() as session:
            rows = session.execute(query.where(Recording.state == RecordingState.DELETED))
            return {names.Place(*row) for row in rows}

    def _apply(self, place: names.Place) -> bool:
        certificate = self._certificates.check(self._store.read(names.certificate_key(place)), place)
        if certificate is None:
            log.error("%s is no certificate of this fleet and deletes nothing.", names.certificate_key(place))
            return False
        return self._mark(place, certificate.said)

    def _mark(self, place: names.Place, said: Mapping[str, Said] | None) -> bool:
        """Mark a recording as being deleted again, by its certificate; None where the tables have that."""
        with self._services.sessions.begin() as session:
            row = _known(session, place) if said is None else _brought_back(session, place, said)
            if row is None:
                return False
            row.state, row.changed, row.deleted = RecordingState.DELETING, now(session), now(session)
            record(session, FLEET, AGAIN, row.public_id, row.deleted_why or "")
            ask(session, KIND, str(row.id))
            announce(session, TOPIC, row.public_id)
        log.warning("Recording %d of %s was deleted and is here again.", place.number, place.camera)
        return True


def _row(session: Session, place: names.Place) -> Recording | None:
    query = select(Recording).where(
        Recording.camera_id == place.camera, Recording.number == place.number, Recording.apart == place.apart
    )
    return session.scalars(query.with_for_update(of=Recording)).one_or_none()


def _known(session: Session, place: names.Place) -> Recording | None:
    """Return a recording whose deletion is done and is to be done once more."""
    row = _row(session, place)
    deletion = None if row is None else session.get(Deletion, row.id)
    if deletion is None:
        return None
    deletion.keys_destroyed = deletion.bytes_deleted = None
    return row


def _brought_back(session: Session, place: names.Place, said: Mapping[str, Said]) -> Recording | None:
    """Return a recording that its certificate says to be deleted and the tables do not."""
    row = _row(session, place) or _made(session, place, said)
    if row is None or row.state in GONE:
        return None
    facts = {key: value for key, value in said.items() if key not in _TIMES}
    session.add(Deletion(recording_id=row.id, begun=now(session), facts=facts))
    row.deleted_why, row.receipt_sha256 = str(said.get("why", "")), _digest(said.get("receipt_sha256"))
    return row


def _made(session: Session, place: names.Place, said: Mapping[str, Said]) -> Recording | None:
    """Make the row of a recording that the tables do not know; None where they do not know its camera."""
    if session.get(CameraRow, place.camera) is None:
        log.error("A deleted recording is of %s, which this database does not know.", place.camera)
        return None
    name = str(said.get("recording"))
    is_free = names.is_recording_id(name) and get_named(session, name) is None
    pressed = _time(said.get("pressed") or said.get("recording_begun"))
    row = Recording(
        camera_id=place.camera,
        number=place.number,
        apart=place.apart,
        recording=name if is_free else None,
        state=RecordingState.ANNOUNCED,
        announced=_time(said.get("first_heard_of")) or now(session),
        changed=now(session),
        pressed=pressed,
        clock_synchronised=None if pressed is None else True,
        missing=[],
        marks=[],
        trigger="",
        opened=False,
        received_bytes=0,
    )
    session.add(row)
    session.flush()
    return row


def _time(text: Said) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _digest(text: Said) -> bytes | None:
    return bytes.fromhex(text) if isinstance(text, str) else None

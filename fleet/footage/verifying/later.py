"""Opening later what could not be opened before its receipt: the vault was sealed, or the fleet was older.

What is to be opened is in the database (recordings that are held, of which ``opening`` says nothing), so that
a restart forgets none of it. One that turns out not to open is held no longer: its state, its verdict and its
sentence say so, and that it was signed for before.
"""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import select

from fleet.core.database import now
from fleet.core.services import Services
from fleet.footage.recordings.models import OPENED, REFUSED, Recording, RecordingState
from fleet.footage.recordings.rows import touch
from fleet.footage.store.store import FootageStore
from fleet.footage.verifying.opening import CANNOT_BE_OPENED, CannotBeOpenedError, OpeningCheck
from fleet.footage.verifying.subject import load

log = logging.getLogger(__name__)

_SIGNED_BEFORE: Final = (
    "The fleet had signed for it before this was tried; whether the camera still has its copy is not known."
)


class LaterOpenings:
    """Opens one recording at a time, in whatever thread calls it."""

    def __init__(self, services: Services, store: FootageStore, opening: OpeningCheck) -> None:
        self._services = services
        self._store = store
        self._opening = opening

    def next(self, after: int) -> int | None:
        """Return the first row after that number which is held and was not opened yet, or None.

        None, too, while the vault is sealed.
        """
        query = select(Recording.id).where(
            Recording.state == RecordingState.HELD, Recording.opening.is_(None), Recording.id > after
        )
        with self._services.readers() as session:
            row = session.scalars(query.order_by(Recording.id).limit(1)).one_or_none()
        return row if row is not None and self._opening.is_possible() else None

    def open(self, row: int) -> None:
        """Open a recording; one that is not due is left alone.

        Raises:
            StoreError: the store failed; it is still to be opened.
            ProblemError: 503 the vault has been sealed meanwhile.
        """
        subject = load(self._services.readers, self._store, row, _is_due)
        if subject is None:
            return
        files = subject.files(self._store)
        for segment in subject.segments:
            if segment.name not in subject.index:
                _ = files[segment.name]  # reading it indexes it
        try:
            self._opening.run(subject.candidate(self._store))
            found, sentence = OPENED, ""
        except CannotBeOpenedError as error:
            found, sentence = REFUSED, f"{error} {_SIGNED_BEFORE}"
        with self._services.sessions.begin() as session:
            recording = session.get(Recording, row, with_for_update={"of": Recording})
            if recording is None or not _is_due(recording):
                return
            recording.opening, recording.opening_at = found, now(session)
            if found == REFUSED:
                recording.verdict, recording.sentence = CANNOT_BE_OPENED, sentence
                recording.state = RecordingState.FAILED
            touch(session, recording)
        if sentence:
            log.error("Recording %d of %s: %s", subject.place.number, subject.place.camera, sentence)


def _is_due(row: Recording) -> bool:
    return row.state == RecordingState.HELD and row.opening is None

"""Opening later what could not be opened before its receipt: the vault was sealed, or the fleet was older.

What is to be opened is in the database (recordings that are held, of which ``opening`` says nothing), so that
a restart forgets none of it. One that turns out not to open is held no longer: its state, its verdict and its
sentence say so, and that it was signed for before.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select

from fleet.core.database import now
from fleet.core.services import Services
from fleet.footage.recordings.models import (
    A_PART,
    CANNOT_BE_OPENED,
    OPENED,
    REFUSED,
    Recording,
    RecordingState,
)
from fleet.footage.recordings.rows import touch
from fleet.footage.store.store import FootageStore
from fleet.footage.timeline.chunks import index_segment
from fleet.footage.verifying.opening import CannotBeOpenedError, OpeningCheck
from fleet.footage.verifying.part import ledger_of_part
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
        query = select(Recording.id).where(_due_now(), Recording.id > after)
        with self._services.readers() as session:
            row = session.scalars(query.order_by(Recording.id).limit(1)).one_or_none()
        return row if row is not None and self._opening.is_possible() else None

    def open(self, row: int) -> None:
        """Open a recording; one that is not due is left alone.

        Raises:
            StoreError: the store failed; it is still to be opened.
            ProblemError: 503 the vault has been sealed meanwhile.
        """
        found = load(self._services.readers, self._store, row, _is_due)
        if found is None:
            return
        subject = replace(found, ledger=ledger_of_part(found.ledger))
        files = subject.files(self._store)
        for segment in subject.segments:
            if segment.name not in subject.index:
                subject.index[segment.name] = index_segment(segment.name, files[segment.name])
        try:
            self._opening.run(subject.candidate(self._store))
            result, why = OPENED, ""
        except CannotBeOpenedError as error:
            result, why = REFUSED, str(error)
        with self._services.sessions.begin() as session:
            recording = session.get(Recording, row, with_for_update={"of": Recording})
            if recording is None or not _is_due(recording):
                return
            recording.opening, recording.opening_at = result, now(session)
            if result == REFUSED:
                _refuse(recording, why)
            touch(session, recording)
        if why:
            log.error("Recording %d of %s: %s", subject.place.number, subject.place.camera, why)


def _is_due(row: Recording) -> bool:
    is_part = row.state == RecordingState.STOPPED and row.verdict == A_PART
    return row.opening is None and (row.state == RecordingState.HELD or is_part)


def _due_now() -> ColumnElement[bool]:
    """What ``_is_due`` is, for the database."""
    is_part = and_(Recording.state == RecordingState.STOPPED, Recording.verdict == A_PART)
    return and_(Recording.opening.is_(None), or_(Recording.state == RecordingState.HELD, is_part))


def _refuse(row: Recording, why: str) -> None:
    row.verdict = CANNOT_BE_OPENED
    if row.state == RecordingState.STOPPED:  # it stays open to more, and says on who ended it
        row.sentence = f"{why} {row.sentence or ''}".strip()
    else:
        row.sentence, row.state = f"{why} {_SIGNED_BEFORE}", RecordingState.FAILED

"""Taking over what cameras' news says of recordings, many pieces of news in one transaction.

Rules:
- a recording of which nothing is known yet, and that no other piece of news beside it speaks of, is written
  together with all others like it; the rest is applied one after the other, and so is all of it where the
  database refuses that (``rows.apply_event``): what comes out is the same;
- a piece of news that is refused costs no other one its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from fleet.assignments.models import Assignment
from fleet.assignments.service import as_period
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.recordings.lookup import furthest
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.recordings.rows import TOPIC, apply_event
from fleet.footage.recordings.wearer import WearerEvidence, announced_wearer
from fleet.footage.store.names import MAX_NUMBER, public_id
from protocol.messages.events import CameraEvent, NewsKind
from protocol.units import utc_moment

Key = tuple[str, int] | str
"""Of a recording: its camera and number, or its id."""


class Announcements:
    """Takes over what cameras' news says of recordings."""

    def __init__(self, services: Services) -> None:
        self._sessions = services.sessions

    def __call__(self, events: Sequence[CameraEvent], _received: datetime) -> list[tuple[str, str]]:
        """Apply pieces of news in one transaction; return of each that is refused its camera, and why."""
        refused: list[tuple[str, str]] = []
        with self._sessions.begin() as session:
            for event in _written(session, events):
                try:
                    with session.begin_nested():
                        apply_event(session, event)
                except ProblemError as problem:
                    refused.append((event.camera, problem.detail))
        return refused


def _written(session: Session, events: Sequence[CameraEvent]) -> list[CameraEvent]:
    """Write those at once that can be, and return the others in their order."""
    alone = _alone(events)
    known = _known(session, alone) if alone else set()
    last = _furthest(session, {event.camera for event in alone})
    new = [
        event
        for event in alone
        if known.isdisjoint(_keys(event))
        and (last.get(event.camera) is None or (event.number or 0) <= (last[event.camera] or 0))
    ]
    if new:
        session.execute(insert(Recording), _rows(session, new))
    for event in new:
        announce(session, TOPIC, public_id(event.recording, event.camera, event.number or 0))
    done = {id(event) for event in new}
    return [event for event in events if id(event) not in done]


def _alone(events: Iterable[CameraEvent]) -> list[CameraEvent]:
    """Return what is news of a new recording by its id, and is the first that speaks of it. Pure."""
    spoken: set[Key] = set()
    found = []
    for event in events:
        keys = _keys(event)
        is_opening = event.kind is NewsKind.RECORDING_OPENED and event.recording is not None
        if is_opening and 1 <= (event.number or 0) <= MAX_NUMBER and spoken.isdisjoint(keys):
            found.append(event)
        spoken |= keys
    return found


def _keys(event: CameraEvent) -> set[Key]:
    keys: set[Key] = {(event.camera, event.number)} if event.number is not None else set()
    return keys | ({event.recording} if event.recording is not None else set())


def _known(session: Session, events: Sequence[CameraEvent]) -> set[Key]:
    """Return which of their recordings there are already, by number or by id."""
    cameras, numbers = {event.camera for event in events}, {event.number for event in events}
    query = select(Recording.camera_id, Recording.number)
    among = query.where(Recording.camera_id.in_(cameras), Recording.number.in_(numbers))
    found: set[Key] = {(camera, number) for camera, number in session.execute(among)}
    named = [event.recording for event in events]
    found |= set(session.scalars(select(Recording.recording).where(Recording.recording.in_(named))))
    return found


def _furthest(session: Session, cameras: set[str]) -> dict[str, int | None]:
    """Return up to which number each camera is believed; None, or nothing, where any is."""
    query = (
        select(Recording.camera_id, func.max(Recording.number))
        .where(Recording.camera_id.in_(cameras), Recording.state != RecordingState.ANNOUNCED)
        .group_by(Recording.camera_id)
    )
    return {camera: furthest(number) for camera, number in session.execute(query)}


def _rows(session: Session, events: Sequence[CameraEvent]) -> list[dict[str, object]]:
    """Return the rows of recordings of which nothing is known but this."""
    claimed = {event.assignment for event in events if event.assignment is not None}
    query = select(Assignment).where(Assignment.id.in_(claimed))
    told = {row.id: as_period(row) for row in session.scalars(query)} if claimed else {}
    moment = now(session)
    rows: list[dict[str, object]] = []
    for event in events:
        period = None if event.assignment is None else told.get(event.assignment)
        evidence = WearerEvidence(
            event.camera, event.assignment, period, listed=None, clock_set=event.clock_synchronised
        )
        wearer = announced_wearer(evidence)
        rows.append(
            {
                "camera_id": event.camera,
                "number": event.number,
                "recording": event.recording,
                "apart": "",
                "state": RecordingState.ANNOUNCED,
                "announced": moment,
                "changed": moment,
                "pressed": utc_moment(event.at_utc_us),
                "clock_synchronised": event.clock_synchronised,
                "prerecord_s": event.prerecord_s,
                "asked_s": event.asked_s,
                "trigger": event.trigger or "",
                "marks": list(event.marks),
                "missing": [],
                "opened": False,
                "received_bytes": 0,
                "wearer_basis": wearer.basis,
                "wearer_doubt": wearer.doubt,
                "assignment_id": None if wearer.worn is None else wearer.worn.id,
                "officer_id": None if wearer.worn is None else wearer.worn.officer,
            }
        )
    return rows

"""Reading what people say of recordings, and their incidents, into what pages show. Only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fleet.core.database import now
from fleet.footage.recordings.models import Recording
from fleet.incidents.finding import (
    IncidentFilter,
    RecordingTold,
    at_same_place,
    counts_of,
    find_incidents,
    near_incident,
    near_recording,
    recordings_of,
    told_of,
)
from fleet.incidents.models import Incident
from fleet.incidents.notes import notes_of
from fleet.incidents.own_words import own_words_of
from fleet.visits.links import visits_meant
from fleet.visits.models import VisitRecording
from fleet.web import recorded
from fleet.web.views.incidents.incident import (
    IncidentView,
    NoteView,
    incident_view,
    near_words,
    note_views,
    own_word_views,
)
from fleet.web.views.moments import count
from fleet.web.views.recordings import Row, row
from fleet.web.views.told import incident_words


@dataclass(frozen=True, slots=True)
class JudgedRecording:
    """What people say of one recording, as its page shows it.

    Attributes:
        told: what they say.
        words: whether it shows an incident, in words.
        notes: what they wrote.
        own_words: what the officer wrote whose recording it is.
        visits: ids of the visits that it was made on, or may have been.
        visit_words: which of the two, in words; empty where there is none.
        near: recordings of other cameras about its time.
        near_text: of how many cameras those are; empty where there is none.
    """

    told: RecordingTold
    words: str
    notes: tuple[NoteView, ...]
    own_words: tuple[NoteView, ...]
    near: tuple[Row, ...]
    near_text: str
    visits: tuple[str, ...]
    visit_words: str


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """One incident, as its page shows it.

    Attributes:
        view: the incident.
        recordings: those that belong to it, the oldest first.
        near: those that may, by their time.
        near_text: of how many cameras all of these are; empty where they are of one alone.
        same_place: other incidents at the same place about that time.
    """

    view: IncidentView
    recordings: tuple[Row, ...]
    near: tuple[Row, ...]
    near_text: str
    same_place: tuple[IncidentView, ...]


def judged_recording(session: Session, row: Recording) -> JudgedRecording:
    """Return what people say of a recording."""
    told = told_of(session, [row.id]).get(row.id, RecordingTold())
    near = _rows(session, near_recording(session, row), with_kept=False)
    return JudgedRecording(
        told,
        incident_words(told),
        note_views(notes_of(session, row)),
        own_word_views(own_words_of(session, row)),
        near,
        near_words(near, [row.camera_id]),
        *_visits(session, row),
    )


def _visits(session: Session, row: Recording) -> tuple[tuple[str, ...], str]:
    """Return the visits that a recording was made on, or may have been, and which of the two, in words."""
    link = session.get(VisitRecording, row.id)
    if link is not None:
        of = () if link.visit_id is None else (link.visit_id,)
        return of, "It was made on a visit." if of else "Somebody said that it is of no visit."
    meant = visits_meant(session, row)
    return meant, f"It may have been made on {count(len(meant), 'visit')}." if meant else ""


def incident_page(session: Session, incident: Incident) -> IncidentPage:
    """Return one incident with its recordings and what may belong to it."""
    own = _rows(session, recordings_of(session, incident.id))
    near = _rows(session, near_incident(session, incident), with_kept=False)
    return IncidentPage(
        _views(session, [incident])[0],
        own,
        near,
        near_words(near, [each.camera for each in own]) if near else "",
        _views(session, at_same_place(session, incident)),
    )


def incident_list(
    session: Session, wanted: IncidentFilter, *, skip: int, limit: int
) -> tuple[tuple[IncidentView, ...], int]:
    """Return a page of the incidents that fit, and how many fit in all."""
    found, total = find_incidents(session, wanted, skip=skip, limit=limit)
    return _views(session, found), total


def _rows(session: Session, rows: Sequence[Recording], *, with_kept: bool = True) -> tuple[Row, ...]:
    moment: datetime = now(session)
    return tuple(row(each, moment) for each in recorded.several(session, rows, with_kept=with_kept))


def _views(session: Session, incidents: Sequence[Incident]) -> tuple[IncidentView, ...]:
    counts = counts_of(session, [each.id for each in incidents])
    moment = now(session)
    return tuple(
        incident_view(each, moment, recordings=number, cameras=cameras)
        for each in incidents
        for number, cameras in [counts.get(each.id, (0, 0))]
    )

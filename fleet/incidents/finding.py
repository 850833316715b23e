"""Finding incidents, what is said of recordings, and which recordings may belong together. Only reads."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from fleet.footage.recordings.extent import beyond_press_s
from fleet.footage.recordings.models import A_PART, GONE, Recording, dated_press, made_at
from fleet.incidents.models import Incident, IncidentRecording, Judgement
from fleet.incidents.rules.draft import place_key
from fleet.incidents.rules.said_words import asked_words
from fleet.incidents.rules.suggesting import Pressed, Suggestion, suggest, windows
from fleet.incidents.word_index import said_with

_LONGEST_RECORDING = timedelta(hours=12)
"""One that began so long before may still run."""
_SHORT = timedelta(minutes=5)
"""What began so long before is looked at however short it was."""
_YEARS = range(2000, 9000)
"""A clock that was set to another one dates nothing that anything could lie near to."""
_IS_HEX = re.compile("[0-9a-f]{1,32}")
_AFTER_HEX = "g"
_LOOKED_AT = 200
_MOST_NEAR = 20
PLACE_WITHIN = timedelta(days=7)
_TIMED = (
    *(Recording.id, Recording.camera_id, dated_press),
    *(Recording.duration_s, Recording.prerecord_s, Recording.late_s, Recording.verdict),
)
"""What says when a recording was made: of hundreds that lie about a time nothing else is read."""

AtPlace = Callable[[str], Sequence[Select[int]]]
"""Gives queries for the rows of recordings at a place, a part of which is given."""


def _nowhere(_: str) -> Sequence[Select[int]]:
    return ()


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """What somebody looks for among incidents; what is empty does not matter."""

    text: str = ""
    category: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordingTold:
    """What people say of one recording.

    Attributes:
        category: its category; None while nobody chose one.
        incident: whether it shows an incident; None while nobody said.
        incidents: those that it belongs to, as their ids and references.
    """

    category: str | None = None
    incident: bool | None = None
    incidents: tuple[tuple[str, str], ...] = ()


NOTHING_TOLD: Final = RecordingTold()


def find_incidents(
    session: Session, wanted: IncidentFilter, *, skip: int, limit: int
) -> tuple[Sequence[Incident], int]:
    """Return a page of the incidents that fit, the newest first, and how many fit in all."""
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(Incident).where(*conditions)) or 0
    query = select(Incident).where(*conditions).order_by(Incident.happened.desc(), Incident.id.desc())
    return session.scalars(query.offset(skip).limit(limit)).all(), total


def counts_of(session: Session, incidents: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Return for each incident how many recordings it has, and of how many cameras."""
    query = (
        select(
            IncidentRecording.incident_id,
            func.count(),
            func.count(func.distinct(Recording.camera_id)),
        )
        .join(Recording, Recording.id == IncidentRecording.recording_id)
        .where(IncidentRecording.incident_id.in_(incidents))
        .group_by(IncidentRecording.incident_id)
    )
    return {incident: (count, cameras) for incident, count, cameras in session.execute(query)}


def recordings_of(session: Session, incident: str) -> Sequence[Recording]:
    """Return the recordings of an incident, the oldest first."""
    query = (
        select(Recording)
        .join(IncidentRecording, IncidentRecording.recording_id == Recording.id)
        .where(IncidentRecording.incident_id == incident)
        .order_by(made_at, Recording.id)
    )
    return session.scalars(query).all()


def told_of(session: Session, rows: Collection[int]) -> Mapping[int, RecordingTold]:
    """Return what people say of recordings, by their rows; of what nobody said anything, nothing."""
    if not rows:
        return {}
    said = {
        each.recording_id: each
        for each in session.scalars(select(Judgement).where(Judgement.recording_id.in_(rows)))
    }
    belong: dict[int, list[tuple[str, str]]] = defaultdict(list)
    query = (
        select(IncidentRecording.recording_id, Incident.id, Incident.reference)
        .join(Incident, Incident.id == IncidentRecording.incident_id)
        .where(IncidentRecording.recording_id.in_(rows))
        .order_by(Incident.reference)
    )
    for row, incident, reference in session.execute(query):
        belong[row].append((incident, reference))
    return {
        row: RecordingTold(
            said[row].category if row in said else None,
            said[row].incident if row in said else None,
            tuple(belong[row]),
        )
        for row in {*said, *belong}
    }


def near_incident(session: Session, incident: Incident) -> Sequence[Recording]:
    """Return the recordings that may belong to an incident by their time, the nearest first."""
    own = recordings_of(session, incident.id)
    return _near(session, own, happened=incident.happened)


def near_recording(session: Session, row: Recording) -> Sequence[Recording]:
    """Return the recordings of other cameras about the time of one, the nearest first."""
    return [each for each in _near(session, [row]) if each.camera_id != row.camera_id]


def at_same_place(session: Session, incident: Incident) -> Sequence[Incident]:
    """Return the other incidents at the same place within ``PLACE_WITHIN``, the newest first."""
    query = select(Incident).where(
        Incident.place_key == incident.place_key,
        Incident.id != incident.id,
        Incident.happened >= incident.happened - PLACE_WITHIN,
        Incident.happened <= incident.happened + PLACE_WITHIN,
    )
    return session.scalars(query.order_by(Incident.happened.desc()).limit(_MOST_NEAR)).all()


def matching(
    *,
    text: str = "",
    place: str = "",
    category: str = "",
    incident: str = "",
    elsewhere: AtPlace = _nowhere,
) -> list[ColumnElement[bool]]:
    """Return the conditions on ``Recording`` of what people said; what is empty does not matter.

    Args:
        text: words, each of which is a part of a note, of the officer's own words, of an incident that it
            belongs to or of a place, or the beginning of its id.
        place: a part of the place of such an incident.
        category: its own category, or that of an incident that it belongs to.
        incident: ``yes``, ``no`` or ``open``, while nobody said.
        elsewhere: gives the rows of recordings that are at a place by something else than an incident.
    """
    found: list[ColumnElement[bool]] = []
    linked = select(IncidentRecording.recording_id).join(
        Incident, Incident.id == IncidentRecording.incident_id
    )
    if text.split() and not asked_words(text):
        found.append(false())  # what is too much to be looked for finds nothing, and not everything
    for word in asked_words(text):
        ways = [said_with(word), linked.where(_says(word)), *elsewhere(word)]
        if _IS_HEX.fullmatch(digits := word.lower()):
            begins = and_(Recording.recording >= digits, Recording.recording < f"{digits}{_AFTER_HEX}")
            ways.append(select(Recording.id).where(begins))
        found.append(Recording.id.in_(union_all(*ways)))
    if place:
        here = linked.where(Incident.place_key.contains(place_key(place), autoescape=True))
        found.append(Recording.id.in_(union_all(here, *elsewhere(place))))
    judged = select(Judgement.recording_id)
    if category:
        own, shared = (
            judged.where(Judgement.category == category),
            linked.where(Incident.category == category),
        )
        found.append(Recording.id.in_(union_all(own, shared)))
    if incident == "yes":
        found.append(Recording.id.in_(judged.where(Judgement.incident.is_(True))))
    elif incident == "no":
        found.append(Recording.id.in_(judged.where(Judgement.incident.is_(False))))
    elif incident == "open":
        found.append(Recording.id.not_in(judged.where(Judgement.incident.is_not(None))))
    return found


def _says(text: str) -> ColumnElement[bool]:
    """Return the condition on ``Incident`` that a word is a part of what is written of it."""
    return or_(
        Incident.reference.icontains(text, autoescape=True),
        Incident.what.icontains(text, autoescape=True),
        Incident.place_key.contains(place_key(text), autoescape=True),
    )


def _conditions(wanted: IncidentFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    words = asked_words(wanted.text)
    found += [_says(word) for word in words] if words or not wanted.text.split() else [false()]
    if wanted.category:
        found.append(Incident.category == wanted.category)
    if wanted.start is not None:
        found.append(Incident.happened >= wanted.start)
    if wanted.end is not None:
        found.append(Incident.happened < wanted.end)
    return found


def _near(
    session: Session, own: Sequence[Recording], *, happened: datetime | None = None
) -> Sequence[Recording]:
    """Return what may belong to recordings or a time, the nearest first; of those alone the rows are read."""
    anchors = [each for each in map(_pressed, own) if each is not None]
    others: dict[int, Pressed] = {}
    for begin, end in windows(anchors, happened=happened):
        query = (
            select(*_TIMED)
            .where(_reaches(begin, end), Recording.state.not_in(GONE))
            .where(Recording.id.not_in([row.id for row in own]))
            .order_by(made_at.desc())
            .limit(_LOOKED_AT)
        )
        pressed = (_timed(*row) for row in session.execute(query))
        others |= {each.id: each for each in pressed if each is not None}
    found: Sequence[Suggestion] = suggest(anchors, others.values(), happened=happened)[:_MOST_NEAR]
    if not found:
        return []
    rows = session.scalars(select(Recording).where(Recording.id.in_([each.id for each in found])))
    known = {row.id: row for row in rows}
    return [known[each.id] for each in found]


def _reaches(begin: datetime, end: datetime) -> ColumnElement[bool]:
    """Hold of what was begun between two times, and of what was begun before and may have run until then.

    What is shorter than it would take is left out here, so that the short recordings of a day hide no long
    one behind the limit. From when to when it was begun is said once for all of them: an index is then read
    between those two times, and nowhere else.
    """
    far, long_enough = _SHORT, []
    while far < _LONGEST_RECORDING:
        long_enough.append(or_(made_at >= begin - far, Recording.duration_s >= far.total_seconds()))
        far *= 2
    return and_(made_at >= begin - far, made_at <= end, *long_enough)


def _pressed(row: Recording) -> Pressed | None:
    measures = row.duration_s, row.prerecord_s, row.late_s, row.verdict
    return _timed(row.id, row.camera_id, row.dated_press, *measures)


def _timed(
    row: int,
    camera: str,
    at: datetime | None,
    duration_s: float | None,
    prerecord_s: float | None,
    late_s: float | None,
    verdict: str | None,
) -> Pressed | None:
    """Return a recording with its time; None where nothing dates it."""
    if at is None or at.year not in _YEARS:
        return None
    lasts_s = beyond_press_s(duration_s, prerecord_s, late_s, is_part=verdict == A_PART)
    return Pressed(row, camera, at, at + timedelta(seconds=lasts_s))

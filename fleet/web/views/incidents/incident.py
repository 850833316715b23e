"""Incidents in a list and on their page. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.incidents.models import Incident, Note, OwnWords
from fleet.incidents.rules.suggesting import together_words
from fleet.incidents.rules.words import CATEGORIES, PEOPLE, people_words
from fleet.web.views.moments import Moment, count, full_moment, moment
from fleet.web.views.recordings import Row


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident.

    Attributes:
        id: for its links.
        reference: what it is called.
        category: in words.
        place: where it was.
        happened: when it began.
        what: what happened.
        people: the roles of those who were in it, in words.
        opened: when and by whom it was opened, in words.
        size: how many recordings it has, in words.
    """

    id: str
    reference: str
    category: str
    place: str
    happened: Moment
    what: str
    people: str
    opened: str
    size: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note: by whom, when, and what."""

    author: str
    when: Moment
    text: str


@dataclass(frozen=True, slots=True)
class PersonBox:
    """One role to tick: its value, its name, and whether it is ticked."""

    value: str
    word: str
    ticked: bool


def incident_view(row: Incident, now: datetime, *, recordings: int, cameras: int) -> IncidentView:
    """Show an incident that has so many recordings, of so many cameras."""
    size = count(recordings, "recording")
    return IncidentView(
        id=row.id,
        reference=row.reference,
        category=CATEGORIES.get(row.category, row.category),
        place=row.place,
        happened=moment(row.happened, now),
        what=row.what,
        people=people_words(str(each) for each in row.people),
        opened=f"Opened {full_moment(row.opened).text} by {row.opened_by}.",
        size=f"{size} of {count(cameras, 'camera')}" if recordings else size,
    )


def note_views(notes: Sequence[Note]) -> tuple[NoteView, ...]:
    """Show notes."""
    return tuple(NoteView(each.author, full_moment(each.written), each.text) for each in notes)


def own_word_views(words: Sequence[OwnWords]) -> tuple[NoteView, ...]:
    """Show what an officer wrote about their own recording."""
    return tuple(NoteView(each.author, full_moment(each.written), each.text) for each in words)


def person_boxes(ticked: Iterable[str]) -> tuple[PersonBox, ...]:
    """Return a box for each role that somebody may have had."""
    chosen = frozenset(ticked)
    return tuple(PersonBox(value, word, value in chosen) for value, word in PEOPLE.items())


def near_words(rows: Sequence[Row], own: Iterable[str] = ()) -> str:
    """Say of how many cameras recordings are that may belong together; empty where that says nothing."""
    return together_words([*own, *(row.camera for row in rows)])

"""The training of officers in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from fleet.core.sections.training import TrainingSection
from fleet.people.training.rules import day_words
from fleet.web.views.moments import Moment, moment


class NotedTraining(Protocol):
    """A training as it was noted (``fleet.people.training.models``)."""

    id: str
    course: str
    taken: date
    until: date | None
    noted: datetime
    noted_by: str
    withdrawn: datetime | None
    withdrawn_by: str | None


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """A training on a page.

    Attributes:
        id: by which it is taken back.
        course: which.
        said: when it was taken, and until when it is valid.
        noted: when it was noted.
        by: by whom.
        withdrawn: when it was taken back; None while it counts.
        withdrawn_by: by whom.
    """

    id: str
    course: str
    said: str
    noted: Moment
    by: str
    withdrawn: Moment | None
    withdrawn_by: str


def training_rows(rows: Sequence[NotedTraining], now: datetime, today: date) -> tuple[TrainingRow, ...]:
    """Show trainings, in their order."""
    return tuple(
        TrainingRow(
            each.id,
            each.course,
            _said(each, today),
            moment(each.noted, now),
            each.noted_by,
            None if each.withdrawn is None else moment(each.withdrawn, now),
            each.withdrawn_by or "",
        )
        for each in rows
    )


def condition_words(wanted: TrainingSection) -> str:
    """Say whether a camera is handed out only to who is trained."""
    if not wanted.required:
        return "Cameras are handed to officers with or without one."
    course = f" of “{wanted.course}”" if wanted.course else ""
    return f"A camera is handed to them only while a training{course} is valid."


def _said(row: NotedTraining, today: date) -> str:
    taken = f"taken on {day_words(row.taken)}"
    if row.until is None:
        return f"{taken}, without an end"
    verb = "was valid" if row.until < today else "valid"
    return f"{taken}, {verb} until {day_words(row.until)}"

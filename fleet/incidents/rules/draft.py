"""What somebody writes down of an incident, made clean or refused in a sentence. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fleet.incidents.rules.words import CATEGORIES, PEOPLE

LONGEST_PLACE = 200
LONGEST_WHAT = 4000
LONGEST_NOTE = 2000
EARLIEST_YEAR = 2000


class DraftError(ValueError):
    """What was written cannot be kept; the message says why, in a sentence.

    Attributes:
        field: which field of the form it is about.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class IncidentDraft:
    """An incident as it is to be kept.

    Attributes:
        place: where it was, as people call that.
        category: one of ``CATEGORIES``.
        happened: when it began.
        what: what happened, in a few words or many.
        people: the roles of those who were in it, of ``PEOPLE``.
    """

    place: str
    category: str
    happened: datetime
    what: str
    people: tuple[str, ...]

    @property
    def mark(self) -> str:
        """By what a form knows again what it was made of: other words, another mark."""
        told = [self.place, self.category, self.happened.timestamp(), self.what, sorted(self.people)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def clean_draft(
    *, place: str, category: str, happened: datetime | None, what: str, people: Iterable[str], now: datetime
) -> IncidentDraft:
    """Return what was written with its spaces put right.

    Raises:
        DraftError: something is missing, too long, or cannot be.
    """
    where = " ".join(place.split())
    if not where:
        raise DraftError("Say where it was.", "place")
    if len(where) > LONGEST_PLACE:
        raise DraftError(f"Say where it was in {LONGEST_PLACE} characters or fewer.", "place")
    if category not in CATEGORIES:
        raise DraftError("Choose what sort of incident it was.", "category")
    if happened is None or happened.year < EARLIEST_YEAR:
        raise DraftError("Say when it began, as day and time of day.", "happened")
    if happened > now:
        raise DraftError("That is in the future; say when it began.", "happened")
    text = clean_text(what, longest=LONGEST_WHAT)
    if not text:
        raise DraftError("Say what happened.", "what")
    chosen = frozenset(people)
    return IncidentDraft(where, category, happened, text, tuple(each for each in PEOPLE if each in chosen))


def clean_text(text: str, *, longest: int) -> str:
    """Return text of several lines without what cannot be seen, and without empty ends.

    Raises:
        DraftError: it is too long.
    """
    lines = (" ".join(_seen(line).split()) for line in text.splitlines())
    found = "\n".join(lines).strip()
    if len(found) > longest:
        raise DraftError(f"Say it in {longest} characters or fewer; that was {len(found)}.", "what")
    return found


def _seen(line: str) -> str:
    return "".join(each for each in line if each.isprintable() or each.isspace())


def place_key(place: str) -> str:
    """Return by what places are compared: "12 Elm Road" is "12 elm  road"."""
    return " ".join(place.casefold().split())


def reference(year: int, number: int) -> str:
    """Return what an incident is called: the year of its opening, and its number in that year.

    >>> reference(2026, 7)
    'INC-2026-0007'
    """
    return f"INC-{year}-{number:04d}"

"""What somebody writes down of a visit, made clean or refused in a sentence. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_TENANCY, LONGEST_PLACE, LONGEST_PURPOSE, LONGEST_WHY = 40, 200, 200, 500
SHORTEST_MIN, LONGEST_MIN = 5, 12 * 60
FURTHEST = timedelta(days=366)
_TENANCY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class VisitDraftError(ValueError):
    """What was written cannot be kept; the message says why, in a sentence.

    Attributes:
        field: which field of the form it is about.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """A visit as it is to be kept: no more of the tenant than a reference and a place.

    Attributes:
        tenancy: the landlord's own reference of the tenancy.
        place: where the visit is.
        purpose: what for.
        planned: when it begins.
        minutes: how long it is planned to last.
        officer: the officer's id.
        language: of the notice, by its ISO 639 code.
    """

    tenancy: str
    place: str
    purpose: str
    planned: datetime
    minutes: int
    officer: str
    language: str

    @property
    def mark(self) -> str:
        """By what a form knows again what it was made of: other words, another mark."""
        told = [self.tenancy, self.place, self.purpose, self.planned.timestamp(), self.minutes, self.officer]
        return hashlib.sha256(json.dumps([*told, self.language]).encode()).hexdigest()[:32]


def clean_visit(
    *,
    tenancy: str,
    place: str,
    purpose: str,
    planned: datetime | None,
    minutes: str,
    officer: str,
    language: str,
    now: datetime,
) -> VisitDraft:
    """Return what was written with its spaces put right.

    Raises:
        VisitDraftError: something is missing, too long, or cannot be.
    """
    reference = " ".join(tenancy.split())
    if not _TENANCY.fullmatch(reference) or len(reference) > LONGEST_TENANCY:
        shape = "letters, digits, spaces, points, strokes and hyphens"
        raise VisitDraftError(
            f"Type the reference of the tenancy: {shape}, at most {LONGEST_TENANCY}.", "tenancy"
        )
    where = _line(place, LONGEST_PLACE, "Say where the visit is", "place")
    what = _line(purpose, LONGEST_PURPOSE, "Say what the visit is for", "purpose")
    if planned is None:
        raise VisitDraftError("Say when it begins, as day and time of day.", "planned")
    if not now - FURTHEST <= planned <= now + FURTHEST:
        raise VisitDraftError("That is more than a year away; say when it begins.", "planned")
    lasts = int(minutes) if minutes.strip().isdecimal() and len(minutes.strip()) <= len("1440") else 0
    if not SHORTEST_MIN <= lasts <= LONGEST_MIN:
        raise VisitDraftError(f"Say how many minutes it lasts: {SHORTEST_MIN} to {LONGEST_MIN}.", "minutes")
    if not officer:
        raise VisitDraftError("Choose who goes there.", "officer")
    if not _LANGUAGE.fullmatch(language):
        raise VisitDraftError("Choose the language of the notice.", "language")
    return VisitDraft(reference, where, what, planned, lasts, officer, language)


def clean_why(text: str, *, ask: str) -> str:
    """Return a reason with its spaces put right.

    Raises:
        VisitDraftError: nothing is left, or it is too long.
    """
    return _line(text, LONGEST_WHY, ask, "reason")


def _line(text: str, longest: int, ask: str, field: str) -> str:
    clean = " ".join(text.split())
    if not clean or len(clean) > longest or not clean.isprintable():
        raise VisitDraftError(f"{ask}, in 1 to {longest} characters.", field)
    return clean

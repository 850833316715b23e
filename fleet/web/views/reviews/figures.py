"""The figures of a month, and the register as a table for a spreadsheet. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from fleet.review.models import Review
from fleet.review.queue import KindFigures
from fleet.review.rules.closing import ReviewState
from fleet.review.rules.findings import ACTIONS, found_words
from fleet.web.views.moments import iso
from fleet.web.views.reviews.queue import KINDS, is_overdue, kind_list
from fleet.web.zone import local

HEADINGS = (
    "Recording",
    "Camera",
    "Number",
    "State",
    "Reasons",
    "Reasons in words",
    "Since (UTC)",
    "Due by",
    "Found",
    "Action",
    "In their own words",
    "Found by",
    "Found (UTC)",
    "Head of safety",
    "Signed (UTC)",
    "CCTV manager",
    "Signed (UTC)",
    "Closed (UTC)",
    "Lot",
    "Share",
    "Key",
)
_STATES = {
    ReviewState.CLEAR: "not queued",
    ReviewState.OPEN: "to review",
    ReviewState.FOUND: "to sign",
    ReviewState.CLOSED: "closed",
    ReviewState.GONE: "deletion begun before",
}
_FIRST_YEAR, _LAST_YEAR = 2000, 9000
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class FigureLine:
    """What became of the reviews of one kind that were due in a month."""

    kind: str
    figures: KindFigures


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar."""

    year: int
    month: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def after(self) -> Month:
        """The month after it."""
        return Month(self.year + self.month // _MONTHS, self.month % _MONTHS + 1)

    @property
    def before(self) -> Month:
        """The month before it."""
        return Month(self.year - (self.month == 1), (self.month - 2) % _MONTHS + 1)

    @property
    def value(self) -> str:
        """The month as an address has it: "2026-11"."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def words(self) -> str:
        """The month as a heading has it: "November 2026"."""
        return f"{self.first:%B} {self.year}"


def month_of(text: str, now: datetime) -> Month:
    """Read a month out of an address; the present one where it is none."""
    year, _, month = text.partition("-")
    today = local(now).date()
    if not (year.isascii() and year.isdigit() and month.isascii() and month.isdigit()):
        return Month(today.year, today.month)
    found = Month(int(year), int(month))
    is_one = _FIRST_YEAR <= found.year < _LAST_YEAR and 1 <= found.month <= _MONTHS
    return found if is_one else Month(today.year, today.month)


def figure_lines(found: Mapping[str, KindFigures]) -> tuple[FigureLine, ...]:
    """Return a line for each kind of reason, and one for all in front."""
    return tuple(
        FigureLine("All" if not kind else KINDS.get(kind, kind), each) for kind, each in found.items()
    )


def register_cells(review: Review, today: date) -> tuple[str, ...]:
    """Return one review's cells, in the order of ``HEADINGS``; ``today`` is the day at the site."""
    findings = review.findings or {}
    state = "overdue" if is_overdue(review, today) else _STATES[ReviewState(review.state)]
    return (
        review.name,
        review.camera_id,
        str(review.number),
        state,
        kind_list(review.kinds.split()),
        " ".join(str(words) for _, _, words, _ in review.reasons),
        _at(review.queued),
        review.due.isoformat() if review.due is not None else "",
        found_words(str(each) for each in findings.get("found", ())),
        ACTIONS.get(str(findings.get("action", "")), ""),
        str(findings.get("text", "")),
        review.found_by or "",
        _at(review.found_at),
        review.head_name or "",
        _at(review.head_at),
        review.manager_name or "",
        _at(review.manager_at),
        _at(review.closed),
        review.lot.hex() if review.lot is not None else "",
        "" if review.share is None else repr(review.share),
        review.key_name or "",
    )


def _at(moment: datetime | None) -> str:
    return "" if moment is None else iso(moment)

"""The lines of visits: read out of the script's table, each with what is wrong with it. Pure.

The first line names the columns, in any order: ``COLUMNS``. A day is written as 2026-11-25, a time of day as
09:05, by the site's clocks; an officer by number.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.pilot.script.model import PilotScript, VisitLines

SITE: Final = ZoneInfo("Europe/London")
"""The zone of a fleet that says no other; in virtual time none can."""
COLUMNS: Final = (
    "visit",
    "day",
    "time",
    "minutes",
    "officer",
    "tenancy",
    "place",
    "purpose",
    "notice",
    "consent",
    "recorded",
)
NOTICES: Final = ("in time", "late", "none")
"""When a visit's notice is sent."""
CONSENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "given": ("given",),
    "refused": ("refused",),
    "withdrawn": ("given", "withdrawn"),
    "not asked": ("not asked",),
    "overridden": ("refused", "overridden"),
    "overridden, reason later": ("refused", "overridden"),
    "asked for": ("given", "asked for"),
    "nothing said": (),
    "called off": (),
}
"""What comes of consent at the door, and what is then said, in order."""
UNRECORDED: Final = ("refused", "nothing said", "called off")
"""Outcomes of consent upon which nothing is recorded."""
NOTICE_BEFORE: Final = timedelta(hours=2)
"""So long before its time a notice in time goes out, and before its visit one that is late."""
_NAME: Final = re.compile(r"[A-Z][A-Z0-9-]{0,19}")
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class PilotVisit:
    """One visit of the script.

    Attributes:
        name: What the script calls it.
        planned_on: The day on which it is planned.
        begins: When it begins, at the site.
        minutes: How long it is planned to last.
        officer: The officer's number.
        tenancy: The reference of the tenancy.
        place: Where.
        purpose: What for.
        notice: One of ``NOTICES``.
        consent: One of ``CONSENTS``.
        recorded: Whether the officer records it.
    """

    name: str
    planned_on: date
    begins: datetime
    minutes: int
    officer: int
    tenancy: str
    place: str
    purpose: str
    notice: str
    consent: str
    recorded: bool

    @property
    def called_off(self) -> bool:
        """Whether it does not take place."""
        return self.consent == "called off"

    @property
    def day(self) -> date:
        """The day on which it is."""
        return self.begins.date()

    def notice_sent(self, notice_hours: int) -> datetime | None:
        """When its notice goes out, at the site; None for never."""
        if self.notice == "none":
            return None
        before = NOTICE_BEFORE + timedelta(hours=notice_hours if self.notice == "in time" else 0)
        return self.begins - before


class LineError(ValueError):
    """A line, or the heading, that cannot be read; the message says why.

    Attributes:
        word: What was written where one of several words is asked for; empty otherwise.
        known: Those words.
    """

    def __init__(self, message: str, word: str = "", known: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.word = word
        self.known = known


def visits_of(script: PilotScript) -> tuple[PilotVisit, ...]:
    """Return every visit of a script that has no fault, in the order in which they begin.

    Raises:
        LineError: There is a fault.
    """
    found = [each for lines in script.visits for each in read_lines(lines)]
    return tuple(sorted(found, key=lambda each: (each.begins, each.name)))


def read_lines(lines: VisitLines) -> Iterator[PilotVisit]:
    """Read the lines of a table.

    Raises:
        LineError: One of them cannot be read; it says which, counted from the heading.
    """
    try:
        rows = list(csv.reader(lines.lines.strip().splitlines(), strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise LineError(f"that is no table of commas: {error}") from error
    if not rows:
        raise LineError("the first line names the columns, and there is none")
    head = [each.strip() for each in rows[0]]
    for name in head:
        if name not in COLUMNS:
            raise LineError(f"{name!r} is no column", name, COLUMNS)
    lacking = [each for each in COLUMNS if each not in head]
    if lacking:
        raise LineError(f"the first line names the columns, and {lacking[0]} is not among them")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(head):
            raise LineError(f"line {number} has {len(row)} columns, and the first line {len(head)}")
        try:
            yield _visit(dict(zip(head, map(str.strip, row), strict=True)), lines.planned)
        except LineError as error:
            raise LineError(f"line {number}: {error}", error.word, error.known) from error


def _visit(cell: Mapping[str, str], planned_on: date) -> PilotVisit:
    name = cell["visit"]
    if not _NAME.fullmatch(name):
        raise LineError(f"{name!r} is no name of a visit: capital letters, digits and hyphens")
    try:
        day = date.fromisoformat(cell["day"])
    except ValueError as error:
        raise LineError(f"write the day as 2026-11-25, and not as {cell['day']!r}") from error
    if not _TIME.fullmatch(cell["time"]):
        raise LineError(f"write the time as 09:05, and not as {cell['time']!r}")
    return PilotVisit(
        name=name,
        planned_on=planned_on,
        begins=datetime.combine(day, time.fromisoformat(cell["time"]), SITE),
        minutes=_number(cell, "minutes"),
        officer=_number(cell, "officer"),
        tenancy=_filled(cell, "tenancy"),
        place=_filled(cell, "place"),
        purpose=_filled(cell, "purpose"),
        notice=_one_of(cell, "notice", NOTICES),
        consent=_one_of(cell, "consent", tuple(CONSENTS)),
        recorded=_one_of(cell, "recorded", ("yes", "no")) == "yes",
    )


def _number(cell: Mapping[str, str], name: str) -> int:
    if not cell[name].isdecimal() or not 1 <= int(cell[name]) <= 24 * 60:
        raise LineError(f"{name} is a whole number from 1, and not {cell[name]!r}")
    return int(cell[name])


def _filled(cell: Mapping[str, str], name: str) -> str:
    if not cell[name]:
        raise LineError(f"{name} is empty")
    return cell[name]


def _one_of(cell: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    if cell[name] not in words:
        known = ", ".join(f'"{each}"' for each in words)
        raise LineError(f"{name} is one of {known}, and not {cell[name]!r}", cell[name], words)
    return cell[name]

"""Visits from a table of commas: read in whole, said line by line, and taken all or none.

The first line that is not empty names the columns, in any order: ``COLUMNS``. A day is written as 2026-03-31,
a time of day as 14:05, by the site's clocks; the officer by name as the fleet has it. Between columns are
commas, or all through the table semicolons or tabs, as spreadsheets of some countries have them.

What is planned already, of the same tenancy, place, officer and time, is said to be, and not planned again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fleet.core.problems import ProblemError
from fleet.visits.rules.draft import VisitDraft, VisitDraftError, clean_visit
from fleet.visits.rules.when import is_twice, why_never

COLUMNS = ("tenancy", "place", "purpose", "day", "time", "minutes", "officer", "language")
OPTIONAL = frozenset({"language"})
MOST_LINES = 1000
MOST_CHARACTERS = 400_000
SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line of the table.

    Attributes:
        number: of the line in the file on which it begins, from 1.
        draft: the visit; None where there is a fault.
        fault: what is wrong with it, in a sentence; empty where nothing is.
        shown: who and where, as the line says it.
        note: what whoever takes it is to know, in a sentence; empty for nothing.
        is_planned: whether there is that visit already, so that it is not planned again.
    """

    number: int
    draft: VisitDraft | None
    fault: str
    shown: str
    note: str = ""
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table that was read."""

    lines: tuple[TableLine, ...]

    @property
    def faults(self) -> int:
        """How many lines have a fault."""
        return sum(each.draft is None for each in self.lines)

    @property
    def drafts(self) -> tuple[VisitDraft, ...]:
        """The visits of the lines without one, that are not planned already."""
        return tuple(each.draft for each in self.lines if each.draft is not None and not each.is_planned)

    @property
    def planned(self) -> int:
        """How many lines are planned already."""
        return sum(each.is_planned for each in self.lines)

    def besides(self, planned: Collection[VisitDraft]) -> ReadTable:
        """Return the table with those lines marked of which the visits are planned already."""
        return ReadTable(
            tuple(
                replace(each, is_planned=True, note=_PLANNED) if each.draft in planned else each
                for each in self.lines
            )
        )


_PLANNED = "It is planned already, and not planned again."


def read_table(
    text: str, *, officers: Mapping[str, str], languages: Mapping[str, str], zone: ZoneInfo, now: datetime
) -> ReadTable:
    """Read a table; nothing is taken.

    Args:
        text: of the file.
        officers: ids by names; who is retired is not among them.
        languages: that there are, by their codes.
        zone: of the site.
        now: the time.

    Raises:
        ProblemError: 422 it is no such table, has no lines, or too many.
    """
    if len(text) > MOST_CHARACTERS:
        raise ProblemError(422, "table_too_long", f"A table has at most {MOST_LINES} lines; that is longer.")
    try:
        filled = [(number, row) for number, row in _rows(text.lstrip("\ufeff")) if any(map(str.strip, row))]
    except csv.Error as error:
        raise ProblemError(422, "no_table", f"That is no table of commas: {error}.") from error
    head = [each.strip().lower() for each in filled[0][1]] if filled else []
    lacking = [each for each in COLUMNS if each not in head and each not in OPTIONAL]
    if lacking:
        detail = f"The first line names the columns; {lacking[0]} is not among them."
        raise ProblemError(422, "column_missing", detail)
    if len(set(head)) < len(head):
        raise ProblemError(422, "column_twice", "The first line names a column twice.")
    below = filled[1:]
    if not below:
        raise ProblemError(422, "table_empty", "There is no visit below the first line.")
    if len(below) > MOST_LINES:
        detail = f"At most {MOST_LINES} visits are taken at once; those are {len(below)}."
        raise ProblemError(422, "table_too_long", detail)
    seen: dict[tuple[str, datetime], int] = {}
    return ReadTable(
        tuple(_line(number, head, row, officers, languages, zone, now, seen) for number, row in below)
    )


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Return each row with the line of the file on which it begins: a cell in quotes may go over several."""
    reader = csv.reader(io.StringIO(text), delimiter=_separator(text), strict=True)
    begins = 1
    for row in reader:
        yield begins, row
        begins = reader.line_num + 1


def _separator(text: str) -> str:
    """Return what is between the columns: by which most of them are named."""
    head = next((each for each in text.split("\n") if each.strip(" \r\t,;")), "")

    def named(separator: str) -> int:
        return len({each.strip(' "\r').lower() for each in head.split(separator)} & set(COLUMNS))

    return max(SEPARATORS, key=named)


def _line(
    number: int,
    head: list[str],
    row: list[str],
    officers: Mapping[str, str],
    languages: Mapping[str, str],
    zone: ZoneInfo,
    now: datetime,
    seen: dict[tuple[str, datetime], int],
) -> TableLine:
    shown = ", ".join(each.strip() for each in row[:2])[:120]
    if len(row) != len(head):
        return TableLine(number, None, f"It has {len(row)} columns, and the first line {len(head)}.", shown)
    cell = {name: text.strip() for name, text in zip(head, row, strict=True)}
    name = " ".join(cell["officer"].split())
    language = cell.get("language", "").lower() or "en"
    typed = _typed(cell["day"], cell["time"])
    planned = None if typed is None else _planned(typed, zone)
    fault, draft = "", None
    if typed is None or planned is None:
        fault = "Write the day as 2026-03-31 and the time as 14:05."
    elif why_never(typed, zone):
        fault = why_never(typed, zone)
    elif planned <= now:
        fault = "That is in the past; a visit of before is written down by hand."
    elif name not in officers:
        fault = "There is no officer of that name."
    elif language not in languages:
        fault = "There is no such language; write its code, as in en."
    else:
        try:
            draft = clean_visit(
                tenancy=cell["tenancy"],
                place=cell["place"],
                purpose=cell["purpose"],
                planned=planned,
                minutes=cell["minutes"],
                officer=officers[name],
                language=language,
                now=now,
            )
        except VisitDraftError as error:
            fault = str(error)
    if draft is not None:
        same = seen.setdefault((draft.tenancy, draft.planned), number)
        if same != number:
            return TableLine(number, None, f"Line {same} is a visit to that tenancy at that time too.", shown)
    twice = draft is not None and typed is not None and is_twice(typed, zone)
    return TableLine(number, draft, fault, shown, _TWICE.format(typed) if twice else "")


_TWICE = "The clocks show {0:%H:%M} twice on {0:%Y-%m-%d}; it is taken for the first of the two."


def _typed(day: str, time: str) -> datetime | None:
    try:
        return datetime.strptime(f"{day} {time}", "%Y-%m-%d %H:%M")  # noqa: DTZ007 - by the site's clocks
    except ValueError:
        return None


def _planned(typed: datetime, zone: ZoneInfo) -> datetime | None:
    try:
        return typed.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

"""Visits from a table of commas: read in whole, said line by line, and taken all or none.

The first line names the columns, in any order: ``COLUMNS``. A day is written as 2026-03-31, a time of day as
14:05, by the site's clocks; the officer by name as the fleet has it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fleet.core.problems import ProblemError
from fleet.visits.rules.draft import VisitDraft, VisitDraftError, clean_visit

COLUMNS = ("tenancy", "place", "purpose", "day", "time", "minutes", "officer", "language")
OPTIONAL = frozenset({"language"})
MOST_LINES = 1000
MOST_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line of the table.

    Attributes:
        number: of the line in the file, from 1.
        draft: the visit; None where there is a fault.
        fault: what is wrong with it, in a sentence; empty where nothing is.
        shown: who and where, as the line says it.
    """

    number: int
    draft: VisitDraft | None
    fault: str
    shown: str


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
        """The visits of the lines without one."""
        return tuple(each.draft for each in self.lines if each.draft is not None)


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
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), strict=True))
    except csv.Error as error:
        raise ProblemError(422, "no_table", f"That is no table of commas: {error}.") from error
    head = [each.strip().lower() for each in rows[0]] if rows else []
    lacking = [each for each in COLUMNS if each not in head and each not in OPTIONAL]
    if lacking:
        detail = f"The first line names the columns; {lacking[0]} is not among them."
        raise ProblemError(422, "column_missing", detail)
    if len(set(head)) < len(head):
        raise ProblemError(422, "column_twice", "The first line names a column twice.")
    filled = [(number, row) for number, row in enumerate(rows[1:], start=2) if any(map(str.strip, row))]
    if not filled:
        raise ProblemError(422, "table_empty", "There is no visit below the first line.")
    if len(filled) > MOST_LINES:
        detail = f"At most {MOST_LINES} visits are taken at once; those are {len(filled)}."
        raise ProblemError(422, "table_too_long", detail)
    seen: dict[tuple[str, datetime], int] = {}
    return ReadTable(
        tuple(_line(number, head, row, officers, languages, zone, now, seen) for number, row in filled)
    )


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
    planned = _planned(cell["day"], cell["time"], zone)
    fault, draft = "", None
    if planned is None:
        fault = "Write the day as 2026-03-31 and the time as 14:05."
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
    return TableLine(number, draft, fault, shown)


def _planned(day: str, time: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(f"{day} {time}", "%Y-%m-%d %H:%M").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

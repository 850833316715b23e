"""The periods, what a change of them does, and how they have changed, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fleet.retention.lookup import KindPreview, PeriodsPreview
from fleet.retention.models import RetentionChange
from fleet.retention.rules.calendar import day_words
from fleet.retention.rules.periods import (
    UNDO_DAYS,
    History,
    Periods,
    current,
    local_day,
    still_counting,
    undo_refusal,
)
from fleet.web.views.moments import count, full_moment
from fleet.web.views.recordings import Row


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change: in words, and its number where it can be undone, else 0."""

    text: str
    undo: int


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What a change would do to recordings of one kind: a heading, sentences, and examples."""

    title: str
    sentences: tuple[str, ...]
    examples: tuple[Row, ...]


def periods_words(periods: Periods) -> str:
    """Say for how long recordings are kept.

    >>> periods_words(Periods(6, 12))
    '6 months without an incident, 12 months with one'
    """
    return f"{_months(periods.plain)} without an incident, {_months(periods.incident)} with one"


def still_words(history: History, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Say which earlier periods still count beside those of today, where they keep longer."""
    today, present = local_day(now, zone), current(history)
    return tuple(
        f"Until {day_words(until)} this counts too, where it is longer: {periods_words(periods)}."
        for periods, until in still_counting(history, zone)
        if until >= today and (periods.plain > present.plain or periods.incident > present.incident)
    )


def change_lines(
    changes: Sequence[RetentionChange], history: History, now: datetime
) -> tuple[ChangeLine, ...]:
    """Tell every change, the newest first."""
    lines = []
    for row in changes:
        what = periods_words(Periods(row.plain_months, row.incident_months))
        verb = "went back to" if row.undoes is not None else "changed it to"
        text = f"{full_moment(row.confirmed).text}: {row.confirmed_by} {verb} {what}."
        lines.append(ChangeLine(text, 0 if undo_refusal(history, row.number, now) else row.number))
    return tuple(reversed(lines))


def preview_lines(
    found: PeriodsPreview, plain: Sequence[Row], incident: Sequence[Row]
) -> tuple[PreviewLine, ...]:
    """Say what a change would do, with examples of each kind."""
    on = day_words(found.on)
    return (
        PreviewLine("Without an incident", _sentences(found.plain, on), tuple(plain)),
        PreviewLine("With an incident", _sentences(found.incident, on), tuple(incident)),
    )


def held_words(found: PeriodsPreview) -> str:
    """Say how many recordings are held, to which a change does nothing."""
    if not found.held:
        return "No recording is held."
    verb = "is" if found.held == 1 else "are"
    return f"{count(found.held, 'recording').capitalize()} {verb} held: it does nothing to those."


def days_words() -> str:
    """Say for how long a change can be undone."""
    days = f"It can be undone for {UNDO_DAYS} days."
    return f"{days} What keeps longer counts at once, what keeps shorter after that."


def _sentences(found: KindPreview, on: str) -> tuple[str, ...]:
    said = []
    if found.more:
        said.append(f"{count(found.more, 'more recording')} would be past the last day on {on}.")
    if found.fewer:
        said.append(f"{count(found.fewer, 'recording')} would not be past the last day any more on {on}.")
    if not said:
        said.append(f"On {on} as many recordings would be past the last day as without it: {found.past}.")
    return tuple(said)


def _months(number: int) -> str:
    return "1 month" if number == 1 else f"{number} months"

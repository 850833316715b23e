"""What happened to a release, and which exhibit numbers it has, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.releases.models import ContinuityEntry, FootageRelease
from fleet.releases.rules.continuity import ContinuityKind
from fleet.releases.rules.continuity_statement import StatedEntry, entry_words
from fleet.releases.rules.states import ReleaseState
from fleet.web.views.moments import Moment, moment, sentence_list

_BY_NOBODY = {
    ContinuityKind.MADE: "By the service.",
    ContinuityKind.LINK_OPENED: "By somebody who was not signed in.",
    ContinuityKind.LINK_FETCHED: "By somebody who was not signed in.",
}


@dataclass(frozen=True, slots=True)
class ContinuityLine:
    """An entry on the page of its release; ``corrected`` says which entries correct it, empty for none."""

    number: int
    at: Moment
    words: str
    source: str
    corrected: str


def continuity_lines(
    rows: Sequence[ContinuityEntry], stated: Sequence[StatedEntry], now: datetime
) -> tuple[ContinuityLine, ...]:
    """Return the entries of a release, in the order in which they were written down; both are of the same."""
    corrected: dict[int, list[str]] = {}
    for each in rows:
        if each.corrects is not None:
            corrected.setdefault(each.corrects, []).append(str(each.number))
    return tuple(
        ContinuityLine(
            row.number,
            moment(row.at, now, seconds=row.is_seen),  # people do not type seconds
            entry_words(each),
            _source(row, now),
            _corrected(corrected.get(row.number, [])),
        )
        for row, each in zip(rows, stated, strict=True)
    )


def no_exhibit_words(row: FootageRelease) -> str:
    """Say why a release has no exhibit number; empty where it has one."""
    if row.exhibits:
        return ""
    if row.state != ReleaseState.DRAFT:
        return "No exhibit number was given to it."
    if not row.initials:
        return "No exhibit number is given to it: nobody said whose initials. Change the draft to say so."
    return f"Each recording gets its exhibit number, {row.initials}/…, once it is approved."


def _source(row: ContinuityEntry, now: datetime) -> str:
    if not row.is_seen:
        return f"Entered by {row.entered_by}, {moment(row.entered, now, seconds=True).text}."
    return _BY_NOBODY.get(ContinuityKind(row.kind), f"By {row.entered_by}.")


def _corrected(numbers: list[str]) -> str:
    if not numbers:
        return ""
    return f"Corrected by {'entry' if len(numbers) == 1 else 'entries'} {sentence_list(numbers)}."

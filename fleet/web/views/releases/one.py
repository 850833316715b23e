"""A release in words: in the list, on its page, on a recording's page, and in the table. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.footage.recordings.gone import gone_of
from fleet.footage.recordings.models import Recording
from fleet.imagery.rules.kinds import NOT_VERIFIED, ImportState
from fleet.releases.import_models import ImportFolder, ImportSpan
from fleet.releases.models import FootageRelease, ReleaseFolder, ReleaseNote, ReleaseSpan
from fleet.releases.packages.covers import basis_words, condition_words
from fleet.releases.rules.cover import span_words
from fleet.releases.rules.draft import METHOD_WORDS, ReleaseMethod
from fleet.releases.rules.import_cover import is_all
from fleet.releases.rules.states import STATE_WORDS, ReleaseState
from fleet.releases.subjects import (
    Released,
    chosen_in,
    exhibits_of,
    is_recording,
    page_of,
    public_id,
    span_of,
    subject_of,
    title_of,
)
from fleet.retention.rules.calendar import day_words
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import Moment, count, full_moment, length, moment
from fleet.web.views.state import Badge

_TONES = {
    ReleaseState.DRAFT: ("clock", "warn"),
    ReleaseState.APPROVED: ("clock", "busy"),
    ReleaseState.FAILED: ("alert-triangle", "bad"),
    ReleaseState.MADE: ("check", "good"),
}
_OPEN = (ReleaseState.DRAFT, ReleaseState.APPROVED, ReleaseState.FAILED, ReleaseState.MADE)


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release in the list."""

    id: str
    reference: str
    recipient: str
    words: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class ReleasedSpanView:
    """A span of a recording or an import: its page, whose, which, and what has become of it."""

    page: str
    name: str
    words: str
    gone: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseNoteView:
    """What somebody did."""

    at: Moment
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class ReleasedView:
    """A release on the page of a recording."""

    id: str
    reference: str
    words: str


def release_badge(row: FootageRelease, now: datetime) -> Badge:
    """Say how a release stands."""
    state = ReleaseState(row.state)
    if state in _OPEN and now >= row.ends:
        return Badge("Past its last day", "clock", "quiet", "")
    if state is ReleaseState.MADE and row.handed:
        return Badge("Download begun", "check", "good", "")
    icon, tone = _TONES.get(state, ("x", "quiet"))
    return Badge(STATE_WORDS[state], icon, tone, "")


def release_line(row: FootageRelease, now: datetime) -> ReleaseLine:
    """Return a release in the list."""
    words = f"Drafted {moment(row.drafted, now).text} by {isolated(row.drafted_by)}"
    if row.request_reference:
        words = f"{words} · {row.request_reference}"
    if row.exhibits or row.import_exhibits:
        words = f"{words} · {exhibits_words(row)}"
    return ReleaseLine(row.id, row.reference, row.whose, words, release_badge(row, now))


def release_facts(row: FootageRelease) -> tuple[tuple[str, str], ...]:
    """Return what is written down of a release, each with its label; what is empty is left out."""
    rows = (
        ("Recipient", row.whose),
        ("What it is for", row.purpose),
        ("Lawful basis", basis_words(row.basis)),
        ("Condition", condition_words(row.condition)),
        ("What is withheld and why", row.withheld),
        ("How it is handed over", METHOD_WORDS[ReleaseMethod(row.method)]),
        ("Last day", day_words(row.expires)),
        ("Drafted by", row.drafted_by),
        (_decided_label(row), row.decided_by),
        ("Why it ended", row.why),
        ("Receipt", f"{day_words(row.received)}: {row.receipt}" if row.received else ""),
    )
    return tuple(each for each in rows if each[1])


def _decided_label(row: FootageRelease) -> str:
    return "Declined by" if row.state == ReleaseState.DECLINED else "Approved by"


def span_views(row: FootageRelease) -> tuple[ReleasedSpanView, ...]:
    """Return the spans of a release."""
    return tuple(
        ReleasedSpanView(
            page_of(of),
            title_of(of),
            span_cell(each),
            gone_words(of),
            "" if is_recording(of) else NOT_VERIFIED,
        )
        for each in chosen_in(row)
        for of in (subject_of(each),)
    )


def span_cell(each: ReleaseSpan | ImportSpan) -> str:
    """Return a span as people read it."""
    of, span = subject_of(each), span_of(each)
    return "all of it" if not is_recording(of) and is_all([span]) else span_words(span)


def gone_words(row: Released) -> str:
    """Say that what was released is deleted since; empty where it is not."""
    if not isinstance(row, Recording):
        if row.state not in {ImportState.DELETING, ImportState.DELETED}:
            return ""
        what = "is being deleted" if row.state == ImportState.DELETING else "was deleted"
        return f"This import {what}; nothing more of it is handed over."
    gone = gone_of(row)
    if gone is None:
        return ""
    if not gone.is_over:
        return "This recording is being deleted; nothing more of it is handed over."
    return f"This recording was deleted, {full_moment(gone.at).text}; nothing more of it is handed over."


def amounts(folders: Sequence[ReleaseFolder], imported: Sequence[ImportFolder] = ()) -> tuple[str, ...]:
    """Say how much of each picture and sound goes out, is masked or muted, and is withheld.

    Of an import nothing is called untouched: nobody here knows what was done to it before it came.
    """
    found = []
    for each in folders:
        parts = [
            f"{word} {length(each.untouched.get(track, 0) / 1000)} untouched, "
            + (f"{length(changed / 1000)} with something {hidden}, " if changed else "")
            + f"{length(each.withheld.get(track, 0) / 1000)} withheld"
            for track, word, hidden in (("video", "picture", "masked"), ("audio", "sound", "muted"))
            if each.untouched.get(track, 0) or each.withheld.get(track, 0) or each.changed.get(track, 0)
            for changed in (each.changed.get(track, 0),)
        ]
        found.append(f"{each.name}: {'; '.join(parts)}")
    return (*found, *(f"{each.name}: {_import_amount(each)}" for each in imported))


def _import_amount(each: ImportFolder) -> str:
    if each.is_as_noted:
        return "the copy whose digest was noted at the import, whole"
    if not each.given_ms:
        return f"made anew with {count(each.masks, 'mask')} over it"
    parts = [
        f"{word} {length(given / 1000)} encoded anew"
        + (f", {length(changed / 1000)} of it with something {hidden}" if changed else "")
        + f", {length(each.withheld_ms.get(track, 0) / 1000)} withheld"
        for track, word, hidden in (("video", "picture", "masked"), ("audio", "sound", "muted"))
        for given, changed in ((each.given_ms.get(track, 0), each.changed_ms.get(track, 0)),)
        if given or each.withheld_ms.get(track, 0)
    ]
    return "; ".join(parts)


def note_views(notes: Sequence[ReleaseNote], now: datetime) -> tuple[ReleaseNoteView, ...]:
    """Return what was done, the oldest first."""
    return tuple(ReleaseNoteView(moment(each.at, now, seconds=True), each.by, each.words) for each in notes)


def exhibits_words(row: FootageRelease, of: Released | None = None) -> str:
    """Return the exhibit numbers of a release, or of one thing in it, in words; empty for none."""
    name = None if of is None else public_id(of)
    given = [exhibit for each, exhibit in exhibits_of(row) if name in {None, public_id(each)}]
    lead = "Exhibit" if len(given) == 1 else "Exhibits"
    return f"{lead} {', '.join(given)}" if given else ""


def released_views(
    rows: Sequence[FootageRelease],
    now: datetime,
    of: Released | None = None,
    why_not: Callable[[FootageRelease], str] = lambda _: "",
) -> tuple[ReleasedView, ...]:
    """Say of releases on the page of a recording, an import, or a request, which went out and which may.

    ``why_not`` says why a release's footage cannot go out now (``fleet.releases.choosing``).
    """
    found = []
    for row in rows:
        given = exhibits_words(row, of)
        as_exhibit = f" as {given[0].lower()}{given[1:]}" if given else ""
        if row.first_handed is not None:
            begun = full_moment(row.first_handed).text
            words = f"Release to {isolated(row.whose)}{as_exhibit}: download begun {begun}"
        elif row.state in _OPEN and now < row.ends:
            unless = ", if it is approved" if row.state == ReleaseState.DRAFT else ""
            barred = why_not(row)
            words = f"To be released to {isolated(row.whose)}{as_exhibit}{unless}; no download begun"
            if barred:
                words = f"Meant for {isolated(row.whose)}; nothing of it goes out now: {barred}"
        else:
            continue
        found.append(ReleasedView(row.id, row.reference, words))
    return tuple(found)

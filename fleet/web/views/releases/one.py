"""A release in words: in the list, on its page, on a recording's page, and in the table. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.footage.recordings.gone import gone_of
from fleet.footage.recordings.models import Recording
from fleet.releases.models import FootageRelease, ReleaseFolder, ReleaseNote, ReleaseSpan
from fleet.releases.packages.covers import basis_words, condition_words
from fleet.releases.rules.cover import span_words
from fleet.releases.rules.draft import METHOD_WORDS, ReleaseMethod
from fleet.releases.rules.plan import ChosenSpan, TrackChoice
from fleet.releases.rules.states import STATE_WORDS, ReleaseState
from fleet.retention.rules.calendar import day_words
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import Moment, full_moment, length, moment
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
    """A span of a recording: whose, which, and what has become of the recording."""

    recording: str
    name: str
    words: str
    gone: str


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
    if row.exhibits:
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
            each.recording.public_id,
            f"Recording {each.recording.number} of {each.recording.camera_id}",
            _span(each),
            _gone_words(each.recording),
        )
        for each in row.spans
    )


def _span(each: ReleaseSpan) -> str:
    return span_words(ChosenSpan(each.from_ms, each.to_ms, TrackChoice(each.tracks)))


def _gone_words(row: Recording) -> str:
    gone = gone_of(row)
    if gone is None:
        return ""
    if not gone.is_over:
        return "This recording is being deleted; nothing more of it is handed over."
    return f"This recording was deleted, {full_moment(gone.at).text}; nothing more of it is handed over."


def amounts(folders: Sequence[ReleaseFolder]) -> tuple[str, ...]:
    """Say how much of each recording's picture and sound goes out, is masked or muted, and is withheld."""
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
    return tuple(found)


def note_views(notes: Sequence[ReleaseNote], now: datetime) -> tuple[ReleaseNoteView, ...]:
    """Return what was done, the oldest first."""
    return tuple(ReleaseNoteView(moment(each.at, now, seconds=True), each.by, each.words) for each in notes)


def exhibits_words(row: FootageRelease, recording: int | None = None) -> str:
    """Return the exhibit numbers of a release, or of one recording of it, in words; empty for none."""
    given = [each.exhibit for each in row.exhibits if recording in {None, each.recording_id}]
    lead = "Exhibit" if len(given) == 1 else "Exhibits"
    return f"{lead} {', '.join(given)}" if given else ""


def released_views(
    rows: Sequence[FootageRelease],
    now: datetime,
    recording: int | None = None,
    why_not: Callable[[FootageRelease], str] = lambda _: "",
) -> tuple[ReleasedView, ...]:
    """Say of releases on the page of a recording, or of a request, which went out and which may.

    ``why_not`` says why a release's footage cannot go out now (``fleet.releases.choosing``).
    """
    found = []
    for row in rows:
        given = exhibits_words(row, recording)
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


HEADINGS = (
    "Reference",
    "Exhibits",
    "State",
    "Recipient",
    "Organisation",
    "What it is for",
    "Lawful basis",
    "Condition",
    "Answers",
    "Recordings and spans",
    "What is withheld and why",
    "How it is handed over",
    "Last day",
    "Drafted (UTC)",
    "Drafted by",
    "Decided (UTC)",
    "Decided by",
    "Made (UTC)",
    "Download first begun (UTC)",
    "Downloads begun",
    "Received on",
    "Receipt",
    "Revoked (UTC)",
    "Why it ended",
    "Recordings deleted since",
)


def release_cells(row: FootageRelease) -> tuple[str, ...]:
    """Return the row of a release in the table."""
    names = [(each, f"Recording {each.recording.number} of {each.recording.camera_id}") for each in row.spans]
    of = {each.recording_id: name for each, name in names}
    return (
        row.reference,
        "; ".join(f"{each.exhibit} ({of.get(each.recording_id, '')})" for each in row.exhibits),
        STATE_WORDS[ReleaseState(row.state)],
        row.recipient,
        row.organisation,
        row.purpose,
        basis_words(row.basis),
        condition_words(row.condition),
        row.request_reference,
        "; ".join(f"{name} ({each.recording.public_id}), {_span(each)}" for each, name in names),
        row.withheld,
        METHOD_WORDS[ReleaseMethod(row.method)],
        row.expires.isoformat(),
        _utc(row.drafted),
        row.drafted_by,
        _utc(row.decided),
        row.decided_by,
        _utc(row.made),
        _utc(row.first_handed),
        str(row.handed),
        "" if row.received is None else row.received.isoformat(),
        row.receipt,
        _utc(row.revoked),
        row.why,
        "; ".join(dict.fromkeys(name for each, name in names if gone_of(each.recording))),
    )


def _utc(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"

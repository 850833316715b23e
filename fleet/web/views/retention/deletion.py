"""Deletion in words: whether it is on, what would go, what does not get done, what is left. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fleet.footage.recordings.gone import Gone
from fleet.jobs.models import Job
from fleet.jobs.rules import JobState
from fleet.retention.deletion.going import Going, Notices
from fleet.retention.models import Deletion
from fleet.retention.rules.calendar import day_words
from fleet.retention.rules.clock import ClockLook
from fleet.retention.rules.keeping import NOTICE_DAYS
from fleet.retention.rules.periods import UNDO_DAYS, local_day
from fleet.retention.rules.switching import Switches, deletes, deletes_from, is_on
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import Moment, count, full_moment, moment, size
from fleet.web.views.recordings import BEGUN, OPENED, Row
from fleet.web.views.reviews.looks import who_words
from fleet.web.zone import local

_DECIDED = "but of what a person decided"
"""What goes upon a request, or was ended by somebody, waits neither for a day nor for deletion to be on."""


@dataclass(frozen=True, slots=True)
class GoingLine:
    """A recording that is to go: its row, from which day on, and why."""

    row: Row
    on: str
    why: str


@dataclass(frozen=True, slots=True)
class StuckLine:
    """A deletion that does not get done.

    Attributes:
        job: for its form.
        name: which recording.
        link: its page.
        text: what is so, in sentences.
    """

    job: int
    name: str
    link: str
    text: str


@dataclass(frozen=True, slots=True)
class DeletedView:
    """What is left to be said of a deleted recording.

    Attributes:
        title: that it was deleted and when, a sentence.
        why: why, in words.
        steps: what was done when.
        facts: what else the certificate says, as terms and texts.
        copies: each copy that was taken out before.
        has_certificate: whether there is one to be downloaded.
    """

    title: str
    why: str
    steps: tuple[tuple[str, Moment], ...]
    facts: tuple[tuple[str, str], ...]
    copies: tuple[str, ...]
    has_certificate: bool


def doubt_words(look: ClockLook | None, now: datetime) -> str:
    """Say that nothing is deleted for the clock was moved; empty where it was not."""
    if look is None or look.came_from is None or look.doubted_until is None:
        return ""
    before, until = moment(look.came_from, now).text, moment(look.doubted_until, now).text
    return (
        f"The service's clock was moved on, or the service did not run, since {before}: no deletion is "
        f"begun until {until}, {_DECIDED}."
    )


def switch_words(switches: Switches, now: datetime, zone: ZoneInfo, doubt: ClockLook | None) -> str:
    """Say whether the fleet deletes; ``doubt`` is the look at the clock for which it does not."""
    begin = deletes_from(switches, zone)
    if begin is None:
        was = f" {switches[-1].by} switched it off, {full_moment(switches[-1].at).text}." if switches else ""
        return f"Deletion is off: no deletion is begun, however long its period is over, {_DECIDED}.{was}"
    by = f"{switches[-1].by} switched it on, {full_moment(switches[-1].at).text}."
    if deletes(switches, local_day(now, zone), zone):
        if odd := doubt_words(doubt, now):
            return f"Deletion is on, and waits. {odd} {by}"
        shown = f"what shows an incident once Today has said so for {NOTICE_DAYS} days"
        return f"Deletion is on: what is past its last day is deleted, {shown}. {by}"
    return f"Deletion begins on {day_words(begin)}; until then no deletion is begun, {_DECIDED}. {by}"


def switching_words(switches: Switches, found: Going) -> str:
    """Say what switching does, before it is done."""
    if is_on(switches):
        return (
            "Switched off, it stops at once, but for what a person decided. What was begun is finished: it "
            "may be half gone already."
        )
    return (
        f"For {UNDO_DAYS} days no deletion is begun, {_DECIDED}, and switching it off again leaves "
        "everything as it is. "
        f"From {day_words(found.begins)} on, what is past its last day is deleted: its keys first, "
        "then its bytes. What was taken out or backed up before is not reached by that. There is no way back."
    )


def going_words(found: Going) -> tuple[str, ...]:
    """Say how much would go by the last day that was looked at."""
    at_least = "" if found.is_counted else "at least "
    by = day_words(found.until)
    first = f"Today says so for {NOTICE_DAYS} days before one of these goes."
    return (
        f"Without an incident: {at_least}{count(found.plain, 'recording')} by {by}.",
        f"With an incident: {at_least}{count(found.incident, 'recording')} by {by}. {first}",
        f"Held, whatever their period: {count(found.held, 'recording')}.",
    )


def visit_words(number: int, *, is_counted: bool) -> str:
    """Say how many visits are past their time and kept by nothing."""
    at_least = "" if is_counted else "at least "
    return f"Visits whose time is over, with what was said on them: {at_least}{count(number, 'visit')}."


def request_words(number: int, is_counted: bool) -> str:
    """Say how many requests are past their time and kept by nothing."""
    at_least = "" if is_counted else "at least "
    return f"Requests whose time is over, with their letters: {at_least}{count(number, 'request')}."


def release_words(number: int, is_counted: bool) -> str:
    """Say how many releases are past their time and kept by nothing."""
    at_least = "" if is_counted else "at least "
    return f"Releases whose time is over, with what was made of them: {at_least}{count(number, 'release')}."


def going_lines(found: Going, rows: Sequence[Row]) -> tuple[GoingLine, ...]:
    """Tell each that is listed, with its row."""
    return tuple(
        GoingLine(row, f"from {day_words(each.on)} on", each.kept.reason)
        for each, row in zip(found.listed, rows, strict=True)
    )


def stuck_lines(jobs: Sequence[tuple[Job, str, str]], now: datetime) -> tuple[StuckLine, ...]:
    """Tell the deletions that do not get done, each with its recording's name and id."""
    return tuple(StuckLine(job.id, name, f"/recordings/{link}", _stuck(job, now)) for job, name, link in jobs)


def notice_words(found: Notices) -> str:
    """Say of how many recordings with an incident people are told that they are to go."""
    day = day_words(found.days[0])
    if found.count == 1:
        return f"1 recording that shows an incident is to be deleted on {day}."
    return f"{found.count} recordings that show an incident are to be deleted, the first on {day}."


def deleted_view(gone: Gone, deletion: Deletion | None) -> DeletedView:
    """Show what is left of a deleted recording."""
    title = "It is being deleted; there is no way back"
    if gone.is_over:
        title = f"Deleted on {day_words(local(gone.at).date())}"
    if deletion is None:
        return DeletedView(title, gone.why, (), (), (), has_certificate=False)
    said = deletion.facts
    steps = [
        (word, full_moment(at))
        for word, at in (
            *_decided(said, deletion.begun),
            ("Keys destroyed", deletion.keys_destroyed),
            ("Bytes deleted", deletion.bytes_deleted),
        )
        if at is not None
    ]
    released = said.get("let_out_before", {})
    copies = tuple(_copy_words(each) for each in released.get("copies", ()))
    opened, begun = _times(released.get("viewings", 0)), _times(released.get("exports", 0))
    with_releases = len(said.get("keys_released_before", ()))
    given = f", with {count(with_releases, 'release')}" if with_releases else ""
    facts: tuple[tuple[str, str], ...] = (
        ("What went", f"{count(said.get('segments', 0), 'file')} of footage, {size(said.get('bytes', 0))}"),
        (
            "Fingerprint of what its camera signed (SHA-256)",
            said.get("ledger_sha256") or "none: nothing of it was here",
        ),
        ("Let out before", f"{OPENED.lower()} {opened}, {BEGUN.lower()} {begun}{given}"),
    )
    if not said.get("request"):
        by = str(said.get("deletion_switched_on_by", "")) or "not known"
        facts = (*facts, ("Deletion was switched on by", by))
    return DeletedView(title, gone.why, tuple(steps), facts, copies, deletion.certificate is not None)


def _decided(said: Mapping[str, Any], begun: datetime) -> tuple[tuple[str, datetime], ...]:
    """Say what it went by, and when that was decided and begun: a person decided what goes upon a request."""
    if not said.get("request"):
        return (("Decided, by its period", begun),)
    words = f"Decided upon {said['request']} by {isolated(str(said.get('started_by', '')) or 'somebody')}"
    decided = said.get("request_decided")
    at = begun if decided is None else datetime.fromisoformat(str(decided))
    return (words, at), ("Begun", begun)


def _copy_words(copy: Mapping[str, Any]) -> str:
    """Say when a copy was taken out and by whom, as everything else on the page is said."""
    at = full_moment(datetime.fromisoformat(str(copy["at"]))).text
    return f"{at}, by {isolated(who_words(str(copy['by'])))}"


def _stuck(job: Job, now: datetime) -> str:
    tried = f"It was tried {_times(job.attempts)}. {job.error}"
    if job.state == JobState.STUCK:
        return f"{tried} It is not tried again by itself."
    when = (
        "It is being tried now." if job.state == JobState.RUNNING else f"Next: {moment(job.due, now).text}."
    )
    return f"{tried} {when}"


def _times(number: int) -> str:
    return "never" if not number else "once" if number == 1 else f"{number} times"

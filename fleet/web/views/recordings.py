"""Rows of the lists of recordings, and the head of one recording's page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fleet.footage.recordings.summary import ChainNote, RecordingSummary
from fleet.footage.released.keys import HANDED_OVER
from fleet.footage.timeline.events import RecordingEvents
from fleet.web.facts import LookFacts, RecordingFacts
from fleet.web.views.kept import gone_words, kept_view
from fleet.web.views.moments import Moment, counter, full_moment, length, long_day, moment, of_whole, size
from fleet.web.views.recording.begun import (
    clock_words,
    footage_span,
    held_words,
    is_start_unknown,
    late_words,
    moment_word,
    prerecord_words,
    reckoned_words,
)
from fleet.web.views.recording.chain import chain_words
from fleet.web.views.recording.ending import stopped_note
from fleet.web.views.recording.taking_out import incomplete_note
from fleet.web.views.recording.untrusted import NOT_VERIFIED, UNDATED, refused_words, said_words
from fleet.web.views.recording.verdict import ShownVerdict, shown_verdict, why_refused
from fleet.web.views.recording.waiting import ON_ITS_WAY, Lapsed, lapsed, waiting_words
from fleet.web.views.state import Badge, recording_badge, verdict_badge
from fleet.web.views.tile import initials
from fleet.web.views.told import told_words
from fleet.web.views.wearer import disputed_words, wearer_name, wearer_note
from fleet.web.zone import abbreviation

OPENED, LOOKED, BEGUN = "Opened to watch", "Opened to look at", "Download begun"
RELEASED = "Download of a release begun"
"""What the log holds of a look: that footage was let out, and not how much of it was watched, or arrived."""
_ACTIONS = {
    "footage:recording:view": OPENED,
    "footage:recording:export": BEGUN,
    HANDED_OVER: RELEASED,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A recording in a list.

    Attributes:
        id: for its link.
        name: camera and number, as everybody calls it.
        officer: who wore the camera.
        initials: of that officer.
        wearer: how that is known and what speaks against it; empty when the camera signed it.
        disputed: what the hand-out list says instead, a few words; empty where it says the same, or nothing.
        press: when the button was pressed, or when the fleet first heard of it where that is not known.
        undated: what the time is where that is not known, a few words; empty when it is.
        why_undated: why it is not known, as far as there is more to say.
        reckoned: by which other clock of the same run it is known; empty when by its own.
        length: of the footage; empty while not known.
        prerecord: what was kept from before the press, in words.
        badge: how far it has come.
        lapsed: what is said in its place once its camera's last message is too old for that.
        verdict: what verifying said.
        is_coming: whether more of it is expected.
        is_untrusted: whether it did not verify, so that nothing that it says of itself is told here.
        share: percent of it that is here, while it is on its way and the whole is known.
        here: how much of it is here, while it is on its way.
        link: its page.
        told: what people say of it: its category, whether it shows an incident, and which.
        kept: until when it is to be kept, in a few words; empty where that was not asked.
    """

    id: str
    name: str
    camera: str
    number: int
    officer: str
    initials: str
    wearer: str
    disputed: str
    press: Moment
    undated: str
    why_undated: str
    reckoned: str
    length: str
    prerecord: str
    badge: Badge
    lapsed: Lapsed
    verdict: Badge | None
    is_coming: bool
    is_untrusted: bool
    share: int | None
    here: str
    link: str
    told: str = ""
    kept: str = ""


def row(facts: RecordingFacts, now: datetime) -> Row:
    """Make the row of one recording as of ``now``."""
    recording = facts.summary
    return Row(
        id=recording.id,
        name=f"{recording.camera} · {recording.number}",
        camera=recording.camera,
        number=recording.number,
        officer=wearer_name(recording),
        initials=initials(recording.officer_name or ""),
        wearer=wearer_note(recording),
        disputed=disputed_words(recording),
        press=moment(recording.moment, now, seconds=True),
        undated="" if recording.is_dated else "first heard of",
        why_undated=_why_undated(recording),
        reckoned=reckoned_words(recording),
        length="" if recording.duration_s is None else counter(recording.duration_s),
        prerecord=prerecord_words(recording),
        badge=recording_badge(facts),
        lapsed=lapsed(facts),
        verdict=verdict_badge(recording),
        is_coming=recording.state in ON_ITS_WAY,
        is_untrusted=recording.said is not None,
        share=facts.share if recording.state in ON_ITS_WAY else None,
        here=size(recording.received_bytes)
        if recording.state in ON_ITS_WAY and recording.received_bytes
        else "",
        link=f"/recordings/{recording.id}",
        told=told_words(facts.told),
        kept=_kept(facts, now),
    )


def _kept(facts: RecordingFacts, now: datetime) -> str:
    """Say until when it is to be kept, or that it was deleted; empty where neither was asked."""
    if facts.summary.gone is not None:
        return gone_words(facts.summary.gone)
    return "" if facts.kept is None else kept_view(facts.kept, now).until


def _why_undated(recording: RecordingSummary) -> str:
    """Say why the time that is shown is not the press, in a few words."""
    if recording.said is not None:
        return NOT_VERIFIED
    if recording.is_dated or recording.pressed is None:
        return ""
    if recording.clock_synchronised is None:
        return "not known whether its clock was set"
    return "its clock was not set"


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody's look at a recording, in words."""

    when: Moment
    who: str
    what: str
    purpose: str


def look(facts: LookFacts) -> Look:
    """Tell one look."""
    what = _ACTIONS.get(facts.action, facts.action.rpartition(":")[2].capitalize())
    return Look(full_moment(facts.at), facts.who, what, facts.purpose)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one recording's page.

    Attributes:
        row: what its row says.
        pressed: the press, with day and zone; when the fleet first heard of it where nothing dates it.
        how: what that moment is, in a word or a few.
        start: when the footage begins, as far as is known.
        unknown_start: that it is not; empty when it is known.
        end: when it ends.
        day: the day on which it begins, and the zone of its times; empty where it did not verify.
        by_clock: by what the times of the footage are, where that is no clock that was set; else empty.
        length: in words.
        chain: what it and the camera's other recordings that are held show together.
        verdict: whether it can be trusted.
        held: what was kept from before the press, in a sentence.
        here: whether anything of it is here.
        waiting: what is still to come, a sentence, or empty.
        stopped: who said that no more will come, and why; empty where nobody did.
        resumed: whether more came all the same.
        incomplete: what a download would lack; empty where that is nothing, as far as is known.
        shared: what is to be known of its number; empty where no other recording has it.
        clock: what is to be known of the times on the page; empty when the camera's clock was set at the
            press.
        refused: that it was refused, and what that means; empty where it was not.
        said: what it says of itself all the same, as its own word; empty where that needs no saying.
    """

    row: Row
    pressed: Moment
    how: str
    start: Moment
    unknown_start: str
    end: Moment | None
    day: str
    by_clock: str
    length: str
    chain: tuple[ChainNote, ...]
    verdict: ShownVerdict
    held: str
    here: bool
    waiting: str
    stopped: str
    resumed: bool
    incomplete: str
    clock: str
    shared: str
    refused: str
    said: str


def is_watchable(recording: RecordingSummary) -> bool:
    """Say whether there is anything to watch: what is here can be watched before the rest has come.

    A recording that was stopped before its first picture has a ledger and no footage.
    """
    return recording.received_bytes > 0 and not recording.is_empty


def head(
    facts: RecordingFacts,
    now: datetime,
    events: RecordingEvents | None = None,
    shown: RecordingEvents | None = None,
) -> Head:
    """Make the head of a recording's page as of ``now``: ``events`` are what the verifier found in it.

    ``shown`` are what the page draws, by the clock that dates it; None where nothing that it says is told.
    """
    recording = facts.summary
    start, end = footage_span(recording, shown)
    return Head(
        row=row(facts, now),
        pressed=full_moment(recording.moment),
        how=moment_word(recording),
        start=full_moment(start),
        unknown_start=_unknown(recording) if is_start_unknown(recording, shown) else "",
        end=full_moment(end) if end else None,
        day="" if recording.said is not None else f"{long_day(start)}, {abbreviation(start)}",
        by_clock=_by_clock(recording),
        length=_length(recording),
        chain=tuple(replace(note, sentence=chain_words(note)) for note in recording.chain),
        verdict=shown_verdict(recording, events),
        held=f"{held_words(recording)} {late_words(recording, events)}".rstrip(),
        here=is_watchable(recording),
        waiting=waiting_words(facts),
        stopped=stopped_note(recording),
        resumed=recording.resumed is not None,
        incomplete=incomplete_note(recording),
        clock=clock_words(recording, now),
        shared=_shared(facts),
        refused=refused_words(recording, why_refused(recording)),
        said=said_words(recording),
    )


def _length(recording: RecordingSummary) -> str:
    if recording.is_stopped and recording.said is None:
        return (
            of_whole(recording.duration_s or 0.0, recording.told_s) if recording.verified else "not known yet"
        )
    return _unknown(recording) if recording.duration_s is None else length(recording.duration_s)


def _unknown(recording: RecordingSummary) -> str:
    """Say that something is not known, and that it may be once more has come, only where more may come."""
    return "not known yet" if recording.state in ON_ITS_WAY else "not known"


def _shared(facts: RecordingFacts) -> str:
    if not facts.shares_number:
        return ""
    recording = facts.summary
    return (
        f"Another recording came as number {recording.number} of {recording.camera} too: two devices or "
        "more have used its identity, or its card was put back from a copy."
    )


def _by_clock(recording: RecordingSummary) -> str:
    """Say what the times of the footage are worth, where nothing dates them (F8)."""
    if recording.is_dated:
        return ""
    if recording.said is not None:
        return UNDATED
    if recording.pressed is None:
        return "reckoned from when the fleet first heard of it"
    was = "was not set" if recording.clock_synchronised is False else "may not have been set"
    return f"by the camera's clock, which {was}"

"""An officer's own recordings as they see them: how far each has come, and what became of it. Pure.

What others wrote, who holds something and why, and whom a list has instead is not told here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fleet.incidents.rules.own_words import may_write, open_until
from fleet.web.facts import RecordingFacts
from fleet.web.views.kept import gone_words, kept_view
from fleet.web.views.moments import Moment, full_moment, length, moment
from fleet.web.views.recording.begun import begins_words, clock_words, held_words, moment_word
from fleet.web.views.recording.waiting import Lapsed, lapsed
from fleet.web.views.state import Badge, recording_badge
from fleet.web.views.told import incident_words, told_words
from fleet.web.views.wearer import is_disputed

MINE = "/mine"
_ON_HOLD = "It is on hold: nothing of it goes until that ends."


@dataclass(frozen=True, slots=True)
class MineRow:
    """One of somebody's recordings, in their list.

    Attributes:
        link: its page.
        press: when the button was pressed, or when the fleet first heard of it.
        how: which of the two, in a word or a few.
        length: of the footage; empty while not known.
        badge: how far it has come.
        kept: until when it is to be kept, in a few words.
        told: what people say of it, in a few words.
        lapsed: what is said in place of the badge once its camera's last message is too old for that.
    """

    link: str
    press: Moment
    how: str
    length: str
    badge: Badge
    kept: str
    told: str
    lapsed: Lapsed


@dataclass(frozen=True, slots=True)
class OwnReview:
    """The review of one of somebody's recordings; what was found is not told here.

    Attributes:
        closed: when two people had closed it; None while they have not.
    """

    closed: datetime | None


@dataclass(frozen=True, slots=True)
class Became:
    """One thing that became of a recording: what it is about, what is so, and what lapses of that (F8).

    Attributes:
        word: what it is about.
        text: what is so.
        lapsed: what is known of it once its camera's last message is too old; empty where that is the same.
    """

    word: str
    text: str
    lapsed: str = ""


@dataclass(frozen=True, slots=True)
class MineView:
    """One of somebody's recordings, on its own page.

    Attributes:
        row: what its row says.
        id: for its form, and for the page that others have of it.
        press: the moment with day and zone.
        held: what was kept from before the press, and that the footage begins after it where that is so.
        clock: what is to be known of the times; empty where the camera's clock was set.
        disputed: that the hand-out list says something else; empty where it does not.
        became: what became of it.
        may_write: whether the day of their own words lasts.
        is_gone: whether it was deleted, or is being.
        until: until when that is, or was.
    """

    row: MineRow
    id: str
    press: Moment
    held: str
    clock: str
    disputed: str
    became: tuple[Became, ...]
    may_write: bool
    is_gone: bool
    until: Moment


def mine_row(facts: RecordingFacts, now: datetime) -> MineRow:
    """Make the row of one recording as of ``now``."""
    recording = facts.summary
    return MineRow(
        f"{MINE}/{recording.id}",
        moment(recording.moment, now),
        moment_word(recording),
        "" if recording.duration_s is None else length(recording.duration_s),
        recording_badge(facts),
        _kept(facts, now),
        told_words(facts.told),
        lapsed(facts),
    )


def mine_view(facts: RecordingFacts, review: OwnReview | None, now: datetime) -> MineView:
    """Make the page of one recording as of ``now``; ``review`` is None where there is none."""
    recording = facts.summary
    disputed = "The hand-out list does not say the same; the safety team sees both."
    return MineView(
        mine_row(facts, now),
        recording.id,
        full_moment(recording.moment),
        f"{held_words(recording)} {begins_words(recording)}".rstrip(),
        clock_words(recording, now),
        disputed if is_disputed(recording) else "",
        _became(facts, review, now),
        may_write(recording.announced, now) and recording.gone is None,
        recording.gone is not None,
        full_moment(open_until(recording.announced)),
    )


def _became(facts: RecordingFacts, review: OwnReview | None, now: datetime) -> tuple[Became, ...]:
    then = lapsed(facts)
    where = Became("Where it is", recording_badge(facts).hint, then.badge.hint if then.until else "")
    lines = [where, Became("Incident", _incident(facts))]
    if review is not None:
        lines.append(Became("Review", _reviewed(review)))
    if facts.summary.gone is not None:
        verb = "was" if facts.summary.gone.is_over else "is"
        lines.append(Became("Kept", f"It {verb} {gone_words(facts.summary.gone)}."))
    elif facts.kept is not None:
        kept = kept_view(facts.kept, now)
        until = f"{kept.until[:1].upper()}{kept.until[1:]}: {kept.reason}"
        lines.append(Became("Kept", _ON_HOLD if kept.is_held else until))
    return tuple(lines)


def _kept(facts: RecordingFacts, now: datetime) -> str:
    """Say in a few words until when it is kept, or that it is being deleted."""
    if facts.summary.gone is not None:
        return gone_words(facts.summary.gone)
    return "" if facts.kept is None else kept_view(facts.kept, now).until


def _incident(facts: RecordingFacts) -> str:
    words = incident_words(facts.told)
    references = ", ".join(reference for _, reference in facts.told.incidents)
    return f"{words} It belongs to {references}." if references else words


def _reviewed(review: OwnReview) -> str:
    if review.closed is None:
        return "It is to be reviewed; two people close that."
    return f"It was reviewed, and closed by two people {full_moment(review.closed).text}."

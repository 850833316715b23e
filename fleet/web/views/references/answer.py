"""What the person recorded is told, in plain words that name nobody. Pure.

Whoever changes a sentence here counts ``fleet.references.approvals.PAGE_VERSION`` up: the landlord approved
what was said before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fleet.references.rules.standing import Arrival, ReferencedRecording, ReferencedVisit
from fleet.retention.rules.calendar import day_words
from fleet.retention.rules.keeping import HoldKind
from fleet.web.views.moments import count, sentence_list
from fleet.web.zone import local

UNKNOWN = (
    "Nothing can be shown for this reference. It may never have been given out, it may have been revoked, or "
    "what it was about may have been deleted long ago."
)
_ARRIVALS = {
    Arrival.ANNOUNCED: "The camera has said that it made it. Nothing of it is known to be here yet.",
    Arrival.COMING: "It is arriving from the camera or being checked, so it may not all be here yet.",
    Arrival.HERE: "It is here.",
    Arrival.UNVERIFIED: "It is here. That it is as the camera made it could not be verified.",
    Arrival.A_PART: "Not all of it has arrived, and no more is waited for.",
}
_HOLDS = {
    HoldKind.CLAIM: "because of a legal claim that was made or may be made",
    HoldKind.INVESTIGATION: "because something that happened is being looked into",
    HoldKind.REQUEST: "because somebody asked for it, or about it",
}
_TWICE = 2


@dataclass(frozen=True, slots=True)
class ToldRecording:
    """What is told of one recording: a heading, and sentences."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToldVisit:
    """What is told of a visit: what there is, each recording, and until when that is answered."""

    summary: str
    recordings: tuple[ToldRecording, ...]
    ends: str


def told_visit(visit: ReferencedVisit, now: datetime) -> ToldVisit:
    """Return what is told of a visit, as of ``now``."""
    total = len(visit.recordings) + visit.more
    told = [
        ToldRecording(
            "The recording" if total == 1 else f"Recording {number} of {total}", _sentences(each, now)
        )
        for number, each in enumerate(visit.recordings, start=1)
    ]
    return ToldVisit(_summary(visit, total, now), tuple(told), _ends(visit))


def _summary(visit: ReferencedVisit, total: int, now: datetime) -> str:
    words = []
    if total:
        verb = "is" if total == 1 else "are"
        words.append(f"{count(total, 'recording').capitalize()} of this visit {verb} known.")
        if visit.more:
            words.append(f"The first {len(visit.recordings)} are shown.")
    elif now < visit.ends:
        words.append("No recording of this visit is known yet.")
    else:
        words.append("No recording of this visit is known: perhaps none was made.")
    if visit.perhaps:
        one = "A recording" if visit.perhaps == 1 else f"{visit.perhaps} recordings"
        words.append(f"{one} may be of this visit, or of another one: that is not known.")
    words.append("A camera that has not handed everything in may hold a recording that is not known here.")
    return " ".join(words)


def _sentences(told: ReferencedRecording, now: datetime) -> tuple[str, ...]:
    if told.deleted is not None:
        day = day_words(local(told.deleted).date())
        deleted = f"It was deleted on {day}." if told.is_gone else "It is being deleted."
        return (deleted, _looks(told))
    found = [_ARRIVALS[told.arrival], _kept(told, now)]
    if told.is_restricted:
        found.append("Upon a request it is kept without being used, but for legal claims.")
    return (*found, _looks(told))


def _kept(told: ReferencedRecording, now: datetime) -> str:
    if told.until is None:
        why = " and ".join(_HOLDS[HoldKind(each)] for each in told.holds)
        return f"It is held, and not deleted until that ends{', ' if why else ''}{why}."
    day = day_words(told.until)
    if local(now).date() > told.until:
        return f"It was to be kept until {day}. It is not deleted yet."
    return f"It is kept until {day}, unless something changes, such as a claim for which it is held."


def _looks(told: ReferencedRecording) -> str:
    ways = (
        (told.watched, "to be watched"),
        (told.taken, "to take a copy out"),
        (told.released, "to give footage of it to somebody"),
    )
    parts = [f"{_times(number)} {what}" for number, what in ways if number]
    if not parts:
        return "The landlord's log has nobody who opened it."
    return f"By the landlord's log it was opened {sentence_list(parts)}."


def _times(number: int) -> str:
    return "once" if number == 1 else "twice" if number == _TWICE else f"{number} times"


def _ends(visit: ReferencedVisit) -> str:
    if visit.answered_until is None:
        return "This reference works for as long as there is a recording to tell of, and some weeks longer."
    day = day_words(local(visit.answered_until).date())
    return f"If nothing changes, this reference works until {day}."

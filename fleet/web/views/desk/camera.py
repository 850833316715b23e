"""One camera's page: what is known about it, and who had it.

Rule: what a camera said of itself is told as what it said last while it is not heard; what it never said is
not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fleet.web.facts import AssignmentFacts, CameraFacts
from fleet.web.views.claims import Claim, say
from fleet.web.views.conditions import condition_sum_words
from fleet.web.views.moments import Moment, count, moment
from fleet.web.views.tile import initials


@dataclass(frozen=True, slots=True)
class Had:
    """Who had a camera, and when."""

    officer: str
    initials: str
    start: Moment
    end: Moment | None


@dataclass(frozen=True, slots=True)
class AboutCamera:
    """One thing that is known of a camera.

    Attributes:
        word: what it is about.
        text: what is known; a moment has its own.
        at: the moment that it is, or None.
        lapsed: what is said instead once its last message speaks of the present no more; empty for the same.
    """

    word: str
    text: str
    at: Moment | None = None
    lapsed: str = ""


def about(facts: CameraFacts, now: datetime) -> tuple[AboutCamera, ...]:
    """List what is known of a camera apart from its state now, each with its word."""
    lines = [_dated("Enrolled", facts.enrolled, now)]
    if facts.revoked is not None:
        lines.append(_dated("Out of service", facts.revoked, now))
    elif facts.certificate_ends is not None:
        lines.append(_dated("Certificate until", facts.certificate_ends, now))
    if facts.last_seen is not None:
        lines += [_as_said(facts, word, text) for word, text in _said(facts)]
    if facts.doubled_last is not None:
        when = moment(facts.doubled_last, now, seconds=True).text
        lines.append(AboutCamera("Identity", say(Claim.IDENTITY_DOUBLED, when=when)))
    return tuple(lines)


def _dated(word: str, at: datetime, now: datetime) -> AboutCamera:
    shown = moment(at, now)
    return AboutCamera(word, shown.text, shown)


def _said(facts: CameraFacts) -> list[tuple[str, str]]:
    """What a camera says of itself, beside what its tile shows."""
    clock = None
    if facts.clock_synchronised is not None:
        clock = say(Claim.CLOCK_SET if facts.clock_synchronised else Claim.CLOCK_NOT_SET)
    found = [
        ("Recordings made", None if facts.made is None else str(facts.made)),
        ("Not safe here yet", None if facts.waiting is None else count(facts.waiting, "recording")),
        ("Clock", clock),
        ("Picture and sound", _looked_at(facts)),
        ("Software", facts.firmware or None),
    ]
    if facts.refused:
        found.append(("Settings", say(Claim.SETTINGS_REFUSED, reasons=" ".join(facts.refused))))
    return [(word, text or say(Claim.NOT_KNOWN)) for word, text in found]


def _looked_at(facts: CameraFacts) -> str | None:
    """What it says of picture and sound that come; None where it does not say."""
    if facts.conditions is None:
        return None
    return condition_sum_words(facts.conditions) or say(Claim.NOTHING_WRONG)


def _as_said(facts: CameraFacts, word: str, text: str) -> AboutCamera:
    if text == Claim.NOT_KNOWN:
        return AboutCamera(word, text)
    if facts.doubled_since is not None:
        return AboutCamera(word, say(Claim.AS_ONE_SAID, text=text))
    last = say(Claim.AS_SAID_LAST, text=text)
    return AboutCamera(word, text, lapsed=last) if facts.online else AboutCamera(word, last)


def had_it(assignments: Iterable[AssignmentFacts], now: datetime) -> tuple[Had, ...]:
    """Tell who had a camera."""
    return tuple(
        Had(
            officer=each.officer,
            initials=initials(each.officer),
            start=moment(each.start, now),
            end=moment(each.end, now) if each.end else None,
        )
        for each in assignments
    )


def summary(cameras: int, limit: int) -> str:
    """Say how many cameras there are, and how many there may be."""
    return f"{count(cameras, 'camera').capitalize()} of at most {limit}."

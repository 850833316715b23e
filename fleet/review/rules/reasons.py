"""Why a recording is to be reviewed, in words. Pure.

Rules:
- an incident, a press while the camera was private, private time during an incident, and anything wrong with
  the sensors are reasons each; so is a recording that did not verify, and one of which a person said that no
  more will come: nobody may get a recording past a review by its not arriving whole;
- of all others that verified a share is drawn (``draw``), those without a picture among them: what is to be
  reviewed anyway is not drawn besides;
- a reason once given stays: a mark that is taken away again is itself something to look at;
- a person may ask for a review of any other, and of one that is closed, and says why;
- what is on its way is reviewed for what is known of it already, and is not drawn yet.

It knows of private times only what recordings say: one in which nothing was recorded leaves no trace here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

SAFETY_OVERRIDE = "safety override"
"""The mark of a recording that was pressed for while its camera was private."""
PRIVATE = "private"
"""What a camera gives as the cause of what is missing while it was private."""
SENSOR_CAUSES = frozenset({"encoder gap", "no camera", "no microphone", "sensor stalled"})
"""Causes of what is missing that lie with a camera's sensors."""
_MOST_NAMED = 5


class ReasonKind(StrEnum):
    """A kind of reason, in the order in which they are told."""

    INCIDENT = "incident"
    OVERRIDE = "override"
    PRIVATE = "private"
    SENSORS = "sensors"
    REFUSED = "refused"
    ENDED = "ended"
    DRAWN = "drawn"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a recording is to be reviewed.

    Attributes:
        key: by what it is told whether this reason was there before.
        kind: a ``ReasonKind``.
        words: a sentence.
    """

    key: str
    kind: ReasonKind
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts:
    """What the rules look at.

    Attributes:
        is_marked: whether somebody said that it shows an incident.
        incidents: references of those that it belongs to.
        near: references of incidents that began about its time, where it was private for a time.
        marks: what its camera marked it with.
        is_private: whether its camera was private before it, within it, or as it ended.
        conditions: what was wrong with picture or sound that came, each in words.
        causes: the causes of what is missing of it.
        is_refused: whether it did not verify.
        is_ended: whether a person said that no more of it will come.
        drawn: the share that it was drawn by; None where it was not drawn, or not yet.
    """

    is_marked: bool = False
    incidents: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    is_private: bool = False
    conditions: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    is_refused: bool = False
    is_ended: bool = False
    drawn: float | None = None


def reasons(facts: ReviewFacts) -> tuple[Reason, ...]:
    """Return why a recording is to be reviewed; nothing where it need not be."""
    found = list(_of_incidents(facts))
    if SAFETY_OVERRIDE in facts.marks:
        words = "It was pressed for while the camera was private: a safety override."
        found.append(Reason("override", ReasonKind.OVERRIDE, words))
    during = facts.incidents or facts.near
    if facts.is_private and (facts.is_marked or during):
        what = f" about the time of {listed(during)}" if during else ", and it is said to show an incident"
        words = f"Its camera was private for a time{what}."
        found.append(Reason("private", ReasonKind.PRIVATE, words))
    found += _of_sensors(facts)
    if facts.is_refused:
        found.append(Reason("refused", ReasonKind.REFUSED, "What was sent did not verify."))
    if facts.is_ended:
        words = "A person said that no more of it will come, and not all of it is known to be here."
        found.append(Reason("ended", ReasonKind.ENDED, words))
    if facts.drawn is not None and not found:
        words = f"It was drawn at random, with a chance of {share_words(facts.drawn)}."
        found.append(Reason("drawn", ReasonKind.DRAWN, words))
    return tuple(found)


def asked_for(number: int, who: str, why: str) -> Reason:
    """Return the reason that somebody gave for a review; ``number`` tells those of one recording apart."""
    return Reason(f"asked {number}", ReasonKind.ASKED, f"{who} asked for it: {why}")


def with_draw(facts: ReviewFacts, share: float) -> ReviewFacts:
    """Return the facts of a recording that was drawn by a share."""
    return replace(facts, drawn=share)


def share_words(share: float) -> str:
    """Say a share in percent.

    >>> share_words(0.1), share_words(0.025)
    ('10 %', '2.5 %')
    """
    return f"{share * 100:.4g} %"


def listed(names: Iterable[str]) -> str:
    """Name a few things, and say how many more there are.

    >>> listed(["INC-2026-0001"]), listed("abcdefg")
    ('INC-2026-0001', 'a, b, c, d, e and 2 more')
    """
    several = list(names)
    more = len(several) - _MOST_NAMED
    if more > 0:
        return f"{', '.join(several[:_MOST_NAMED])} and {more} more"
    return " and ".join(filter(None, [", ".join(several[:-1]), several[-1]])) if several else ""


def _of_incidents(facts: ReviewFacts) -> Iterable[Reason]:
    for reference in facts.incidents:
        yield Reason(f"incident {reference}", ReasonKind.INCIDENT, f"It belongs to {reference}.")
    if facts.is_marked and not facts.incidents:
        yield Reason("incident", ReasonKind.INCIDENT, "Somebody said that it shows an incident.")


def _of_sensors(facts: ReviewFacts) -> Iterable[Reason]:
    wrong = [*dict.fromkeys(facts.conditions)]
    if wrong:
        words = f"Picture or sound was of no use for a time: {listed(wrong)}."
        yield Reason("conditions", ReasonKind.SENSORS, words)
    missing = sorted(SENSOR_CAUSES.intersection(facts.causes))
    if missing:
        words = f"Something is missing that its camera puts down to its sensors: {listed(missing)}."
        yield Reason("sensors", ReasonKind.SENSORS, words)

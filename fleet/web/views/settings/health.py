"""How what the service stands on is doing, and when keys end, in words and colours. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fleet.health.reading import Condition, KeyEnd, Reading
from fleet.web.views.moments import Moment, moment, sentence_list
from fleet.web.views.state import Badge

SOON = timedelta(days=30)
_BADGES = {
    Condition.GOOD: Badge("Good", "circle-check", "good", "Nothing is to be done, as far as is known"),
    Condition.WORSE: Badge(
        "Look at it", "alert-triangle", "warn", "Nothing has failed, and something is to be done"
    ),
    Condition.BAD: Badge("Needs you", "alert-triangle", "bad", "It does not work, or cannot wait"),
    Condition.UNKNOWN: Badge("Not known", "info-circle", "quiet", "How it is doing could not be found out"),
}


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One reading: its name, its badge, what was found, and what to do."""

    name: str
    badge: Badge
    said: str
    step: str


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key or certificate.

    Attributes:
        name: what it is.
        purpose: what it is for.
        fingerprint: by which it is compared.
        ends: when it ends; None where it does not.
        has_ended: whether that is over.
        is_soon: whether that is near.
        then: what happens before that, or is so since.
    """

    name: str
    purpose: str
    fingerprint: str
    ends: Moment | None
    has_ended: bool
    is_soon: bool
    then: str


def health_lines(readings: Sequence[Reading]) -> tuple[HealthLine, ...]:
    """Show readings, those first that need somebody."""
    order = [Condition.BAD, Condition.UNKNOWN, Condition.WORSE, Condition.GOOD]
    ordered = sorted(readings, key=lambda each: order.index(each.condition))
    return tuple(HealthLine(each.name, _BADGES[each.condition], each.said, each.step) for each in ordered)


def health_sentence(readings: Sequence[Reading]) -> str:
    """Say all of it in one sentence."""
    unknown = [each.name for each in readings if each.condition is Condition.UNKNOWN]
    wrong = [each.name for each in readings if each.condition in {Condition.WORSE, Condition.BAD}]
    said = [f"Somebody has to look at {sentence_list(wrong)}."] if wrong else []
    said += [f"How it is with {sentence_list(unknown)} is not known."] if unknown else []
    return " ".join(said) or "All that was asked is well."


def key_lines(ends: Sequence[KeyEnd], now: datetime) -> tuple[KeyLine, ...]:
    """Show keys and certificates, in their order."""
    return tuple(
        KeyLine(
            each.name,
            each.purpose,
            each.fingerprint,
            None if each.ends is None else moment(each.ends, now),
            has_ended=each.ends is not None and each.ends <= now,
            is_soon=each.ends is not None and now < each.ends <= now + SOON,
            then=each.after if each.ends is not None and each.ends <= now else each.then,
        )
        for each in ends
    )

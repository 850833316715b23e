"""Whether an officer's training is valid on a day. Pure.

Rules:
- a training counts from the day on which it was taken up to and with its last day; without one it does not
  end;
- of several the one that is valid for longest counts;
- whatever is refused says why and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

NEVER_ENDS = date.max


@dataclass(frozen=True, slots=True)
class Training:
    """A training as the rules see it: its course, when it was taken, and its last day; None for no end."""

    course: str
    taken: date
    until: date | None


@dataclass(frozen=True, slots=True)
class TrainingStanding:
    """How an officer stands.

    Attributes:
        is_valid: whether a training of theirs counts today.
        until: the last day of that one, or of the last that counted; None where none did, or it has no end.
        is_soon: whether that is near.
    """

    is_valid: bool
    until: date | None
    is_soon: bool


def standing_of(
    trainings: Iterable[Training], today: date, *, course: str = "", soon_days: int = 0
) -> TrainingStanding:
    """Return how an officer stands on a day.

    Args:
        trainings: those that are noted of them.
        today: the day.
        course: which course counts; empty for any.
        soon_days: within how many days an end is near.
    """
    ends = [
        each.until or NEVER_ENDS
        for each in trainings
        if each.taken <= today and course.casefold() in {"", each.course.casefold()}
    ]
    last = max(ends, default=None)
    if last is None:
        return TrainingStanding(is_valid=False, until=None, is_soon=False)
    if last == NEVER_ENDS:
        return TrainingStanding(is_valid=True, until=None, is_soon=False)
    is_valid = last >= today
    return TrainingStanding(
        is_valid=is_valid, until=last, is_soon=is_valid and last - today <= timedelta(days=soon_days)
    )


def hand_out_refusal(name: str, standing: TrainingStanding, *, course: str = "") -> str | None:
    """Return the sentence that refuses to hand a camera to an officer, or None where they are trained."""
    if standing.is_valid:
        return None
    what = f"training “{course}”" if course else "training"
    if standing.until is None:
        why = f"No {what} of {name} that counts today is noted"
    else:
        why = f"The last {what} of {name} that is noted was valid until {day_words(standing.until)}"
    return (
        f"{why}, and a camera is handed to trained officers alone. Note their training first, on their page."
    )


def draft_refusal(course: str, taken: date | None, until: date | None, today: date) -> str | None:
    """Return the sentence that refuses what somebody wants to note, or None where it can be noted."""
    if not course:
        return "Say which course it was."
    if taken is None:
        return "Say on which day it was taken."
    if taken > today:
        return "A training is noted once it was taken; that day is still to come."
    if until is not None and until < taken:
        return "Its last day comes before the day on which it was taken."
    return None


def day_words(day: date) -> str:
    """Return a day as people write it.

    >>> day_words(date(2027, 5, 29))
    '29 May 2027'
    """
    return f"{day.day} {day:%B %Y}"

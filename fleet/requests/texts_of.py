"""What people write about requests, made clean or refused in a sentence."""

from __future__ import annotations

from datetime import date

from fleet.core.problems import ProblemError
from fleet.requests.rules.draft import LONGEST_TEXT


def clean_words(text: str, ask: str, *, longest: int = LONGEST_TEXT, field: str = "text") -> str:
    """Return a text with its spaces put right, its lines kept.

    Args:
        text: as it was typed.
        ask: begins the sentence when it cannot be.
        longest: how long it may be, in characters.
        field: what the code of the refusal calls it.

    Raises:
        ProblemError: 422 nothing is left, it is too long, or has characters that cannot be shown.
    """
    clean = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not clean or len(clean) > longest or not clean.replace("\n", "").isprintable():
        raise ProblemError(422, f"{field}_unusable", f"{ask}, in 1 to {longest} characters.")
    return clean


def clean_day(day: date | None, *, first: date, last: date, what: str) -> date:
    """Return a day that can be.

    Args:
        day: as given; None where it was none.
        first: the first possible one.
        last: the last possible one.
        what: begins the sentence when it cannot be, as in "the day on which they answered".

    Raises:
        ProblemError: 422 it cannot be.
    """
    if day is None or not first <= day <= last:
        said = f"Choose {what}: from {first.isoformat()} to {last.isoformat()}."
        raise ProblemError(422, "day_unusable", said)
    return day

"""The rules of check-out and check-in. Pure.

One camera per officer at a time and one officer per camera: stated here for the sentence, and by two partial
unique indexes in the database for certainty.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """An assignment as the rules see it.

    Attributes:
        id: the assignment.
        camera: the camera's id.
        officer: the officer's id.
        officer_name: what the officer is called.
        started: check-out.
        ended: check-in, None while open.
    """

    id: str
    camera: str
    officer: str
    officer_name: str
    started: datetime
    ended: datetime | None


def conflict(open_spans: Iterable[Span], *, camera: str, officer: str) -> str | None:
    """Return the sentence that refuses a check-out, or None when nothing stands in its way."""
    for span in open_spans:
        if span.camera == camera and span.officer == officer:
            return f"{span.officer_name} wears {camera} already."
        if span.camera == camera:
            return f"{camera} is worn by {span.officer_name}; check it in first."
        if span.officer == officer:
            return f"{span.officer_name} wears {span.camera} already; check that in first."
    return None


def worn_at(spans: Iterable[Span], *, utc: datetime) -> Span | None:
    """Return the span that covers the time: from its start, up to but not at its end."""
    for span in spans:
        if span.started <= utc and (span.ended is None or utc < span.ended):
            return span
    return None

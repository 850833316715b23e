"""One camera's page: what is known about it, and who had it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fleet.web.facts import AssignmentFacts, CameraFacts
from fleet.web.views.moments import Moment, count, moment
from fleet.web.views.tile import initials


@dataclass(frozen=True, slots=True)
class Had:
    """Who had a camera, and when."""

    officer: str
    initials: str
    start: Moment
    end: Moment | None


def about(facts: CameraFacts, now: datetime) -> tuple[tuple[str, str | Moment], ...]:
    """List what is known of a camera apart from its state now, each with its word."""
    lines: list[tuple[str, str | Moment]] = [("Enrolled", moment(facts.enrolled, now))]
    if facts.revoked is not None:
        lines.append(("Out of service", moment(facts.revoked, now)))
    elif facts.certificate_ends is not None:
        lines.append(("Certificate until", moment(facts.certificate_ends, now)))
    if facts.made is not None:
        lines.append(("Recordings made", str(facts.made)))
    if facts.waiting is not None:
        lines.append(("Still to send", count(facts.waiting, "recording")))
    if facts.clock_synchronised is not None:
        lines.append(("Clock", "set by the network" if facts.clock_synchronised else "not set"))
    if facts.doubled_last is not None:
        text = moment(facts.doubled_last, now, seconds=True).text
        lines.append(("Identity", f"used by two devices at once, last seen {text}"))
    if facts.firmware:
        lines.append(("Software", facts.firmware))
    return tuple(lines)


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

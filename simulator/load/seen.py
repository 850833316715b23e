"""What was seen under load, and what it comes to. Pure.

Times are seconds since the load began, on one clock for all processes of this machine.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from simulator.oracle.check import Check, Figure, Result, judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROMISE: Final = "the fleet bears the load"
SHOWN: Final = 5
"""So many kinds of errors are named in a sentence."""


class LoadTime(StrEnum):
    """What is timed."""

    JOINED = "joined_s"
    CONNECTED = "connected_s"
    RECONNECTED = "reconnected_s"
    SENT = "sent_s"
    LISTED = "listed_s"
    HELD = "held_s"
    ASKED = "asked_s"


@dataclass(frozen=True, slots=True)
class LoadSample:
    """Something that was timed.

    Attributes:
        what: What.
        at_s: When it began.
        took_s: How long it took.
    """

    what: LoadTime
    at_s: float
    took_s: float


@dataclass(frozen=True, slots=True)
class LoadRecording:
    """A recording of a light camera.

    Attributes:
        press_s: When the camera told of it; None where it never could.
        sent_s: When the fleet had answered for the last byte; None where it has not.
    """

    press_s: float | None = None
    sent_s: float | None = None


@dataclass(slots=True)
class LoadSeen:
    """Everything that was seen.

    Attributes:
        samples: What was timed by the cameras and by whoever watched.
        errors: What went wrong, in words, one entry for each time.
        recordings: Every recording that was to be made, by its id.
        listed: When the watcher first saw each in the fleet's list.
        held: When the watcher first saw that the fleet has signed for it.
        to_cut: How many connections were to be cut.
    """

    samples: list[LoadSample] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    recordings: dict[str, LoadRecording] = field(default_factory=dict)
    listed: dict[str, float] = field(default_factory=dict)
    held: dict[str, float] = field(default_factory=dict)
    to_cut: int = 0

    def all_samples(self) -> tuple[LoadSample, ...]:
        """Everything that was timed, what took two processes included."""
        return (*self.samples, *self._between())

    def _between(self) -> Iterator[LoadSample]:
        for known, made in self.recordings.items():
            if made.press_s is not None and known in self.listed:
                yield LoadSample(LoadTime.LISTED, made.press_s, self.listed[known] - made.press_s)
            if made.sent_s is not None and known in self.held:
                yield LoadSample(LoadTime.HELD, made.sent_s, max(0.0, self.held[known] - made.sent_s))

    def count(self, what: LoadTime) -> int:
        """How often something was timed."""
        return sum(each.what is what for each in self.samples)


def load_checks(seen: LoadSeen, cameras: int, listed_within_s: float | None) -> tuple[Check, ...]:
    """Judge what was seen.

    Args:
        seen: What was seen.
        cameras: How many cameras there were to be.
        listed_within_s: How soon after the press 95 of 100 recordings have to be listed; None for no bound.
    """
    made = len(seen.recordings)
    counts = [
        ("joined", seen.count(LoadTime.JOINED), cameras, "cameras"),
        ("connected", seen.count(LoadTime.CONNECTED), cameras, "cameras"),
        ("connected again", seen.count(LoadTime.RECONNECTED), seen.to_cut, "cameras"),
    ]
    checks = [_counted(*each) for each in counts if each[2]]
    if made:
        sent = sum(each.sent_s is not None for each in seen.recordings.values())
        checks.append(_counted("sent", sent, made, "recordings"))
        watched = seen.count(LoadTime.ASKED) > 0
        checks += [
            _counted(name, len(found) if watched else None, made, "recordings")
            for name, found in (("listed", seen.listed), ("held", seen.held))
        ]
    checks.append(_without_errors(seen.errors))
    if listed_within_s is not None:
        checks.append(_soon(seen, listed_within_s))
    return tuple(checks)


def _counted(name: str, seen: int | None, wanted: int, what: str) -> Check:
    figure = Figure(None if seen is None else float(seen), float(wanted), what)
    if seen is None:
        said = f"whether {wanted} {what} were {name} is not known: nobody could ask the fleet"
        return Check(name, Result.NOT_EVALUATED, said, promise=PROMISE, figure=figure)
    said = f"{seen} of {wanted} {what} were {name}"
    return Check(name, judged(holds=seen >= wanted), said, promise=PROMISE, figure=figure)


def _without_errors(errors: Sequence[str]) -> Check:
    figure = Figure(float(len(errors)), 0.0, "errors", "at most")
    kinds = Counter(errors).most_common()
    shown = "; ".join(f"{count} times {words}" for words, count in kinds[:SHOWN])
    more = f"; and {len(kinds) - SHOWN} other kinds" if len(kinds) > SHOWN else ""
    said = f"nothing was refused or broken off: {shown or 'no error'}{more}"
    if errors:
        said = f"{len(errors)} times something was refused or broken off: {shown}{more}"
    return Check("without an error", judged(holds=not errors), said, promise=PROMISE, figure=figure)


def _soon(seen: LoadSeen, bound_s: float) -> Check:
    """95 of 100 by nearest rank; what was never listed counts as later than any bound."""
    took = sorted(each.took_s for each in seen.all_samples() if each.what is LoadTime.LISTED)
    wanted = len(seen.recordings)
    rank = -(-wanted * 95 // 100)
    p95 = took[rank - 1] if wanted and rank <= len(took) else None
    figure = Figure(p95, bound_s, "s", "at most")
    holds = None if not wanted else p95 is not None and p95 <= bound_s
    said = f"95 of 100 recordings were listed after their press within: {figure.words}"
    return Check("listed in time", judged(holds=holds), said, promise="listed_within_s", figure=figure)

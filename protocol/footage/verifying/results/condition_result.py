"""What the camera signed about picture or sound that came and was of no use: black, silent, … (C12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from protocol.footage.ledger.conditions import as_one, condition_phrase
from protocol.footage.verifying.results.wording import seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from protocol.footage.format.model import Track
    from protocol.footage.ledger.conditions import ConditionSpan
    from protocol.footage.verifying.results.json_value import JsonValue


MOST_NAMED: Final = 4
"""So many kinds a sentence names; a camera may sign any number of words."""


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """A span of the footage in which something was wrong with a track.

    Attributes:
        track: Which track.
        condition: What, as the camera signed it (``ConditionKind``).
        start_ns: Where it begins in the footage, on the boot-time clock.
        duration_ns: How long it is within the footage.
        before_ns: For how long it had been so before the footage begins.
        over: Whether the camera said that it was over; else it lasted to the end, as far as is known.
    """

    track: Track
    condition: str
    start_ns: int
    duration_ns: int
    before_ns: int = 0
    over: bool = True

    @property
    def end_ns(self) -> int:
        """Where it ends in the footage, on the boot-time clock."""
        return self.start_ns + self.duration_ns

    @property
    def sentence(self) -> str:
        """The condition in words; without a full stop."""
        words = f"{seconds(self.duration_ns)} of {condition_phrase(self.track, self.condition)}"
        before = f", and {seconds(self.before_ns)} of it before that" if self.before_ns else ""
        return f"{words}{before}" if self.over else f"{words} to the end of the footage{before}"

    def to_json(self) -> JsonValue:
        """The condition as JSON."""
        return {
            "track": str(self.track),
            "condition": self.condition,
            "start_ns": self.start_ns,
            "duration_ns": self.duration_ns,
            "before_ns": self.before_ns,
            "over": self.over,
        }


def conditions_within(
    spans: Iterable[ConditionSpan], first_ns: int | None, end_ns: int | None
) -> tuple[ConditionResult, ...]:
    """Return what of the conditions lies in the footage, in order of time.

    Args:
        spans: As the ledger's events tell them; one may be told twice, at its beginning and at its end.
        first_ns: Where the footage begins, on the boot-time clock; None where there is none.
        end_ns: Where it ends.
    """
    if first_ns is None or end_ns is None:
        return ()
    found = []
    for span in as_one(spans):
        over = span.end_ns is not None and span.end_ns <= end_ns
        begin, stop = (
            max(span.start_ns, first_ns),
            min(end_ns if span.end_ns is None else span.end_ns, end_ns),
        )
        if begin < stop:
            result = ConditionResult(span.track, span.condition, begin, stop - begin, over=over)
            found.append(replace(result, before_ns=max(0, first_ns - span.start_ns)))
    return tuple(found)


def condition_sum(results: Sequence[ConditionResult]) -> str:
    """Say for how long what was wrong, in all, by what: "42.0 s of black picture and 9.0 s of silence"."""
    lengths: dict[tuple[Track, str], int] = {}
    for each in results:
        of = each.track, each.condition
        lengths[of] = lengths.get(of, 0) + each.duration_ns
    parts = [f"{seconds(length)} of {condition_phrase(*of)}" for of, length in lengths.items()]
    if len(parts) > MOST_NAMED:
        parts = [*parts[:MOST_NAMED], f"{len(parts) - MOST_NAMED} more"]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)

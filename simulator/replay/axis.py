"""Where on one axis of time the runs of a camera lie, each of which has a boot-time clock of its own. Pure.

Rules:

* Inside a run the boot-time clock orders everything and says how long it took.
* A run lies where its wall time says, by a label that was synchronised where it has one. Runs are in the
  order of their recordings, whatever the clock on the wall said; where it says otherwise, the place is a
  guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.units import NS_PER_S, NS_PER_US

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from protocol.footage.format.model import ClockLabel
    from simulator.replay.found import FoundRecording

BETWEEN_RUNS_S: Final = 60
"""So long lies between two runs where nothing says how long it was."""


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a run lies.

    Attributes:
        offset_ns: What to add to its boot-time clock.
        guessed: Whether no label says so that can be believed.
    """

    offset_ns: int
    guessed: bool = False

    def seconds(self, at_ns: int) -> float:
        """Put a time of the run's clock on the axis."""
        return (at_ns + self.offset_ns) / NS_PER_S


def run_places(recordings: Sequence[FoundRecording]) -> Mapping[bytes, RunPlace]:
    """Return where each run lies.

    Args:
        recordings: A camera's, by number.
    """
    found: dict[bytes, RunPlace] = {}
    end_ns: int | None = None
    for run in dict.fromkeys(each.run for each in recordings):
        made = [each for each in recordings if each.run == run]
        place = _by_label(made)
        first_ns = made[0].first_ns + place.offset_ns
        if end_ns is not None and first_ns <= end_ns:
            between_ns = BETWEEN_RUNS_S * NS_PER_S
            place = RunPlace(end_ns + between_ns - made[0].first_ns, guessed=True)
        found[run] = place
        end_ns = max(each.last_ns for each in made) + place.offset_ns
    return found


def _by_label(recordings: Sequence[FoundRecording]) -> RunPlace:
    labels = list(_labels(recordings))
    at_ns, label = next((each for each in labels if each[1].synchronised), labels[0])
    return RunPlace(label.utc_us * NS_PER_US - at_ns, guessed=not label.synchronised)


def _labels(recordings: Sequence[FoundRecording]) -> Iterator[tuple[int, ClockLabel]]:
    for each in recordings:
        yield each.ledger.open.press_ns, each.ledger.open.label
        yield from ((event.at_ns, event.label) for event in each.ledger.events)

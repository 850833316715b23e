"""Where on one axis of time the runs of a camera lie, each of which has a boot-time clock of its own. Pure.

Rules:

* Inside a run the boot-time clock orders everything and says how long it took.
* A run lies where its wall time says, by a label that was synchronised where it has one. Runs are in the
  order of their recordings, whatever the clock on the wall said; where it says otherwise, the place is a
  guess.
* A run in which nothing was recorded lies where what was said in it says, by a clock that was synchronised
  and in the order in which the camera counted; else it lies nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.units import NS_PER_S, NS_PER_US

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from protocol.footage.consent import ConsentEvent
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


def run_places(
    recordings: Sequence[FoundRecording], words: Sequence[ConsentEvent] = ()
) -> Mapping[bytes, RunPlace]:
    """Return where each run lies.

    Args:
        recordings: A camera's, by number.
        words: What it signed of consent, by number.
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
    found.update(_runs_of_words(words, found, recordings))
    return found


def _runs_of_words(
    words: Sequence[ConsentEvent], found: Mapping[bytes, RunPlace], recordings: Sequence[FoundRecording]
) -> Iterator[tuple[bytes, RunPlace]]:
    """Runs in which nothing was recorded, as far as their words lie between those of the runs around them."""
    whole = [
        (found[each.run].seconds(each.first_ns), found[each.run].seconds(each.last_ns)) for each in recordings
    ]
    for run in dict.fromkeys(each.run for each in words if each.run not in found):
        said = [each for each in words if each.run == run]
        sure = next((each for each in said if each.label.synchronised), None)
        if sure is None:
            continue
        place = RunPlace(sure.label.utc_us * NS_PER_US - sure.at_ns)
        first_s, last_s = place.seconds(said[0].at_ns), place.seconds(said[-1].at_ns)
        before = [each for each in words if each.number < said[0].number and each.run in found]
        after = [each for each in words if each.number > said[-1].number and each.run in found]
        in_order = all(found[each.run].seconds(each.at_ns) <= first_s for each in before) and all(
            last_s <= found[each.run].seconds(each.at_ns) for each in after
        )
        if in_order and not any(began_s <= last_s and first_s <= ended_s for began_s, ended_s in whole):
            yield run, place


def _by_label(recordings: Sequence[FoundRecording]) -> RunPlace:
    labels = list(_labels(recordings))
    at_ns, label = next((each for each in labels if each[1].synchronised), labels[0])
    return RunPlace(label.utc_us * NS_PER_US - at_ns, guessed=not label.synchronised)


def _labels(recordings: Sequence[FoundRecording]) -> Iterator[tuple[int, ClockLabel]]:
    for each in recordings:
        yield each.ledger.open.press_ns, each.ledger.open.label
        yield from ((event.at_ns, event.label) for event in each.ledger.events)

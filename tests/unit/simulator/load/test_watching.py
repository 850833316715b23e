"""The watcher tells what is new in the list, once."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.errors import FleetServiceError
from simulator.load.watching import ListWatch
from simulator.oracle.world import ListedRecording


def listed(known: str, *, state: str = "uploading", receipt: bool = False) -> ListedRecording:
    return ListedRecording(known, "cam-01", 1, state, receipt)


class Clock:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds


def test_each_recording_is_told_once_as_listed_and_once_as_held() -> None:
    lists = iter(
        [[listed("a")], [listed("b"), listed("a", state="held")], [listed("a", state="held", receipt=True)]]
    )
    watch = ListWatch(lambda: next(lists), Clock())

    assert watch.once() == {"at": 1.0, "took": 1.0, "listed": ["a"], "held": []}
    assert watch.once() == {"at": 3.0, "took": 1.0, "listed": ["b"], "held": []}
    assert watch.once() == {"at": 5.0, "took": 1.0, "listed": [], "held": ["a"]}


def test_a_fleet_that_does_not_answer_is_an_error_and_no_end() -> None:
    def away() -> Iterable[ListedRecording]:
        raise FleetServiceError("The fleet cannot be reached.")

    assert ListWatch(away, Clock()).once() == {"at": 1.0, "error": "The fleet cannot be reached"}

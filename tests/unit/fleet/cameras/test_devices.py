from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.cameras.devices import (
    AT_ONCE,
    MOST_RUNS,
    Devices,
    are_at_once,
    heard_from,
    runs_from_json,
    runs_to_json,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
A, B, C = "a" * 32, "b" * 32, "c" * 32


def after(*messages: tuple[str, str]) -> Devices:
    """What is known after messages of runs in sessions, ten seconds apart."""
    devices = Devices()
    for number, (run, session) in enumerate(messages):
        devices = heard_from(devices, run, session, NOON + timedelta(seconds=10 * number))
    return devices


# proves F8
@pytest.mark.parametrize(
    "messages",
    [
        [(A, "1")],
        [(A, "1"), (A, "1"), (A, "2")],
        [(A, "1"), (B, "2"), (C, "3")],
        [(A, "1"), ("", "2"), (A, "3")],
        [(A, "1"), (B, "2"), (A, "1")],
        [(A, "1"), (A, "2"), (B, "3"), (A, "1"), (A, "2"), (B, "3"), (B, "4")],
    ],
    ids=["one", "reconnected", "restarted", "run unknown", "delivered twice", "many delivered twice"],
)
def test_one_device_is_one_device(messages: list[tuple[str, str]]) -> None:
    assert after(*messages).since is None


# proves F8
def test_a_run_that_comes_back_is_a_second_device() -> None:
    devices = after((A, "1"), (B, "2"), (A, "3"))
    assert devices.since == devices.last == NOON + timedelta(seconds=20)
    later = after((A, "1"), (B, "2"), (A, "3"), (B, "4"), (B, "4"))
    assert (later.since, later.last) == (NOON + timedelta(seconds=20), NOON + timedelta(seconds=30))


def test_it_is_said_of_the_present_only_while_it_was_just_seen() -> None:
    devices = after((A, "1"), (B, "2"), (A, "3"))
    assert devices.last is not None
    assert are_at_once(devices.last, devices.last + AT_ONCE - timedelta(seconds=1))
    assert not are_at_once(devices.last, devices.last + AT_ONCE)
    assert not are_at_once(devices.last, devices.last - timedelta(hours=1)), "the clock was put back since"
    assert not are_at_once(None, NOON)


# proves F8
@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), max_size=30),
    st.data(),
)
def test_no_row_of_restarts_is_taken_for_two_devices(
    starts: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Each start connects a few times and says a few things each time; some of the newest come twice."""
    sent: list[tuple[str, str]] = []
    devices = Devices()
    for run, (connections, messages) in enumerate(starts):
        for connection in range(connections):
            for _ in range(messages):
                message = (f"{run:032x}", f"{run}-{connection}")
                sent.append(message)
                devices = heard_from(devices, *message, NOON)
                again = data.draw(st.integers(0, 3))
                for repeated in sent[-again:] if again else []:
                    devices = heard_from(devices, *repeated, NOON)
    assert devices.since is None
    assert len(devices.runs) <= MOST_RUNS


# proves F8
@given(st.lists(st.sampled_from([A, B]), min_size=1, max_size=40))
def test_two_devices_that_take_turns_are_always_found_at_the_first_return(heard: list[str]) -> None:
    devices = after(*((run, str(number)) for number, run in enumerate(heard)))
    changes = sum(1 for before, now in pairwise(heard) if before != now)
    assert (devices.since is not None) == (changes >= 2)


@given(st.lists(st.tuples(st.sampled_from([A, B, C]), st.text(max_size=8)), max_size=9))
def test_what_is_kept_reads_back(messages: list[tuple[str, str]]) -> None:
    runs = after(*messages).runs
    assert runs_from_json(runs_to_json(runs)) == runs

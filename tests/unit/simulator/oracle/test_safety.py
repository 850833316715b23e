"""What must hold after each step: seen as broken exactly where something acknowledged is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.oracle.bad_day.safety import Glance, GlancedRecording, safety
from simulator.oracle.check import Result
from simulator.oracle.history import History, Operation, OperationAnswer, OperationKind

GOOD = GlancedRecording("body-1", 1, "ab", on_camera=True, held=False, under_way=True, state="recording")


def wrong(*recordings: GlancedRecording) -> list[tuple[str, str]]:
    checks = safety([Glance(number, (each,)) for number, each in enumerate(recordings, 1)])
    return [(each.name, each.sentence) for each in checks if each.result is Result.BROKEN]


@pytest.mark.parametrize(
    "fine",
    [
        GOOD,
        replace(GOOD, state="fault"),
        replace(GOOD, state=None),
        replace(GOOD, under_way=False, state="ready"),
        replace(GOOD, on_camera=False, held=True),
        replace(GOOD, on_camera=None, state=None),
        replace(GOOD, on_camera=False, held=None),
    ],
)
def test_what_is_there_holds(fine: GlancedRecording) -> None:
    assert wrong(fine) == []


def test_what_is_nowhere_is_told_once_with_the_first_step_after_which_it_was_gone() -> None:
    gone = replace(GOOD, on_camera=False)

    [(name, sentence)] = wrong(GOOD, gone, gone)

    assert name == "safe"
    assert sentence.startswith("after step 2, recording 1 of body-1, which was acknowledged, is neither on")


def test_what_the_fleet_held_it_has_to_hold() -> None:
    held = replace(GOOD, held=True, under_way=False)

    [(name, sentence)] = wrong(held, replace(held, held=False))

    assert name == "safe at the fleet"
    assert sentence.startswith("after step 2, the fleet does not hold")


def test_a_camera_says_that_it_records_until_something_ends_it() -> None:
    [(name, sentence)] = wrong(replace(GOOD, state="ready"))

    assert name == "says that it records"
    assert "body-1 says ready" in sentence


def test_without_a_look_nothing_is_claimed() -> None:
    assert safety([]) == ()


def asked(kind: OperationKind, at_s: float, *, ok: bool) -> History:
    answer = OperationAnswer(ok, "the card takes nothing")
    return History((Operation(kind, "cam-01", "body-1", at_s, at_s, answer),))


@pytest.mark.parametrize("ok", [True, False])
@pytest.mark.parametrize("kind", [OperationKind.STOP, OperationKind.PRIVATE_ON, OperationKind.DOCK])
def test_what_was_asked_to_end_need_not_be_said_to_go_on(kind: OperationKind, ok: bool) -> None:
    """A stop that a failing card refuses leaves the recording as it is."""
    assert asked(kind, 8.0, ok=ok).end_asked("body-1", 7.0)
    assert not asked(kind, 6.0, ok=ok).end_asked("body-1", 7.0)
    assert not asked(kind, 8.0, ok=ok).end_asked("body-2", 7.0)


@pytest.mark.parametrize("kind", [OperationKind.PRESS, OperationKind.BOOKMARK, OperationKind.UNDOCK])
def test_a_further_press_ends_nothing(kind: OperationKind) -> None:
    assert not asked(kind, 8.0, ok=True).end_asked("body-1", 7.0)

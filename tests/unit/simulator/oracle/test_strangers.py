"""Overrides, damage and forged messages are judged: each is seen to hold and to be broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protocol.messages.commands import Command
from protocol.messages.topics import Down, Up
from simulator.oracle.bad_day.damaged import FOUND
from simulator.oracle.bad_day.overrides import MARK, OVERRIDE
from simulator.oracle.bad_day.strangers import AS_ITSELF, ONCE
from simulator.oracle.check import Check, Result
from simulator.oracle.commands import PRIVATE_IS_OFF
from simulator.oracle.history import History, Operation, OperationAnswer, OperationKind
from simulator.oracle.judge import Case, judge, passed
from simulator.oracle.world import World
from simulator.scenario.acts.strangers import forged
from tests.support.oracle import Planned, Staged

STAGED = Staged((Planned(),))
ID = Planned().id


def of(promise: str, case: Case) -> list[Result]:
    return [each.result for each in judge(case) if each.promise == promise]


def asked(kind: OperationKind, at_s: float, *, ok: bool = True, state: str | None = None) -> Operation:
    answer = OperationAnswer(ok=ok, state=state, sentence="said")
    return Operation(kind, "cam-01", "cam-01", at_s, at_s + 0.01, answer)


def with_history(*operations: Operation, world: World | None = None) -> Case:
    staged = STAGED.history().operations
    handed = tuple(each for each in staged if each.kind is OperationKind.HAND_OVER)
    history = History((*handed, *operations, *staged[len(handed) :]))
    return STAGED.case(world, history)


def marked(world: World, *, camera: bool = True, fleet: bool = True) -> World:
    return replace(
        world,
        cameras=tuple(replace(each, marks=(MARK,) * camera, prerecord_s=0.0) for each in world.cameras),
        fleet=tuple(replace(each, marks=(MARK,) * fleet, prerecord_s=0.0) for each in world.fleet or ()),
    )


PRIVATE = asked(OperationKind.PRIVATE_ON, 50.0, state="private")


def test_without_a_private_time_nothing_is_said_of_marks() -> None:
    assert of(OVERRIDE, STAGED.case()) == []


# proves C11
def test_taking_back_a_camera_that_records_in_private_ends_no_private_time() -> None:
    world = STAGED.world()
    pressed, back = asked(OperationKind.PRESS, 60.0), asked(OperationKind.TAKE_BACK, 70.0)
    stopped = asked(OperationKind.STOP, 80.0)

    during = with_history(PRIVATE, pressed, back, stopped, world=marked(world))
    assert Result.BROKEN not in of(OVERRIDE, during)
    assert Result.BROKEN in of(OVERRIDE, with_history(PRIVATE, pressed, back, stopped, world=world))
    # Nothing was recorded any more: the next officer does not inherit it.
    after = (PRIVATE, pressed, asked(OperationKind.STOP, 65.0), back)
    assert Result.BROKEN in of(OVERRIDE, with_history(*after, world=marked(world)))
    assert Result.BROKEN not in of(OVERRIDE, with_history(*after, world=world))


# proves C11
def test_who_is_handed_a_private_camera_begins_afresh_whenever_it_hears_of_it() -> None:
    world = STAGED.world()
    handed = asked(OperationKind.HAND_OVER, 70.0)

    filmed = replace(
        world,
        cameras=tuple(replace(each, prerecord_s=20.0) for each in world.cameras),
        fleet=tuple(replace(each, prerecord_s=20.0) for each in world.fleet or ()),
    )
    assert Result.BROKEN not in of(PRIVATE_IS_OFF, with_history(PRIVATE, handed, world=filmed))
    assert Result.BROKEN in of(PRIVATE_IS_OFF, with_history(PRIVATE, world=filmed))
    for each in (world, marked(world)):  # a camera without a network stays private until it hears
        assert of(OVERRIDE, with_history(PRIVATE, handed, world=each)) == []


# proves C11
def test_what_is_pressed_in_private_is_marked_in_both_places() -> None:
    world = STAGED.world()

    assert of(OVERRIDE, with_history(PRIVATE, world=marked(world))) == [Result.HELD, Result.HELD]
    assert Result.BROKEN in of(OVERRIDE, with_history(PRIVATE, world=marked(world, camera=False)))
    assert Result.BROKEN in of(OVERRIDE, with_history(PRIVATE, world=marked(world, fleet=False)))


# proves C11
def test_what_is_pressed_after_a_camera_came_back_private_is_marked() -> None:
    again = asked(OperationKind.SWITCH_ON, 60.0, state="private")

    assert of(OVERRIDE, with_history(PRIVATE, again)) == [Result.BROKEN, Result.BROKEN]
    held = with_history(PRIVATE, again, world=marked(STAGED.world()))
    assert of(OVERRIDE, held) == [Result.HELD, Result.HELD]


@pytest.mark.parametrize(
    ("state", "result"), [("private", Result.BROKEN), ("ready", Result.HELD), ("fault", None)]
)
def test_after_a_change_that_was_not_acknowledged_the_camera_s_word_counts(
    state: str, result: Result | None
) -> None:
    off = asked(OperationKind.PRIVATE_OFF, 60.0, ok=False, state=state)

    assert of(OVERRIDE, with_history(PRIVATE, off)) == ([] if result is None else [result, result])


ENDS = [OperationKind.PRIVATE_OFF, OperationKind.DOCK, OperationKind.TAKE_BACK]


@pytest.mark.parametrize("at_s", [60.0, 100.0])
@pytest.mark.parametrize("end", ENDS, ids=str)
def test_what_is_pressed_after_a_private_time_bears_no_mark(end: OperationKind, at_s: float) -> None:
    """Also where both were at one instant, as in virtual time."""
    ended = asked(end, at_s, state="ready")

    assert of(OVERRIDE, with_history(PRIVATE, ended)) == [Result.HELD, Result.HELD]
    assert Result.BROKEN in of(OVERRIDE, with_history(PRIVATE, ended, world=marked(STAGED.world())))


def test_a_private_time_ends_by_no_switching_on() -> None:
    world = STAGED.world()
    short = replace(world, cameras=tuple(replace(each, prerecord_s=39.0) for each in world.cameras))
    again = asked(OperationKind.SWITCH_ON, 60.0)

    assert Result.BROKEN in of(PRIVATE_IS_OFF, with_history(PRIVATE, again, world=short))


@pytest.mark.parametrize("end", [OperationKind.DOCK, OperationKind.PRIVATE_OFF], ids=str)
def test_a_private_time_that_was_ended_keeps_nothing_from_later_recordings(end: OperationKind) -> None:
    docked = asked(end, 60.0)
    world = STAGED.world()
    short = replace(
        world,
        cameras=tuple(replace(each, prerecord_s=39.0) for each in world.cameras),
        fleet=tuple(replace(each, prerecord_s=39.0) for each in world.fleet or ()),
    )

    assert Result.BROKEN not in of(PRIVATE_IS_OFF, with_history(PRIVATE, docked, world=short))
    assert Result.BROKEN in of(PRIVATE_IS_OFF, with_history(PRIVATE, world=short))


def damaged(*, verdict: str, state: str) -> Case:
    world = STAGED.world()
    held = state == "held"
    return STAGED.case(
        replace(
            world,
            damaged=frozenset({ID}),
            cameras=tuple(
                replace(each, verdict=verdict, receipt=True if held else None) for each in world.cameras
            ),
            fleet=tuple(replace(each, state=state, receipt=held) for each in world.fleet or ()),
        )
    )


def without_receipt(case: Case) -> Case:
    return replace(case, receipts=frozenset())


def test_damage_that_is_found_is_a_pass() -> None:
    case = without_receipt(damaged(verdict="damaged", state="failed"))

    assert of(FOUND, case) == [Result.HELD, Result.HELD]
    assert passed(judge(case)), [each for each in judge(case) if not each.passed and each.asked]


# proves L2
@pytest.mark.parametrize(("verdict", "state"), [("intact", "failed"), ("damaged", "held")])
def test_damage_that_is_taken_for_whole_is_broken(verdict: str, state: str) -> None:
    assert Result.BROKEN in of(FOUND, damaged(verdict=verdict, state=state))


# proves L1
# proves L1 L4
def test_every_kind_of_message_is_forged_and_a_command_counts_at_that_moment() -> None:
    said = dict(forged("cam-07", 1_000_000))

    up = {f"lapel/v1/cameras/cam-07/up/{each}" for each in Up}
    assert set(said) == up | {f"lapel/v1/cameras/cam-07/down/{each}" for each in Down}
    command = Command.model_validate_json(said["lapel/v1/cameras/cam-07/down/command"])
    assert command.issued_utc_us <= 1_000_000 < command.expires_utc_us


def test_a_forged_message_is_to_be_refused() -> None:
    refused = asked(OperationKind.FORGERY, 50.0, ok=False)
    unanswered = replace(refused, answer=None, error="no answer")

    assert of(AS_ITSELF, with_history(refused)) == [Result.HELD]
    assert of(AS_ITSELF, with_history(replace(refused, answer=OperationAnswer(ok=True)))) == [Result.BROKEN]
    assert of(AS_ITSELF, with_history(unanswered)) == [Result.NOT_EVALUATED]


# proves L3
def test_what_is_told_twice_counts_once() -> None:
    again, world = asked(OperationKind.REPLAY, 50.0), STAGED.world()
    twice = replace(world, made={"cam-01": 2})

    assert of(ONCE, with_history(again)) == [Result.HELD]
    assert of(ONCE, with_history(again, world=twice)) == [Result.BROKEN]
    assert of(ONCE, STAGED.case(twice)) == []


def test_every_sentence_names_what_it_speaks_of() -> None:
    checks: list[Check] = list(judge(with_history(PRIVATE, asked(OperationKind.REPLAY, 55.0))))
    said = [each.sentence for each in checks if each.promise in (OVERRIDE, ONCE)]

    assert all("cam-01" in each for each in said)

"""What a bad day may cost is judged: each bound is seen to hold and to be broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulator.oracle.asked import Alert, Promises
from simulator.oracle.bad_day.seen import AS_AN_ALERT
from simulator.oracle.check import Check, Result
from simulator.oracle.facts.timings import Timings
from simulator.oracle.history import History, Operation, OperationAnswer, OperationKind
from simulator.oracle.judge import Case, judge, passed
from simulator.oracle.world import World
from tests.support.oracle import DURATION_S, PRERECORD_S, Planned, Staged

ONE = Staged((Planned(),))
ID = Planned().id
LAX: dict[str, Any] = {"full_prerecord": False}


def case(promises: dict[str, object], **changes: object) -> Case:
    return replace(Staged((Planned(),), Promises(**LAX | promises)).case(), **changes)  # type: ignore[arg-type]


def of(promise: str, judged: Case) -> Check:
    [found] = [each for each in judge(judged) if each.promise == promise]
    return found


BOUNDS = [
    ("acknowledged_within_ms", 5.0, 4.0),
    ("held_within_s", 3.0, 2.0),
    ("prerecord_at_least_s", 179.0, 180.0),
]


@pytest.mark.parametrize(("key", "wide", "narrow"), BOUNDS)
def test_a_bound_is_held_or_broken(key: str, wide: float, narrow: float) -> None:
    assert of(key, case({key: wide})).result is Result.HELD
    broken = of(key, case({key: narrow}))
    assert broken.result is Result.BROKEN
    assert broken.figure is not None
    assert broken.figure.bound == narrow


@pytest.mark.parametrize("key", ["acknowledged_within_ms", "held_within_s"])
def test_what_was_never_seen_has_not_held(key: str) -> None:
    assert of(key, case({key: 3.0}, timings={})).result is Result.BROKEN


@pytest.mark.parametrize("key", ["lost_at_most_s", "playable_after_s", "playable_before_s"])
def test_a_bound_with_nothing_to_judge_is_no_pass(key: str) -> None:
    judged = case({key: 1.0})

    assert of(key, judged).result is Result.NOT_EVALUATED
    assert not passed(judge(judged))


def test_what_a_power_cut_took_is_measured_from_the_press() -> None:
    # It was pressed at 100 s, and lasts as long after its press as the ledger says.
    gone_s = 100 + (DURATION_S - PRERECORD_S) + 1.5

    assert of("lost_at_most_s", case({"lost_at_most_s": 2.0}, lost={ID: gone_s})).result is Result.HELD
    broken = of("lost_at_most_s", case({"lost_at_most_s": 1.0}, lost={ID: gone_s}))
    assert broken.result is Result.BROKEN
    assert "1.5 s; at most 1 s" in broken.sentence


def destroyed(*, around: tuple[float, float] | None, state: str = "uploading") -> World:
    """The world after the camera was destroyed while its recording was on its way."""
    world = ONE.world()
    held = replace(world.fleet[0], state=state, receipt=False, around_press=around) if world.fleet else None
    return replace(world, cameras=(), fleet=(held,) if held else (), destroyed=frozenset({"cam-01"}), made={})


def cut_off(history: History) -> History:
    """Nobody stopped what a destroyed camera recorded."""
    return History(tuple(each for each in history.operations if each.kind is not OperationKind.STOP))


def of_destroyed(promises: dict[str, object], around: tuple[float, float] | None) -> Case:
    return case(
        promises, world=destroyed(around=around), history=cut_off(ONE.history()), receipts=frozenset()
    )


# proves L5
def test_what_plays_of_a_destroyed_camera_is_judged() -> None:
    asked: dict[str, object] = {"playable_after_s": 15.0, "playable_before_s": 30.0}
    good = of_destroyed(asked, (60.0, 18.0))

    assert of("playable_after_s", good).result is Result.HELD
    assert of("playable_before_s", good).result is Result.HELD
    assert passed(judge(good))
    assert of("playable_after_s", of_destroyed(asked, (60.0, 14.0))).result is Result.BROKEN
    assert of("playable_before_s", of_destroyed(asked, (29.0, 18.0))).result is Result.BROKEN
    assert of("playable_after_s", of_destroyed(asked, None)).result is Result.BROKEN


def test_a_destroyed_camera_is_excused_and_another_is_not() -> None:
    """What is lost with a camera is no broken promise; the same loss without a destroyed camera is one."""
    judged = of_destroyed({}, (1.0, 1.0))
    assert passed(judge(judged))

    lost = replace(judged, world=replace(judged.world, destroyed=frozenset()))
    assert not passed(judge(lost))


def revoked(at_s: float) -> History:
    """A history in which the camera is revoked."""
    answer = OperationAnswer(ok=True)
    operation = Operation(OperationKind.REVOKE, "cam-01", "cam-01", at_s, at_s + 0.1, answer)
    return History((*ONE.history().operations, operation))


# proves L1
def test_what_a_revoked_camera_records_must_not_arrive() -> None:
    world = replace(ONE.world(), assignments={})
    arrived = case({}, history=revoked(50.0), world=world)
    unsent = tuple(replace(each, receipt=None) for each in world.cameras)
    gone = replace(world, cameras=unsent, fleet=(), made={})
    refused = replace(arrived, world=gone, receipts=frozenset(), timings={})

    broken = of("a revoked camera is refused", arrived)
    assert (broken.result, "is held at the fleet" in broken.sentence) == (Result.BROKEN, True)
    assert of("a revoked camera is refused", refused).result is Result.HELD
    # What must not arrive need not be listed, however soon that is asked for.
    unlisted = replace(refused, timings={ID: Timings(4.0)}, promises=Promises(**LAX, listed_within_s=2.0))
    assert of("listed_within_s", unlisted).result is Result.NOT_EVALUATED
    assert passed(judge(unlisted))


def test_what_was_recorded_before_it_was_revoked_may_arrive() -> None:
    judged = judge(case({}, history=revoked(500.0), world=replace(ONE.world(), assignments={})))

    assert "a revoked camera is refused" not in {each.promise for each in judged}
    assert passed(judged)


def test_an_alert_must_have_been_seen() -> None:
    asked: dict[str, object] = {"alerts": (Alert(camera="cam-01", says="FULL"),)}

    assert of("alerts", case(asked, alerts={"cam-01": ("The card is full.",)})).result is Result.HELD
    for alerts in ({}, {"cam-02": ("The card is full.",)}, {"cam-01": ("It is dark.",)}):
        assert of("alerts", case(asked, alerts=alerts)).result is Result.BROKEN


def test_an_alert_of_no_camera_must_have_been_raised() -> None:
    asked: dict[str, object] = {"alerts": (Alert(says="looked at"),)}
    words = "The hold on recording 1 of cam-01 should have been looked at."

    assert of("alerts", case(asked, alerts={AS_AN_ALERT: (words,)})).result is Result.HELD
    for alerts in ({}, {"cam-01": (words,)}, {AS_AN_ALERT: ("The disk is full.",)}):
        assert of("alerts", case(asked, alerts=alerts)).result is Result.BROKEN


@pytest.mark.parametrize(("came", "result"), [(2, Result.HELD), (1, Result.BROKEN), (3, Result.BROKEN)])
def test_refusals_are_counted(came: int, result: Result) -> None:
    assert of("refusals", case({"refusals": 2}, refusals=came)).result is result


def test_verdicts_are_judged_camera_by_camera() -> None:
    staged = Staged(
        (Planned(), Planned("cam-02")), Promises(**LAX, verdicts_of={"cam-02": ("intact with gaps",)})
    )
    checks = {each.camera: each for each in judge(staged.case()) if each.name == "verdict"}

    assert (checks["cam-01"].result, checks["cam-01"].promise) == (Result.HELD, "verdicts")
    assert (checks["cam-02"].result, checks["cam-02"].promise) == (Result.BROKEN, "verdicts_of")

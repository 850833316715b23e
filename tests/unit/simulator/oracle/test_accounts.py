"""Whatever was acknowledged is accounted for, or the run fails, whatever a scenario promises."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.oracle.acknowledged import SPACING_S, acknowledged_recordings
from simulator.oracle.asked import Promises
from simulator.oracle.check import Result
from simulator.oracle.history import History, Operation, OperationAnswer, OperationKind
from simulator.oracle.judge import broken, judge, passed
from simulator.oracle.world import GivenReceipt, LedgerFacts, World
from tests.support.oracle import Planned, Staged

LAX = Promises(full_prerecord=False)

CAMERAS = st.integers(1, 3).map(lambda count: [f"cam-{number:02d}" for number in range(1, count + 1)])


@st.composite
def stages(draw: st.DrawFn) -> Staged:
    """Runs of some cameras with some recordings each."""
    recordings = [
        Planned(camera, number, draw(st.integers(0, 3)), draw(st.integers(0, 3)))
        for camera in draw(CAMERAS)
        for number in range(1, draw(st.integers(1, 3)) + 1)
    ]
    return Staged(tuple(recordings), LAX)


@given(stages())
def test_a_world_in_which_all_is_there_holds(staged: Staged) -> None:
    assert passed(judge(staged.case()))


@dataclass(frozen=True)
class Removed:
    """One acknowledged operation that has left no trace."""

    staged: Staged
    operation: Operation

    def world(self) -> World:
        """The world without it."""
        world, operation = self.staged.world(), self.operation
        answer = operation.answer
        assert answer is not None
        if operation.kind is OperationKind.HAND_OVER:
            return replace(world, assignments={})
        if operation.kind is OperationKind.PRESS and self._begins(operation):
            return self._without(world, answer.recording)

        def less(ledger: LedgerFacts | None) -> LedgerFacts:
            assert ledger is not None
            if operation.kind is OperationKind.STOP:
                return replace(ledger, closed=False)
            if operation.kind is OperationKind.PRESS:
                return replace(ledger, presses=ledger.presses - 1)
            return replace(ledger, bookmarks=ledger.bookmarks - 1)

        return replace(
            world,
            cameras=tuple(
                replace(each, ledger=less(each.ledger)) if each.recording == answer.recording else each
                for each in world.cameras
            ),
            fleet=tuple(
                replace(each, ledger=less(each.ledger)) if each.id == answer.recording else each
                for each in world.fleet or ()
            ),
        )

    def _begins(self, operation: Operation) -> bool:
        return any(each.operations[0] == operation for each in acknowledged_recordings(self.staged.history()))

    @staticmethod
    def _without(world: World, recording: str | None) -> World:
        return replace(
            world,
            cameras=tuple(each for each in world.cameras if each.recording != recording),
            fleet=tuple(each for each in world.fleet or () if each.id != recording),
        )


@given(st.data())
def test_any_acknowledged_operation_that_is_gone_makes_the_run_fail(data: st.DataObject) -> None:
    staged = data.draw(stages())
    operation = data.draw(st.sampled_from(staged.history().acknowledged))
    world = Removed(staged, operation).world()

    # Without a receipt, so that its loss alone is what there is to notice.
    assert broken(judge(replace(staged.case(world), receipts=frozenset())))


@given(st.data())
def test_a_place_that_lacks_something_is_not_excused_by_the_other(data: st.DataObject) -> None:
    staged = data.draw(stages())
    marked = [each for each in staged.history().acknowledged if each.kind is OperationKind.BOOKMARK]
    if not marked:
        return
    less = Removed(staged, data.draw(st.sampled_from(marked))).world()

    assert broken(judge(staged.case(replace(staged.world(), cameras=less.cameras))))
    assert broken(judge(staged.case(replace(staged.world(), fleet=less.fleet))))


def test_an_acknowledged_recording_that_vanished_from_its_camera_fails() -> None:
    """It was never at the fleet, and nothing is left that could be looked at: this once passed."""
    staged = Staged((Planned(number=1), Planned(number=2)), LAX)
    world = staged.world()
    world = replace(world, cameras=world.cameras[:1], fleet=(world.fleet or ())[:1], made={"cam-01": 1})

    checks = judge(replace(staged.case(world), receipts=frozenset()))

    assert not passed(checks)
    [lost] = [check for check in broken(checks) if check.name == "kept"]
    assert "it is lost" in lost.sentence
    assert "cam-01 recording 2" in lost.sentence


def test_a_camera_that_is_set_to_keep_its_recordings_keeps_them() -> None:
    staged = Staged(promises=LAX)
    world = replace(staged.world(), cameras=())
    checks = judge(staged.case(world))
    assert "kept" in {check.name for check in broken(checks)}

    cleared = judge(staged.case(replace(world, deleting=frozenset({"cam-01"}))))
    assert "kept" in {check.name for check in cleared if check.passed}


def test_one_of_the_only_recording_does_too() -> None:
    checks = judge(replace(Staged(promises=LAX).case(World()), receipts=frozenset()))

    assert not passed(checks)


def test_what_was_refused_or_never_answered_binds_to_nothing() -> None:
    press = Planned().operations()[0]
    refused = replace(press, answer=OperationAnswer(ok=False, sentence="The camera is docked."))
    unanswered = replace(press, answer=None, answered_s=None, error="it does not answer")

    for operation in (refused, unanswered):
        assert acknowledged_recordings(History((operation,))) == ()
        # And what it may have made all the same is no surprise.
        staged = Staged((Planned(presses=0, bookmarks=0),), LAX)
        case = staged.case(history=History((*staged.history().operations[:1], operation)))
        assert passed(judge(case))


def test_a_recording_that_nobody_asked_for_is_a_surprise() -> None:
    staged, more = Staged(promises=LAX), Planned(number=2)
    world = staged.world()

    for wrong in (
        replace(world, cameras=(*world.cameras, more.copy())),
        replace(world, fleet=(*(world.fleet or ()), more.held())),
    ):
        assert "nothing else" in {check.name for check in broken(judge(staged.case(wrong)))}


def test_a_recording_that_rolled_over_is_no_surprise() -> None:
    staged, more = Staged(promises=LAX), Planned(number=2)
    world = staged.world()
    world = replace(
        world,
        cameras=(*world.cameras, replace(more.copy(), trigger="roll over")),
        fleet=(*(world.fleet or ()), more.held()),
        made={"cam-01": 2},
    )

    assert passed(judge(staged.case(world)))


@pytest.mark.parametrize(
    ("closed", "trigger", "surprise"),
    [(False, "storage fault", False), (True, "storage fault", True), (False, "internal fault", True)],
)
def test_a_recording_in_place_of_another_needs_one_that_broke_off(
    closed: bool, trigger: str, surprise: bool
) -> None:
    staged, more = Staged(promises=LAX), Planned(number=2)
    world = staged.world()
    first, *rest = world.cameras
    assert first.ledger is not None
    before = replace(first, ledger=replace(first.ledger, closed=closed))
    world = replace(
        world,
        cameras=(before, *rest, replace(more.copy(), trigger=trigger)),
        fleet=(*(world.fleet or ()), more.held()),
        made={"cam-01": 2},
    )
    wrong = {check.name for check in broken(judge(staged.case(world)))}
    assert ("nothing else" in wrong) is surprise


def test_an_acknowledgement_without_an_id_cannot_be_followed_up() -> None:
    press = Planned().operations()[0]
    assert press.answer is not None
    history = History((replace(press, answer=replace(press.answer, recording=None)),))
    checks = judge(Staged(promises=LAX).case(history=history))

    assert not passed(checks)
    assert Result.NOT_EVALUATED in {check.result for check in checks if check.name == "press"}


def test_a_receipt_for_what_the_fleet_does_not_have_fails() -> None:
    staged = Staged(promises=LAX)
    checks = judge(staged.case(replace(staged.world(), fleet=())))

    assert {"receipt", "held"} <= {check.name for check in broken(checks)}


@pytest.mark.parametrize(
    ("told", "result", "ends"),
    [
        (GivenReceipt(fits=True), Result.HELD, True),
        (GivenReceipt(fits=False, trouble="there is none"), Result.BROKEN, False),
        (GivenReceipt(None, "nobody answers"), Result.NOT_EVALUATED, False),
        (GivenReceipt(None, "it was revoked", asked=False), Result.NOT_EVALUATED, True),
        (None, Result.NOT_EVALUATED, False),
    ],
)
def test_a_receipt_that_the_fleet_gives_to_nobody_any_more_is_no_receipt(
    told: GivenReceipt | None, result: Result, ends: bool
) -> None:
    staged = Staged(promises=LAX)
    world = staged.world()
    held = tuple(replace(each, given=told) for each in world.fleet or ())
    checks = judge(staged.case(replace(world, fleet=held)))

    assert [each.result for each in checks if each.name == "receipt given"] == [result]
    assert passed(checks) is ends


def test_a_receipt_for_what_is_nowhere_fails() -> None:
    case = replace(Staged(promises=LAX).case(), receipts=frozenset({"f" * 32}))

    assert [check.name for check in broken(judge(case))] == ["receipt"]


def test_two_recordings_under_one_id_are_one_too_many() -> None:
    staged = Staged(promises=LAX)
    world = staged.world()
    checks = judge(staged.case(replace(world, cameras=(*world.cameras, *world.cameras))))

    assert "the one acknowledged" in {check.name for check in broken(checks)}


@given(st.lists(st.floats(0.01, 3), min_size=1, max_size=6))
def test_a_bounce_of_the_button_does_not_count(apart_s: list[float]) -> None:
    press = Planned(presses=0, bookmarks=0).operations()[0]
    presses, at_s = [press], press.asked_s
    for each in apart_s:
        at_s += each
        presses.append(replace(press, asked_s=at_s, answered_s=at_s))
    [found] = acknowledged_recordings(History(tuple(presses)))

    assert 1 <= found.presses <= 1 + len(apart_s)
    assert found.presses == 1 + len(apart_s) or min(apart_s) < SPACING_S + 0.02


def private(state: str, at_s: float, kind: OperationKind) -> Operation:
    answer = OperationAnswer(ok=True, state=state)
    return Operation(kind, "cam-01", "cam-01", at_s, at_s, answer)


def test_nothing_of_a_private_time_may_be_in_a_recording() -> None:
    staged = Staged((Planned(presses=0, bookmarks=0),), LAX)
    on = private("private", 80, OperationKind.PRIVATE_ON)
    off = private("ready", 90, OperationKind.PRIVATE_OFF)
    handed, *rest = staged.history().operations

    # Pressed 10 s after it, and it holds 179.6 s of pre-record.
    checks = judge(staged.case(history=History((handed, on, off, *rest))))
    assert [check.name for check in broken(checks)] == ["private"]

    short = replace(staged.world().cameras[0], prerecord_s=9.9)
    world = replace(staged.world(), cameras=(short,), fleet=())
    private_checks = [
        check
        for check in judge(staged.case(world, History((handed, on, off, *rest))))
        if check.name == "private"
    ]
    assert all(check.passed for check in private_checks)
    assert len(private_checks) == 3


def test_a_press_in_private_films_on_when_private_ends_and_is_no_private_time() -> None:
    staged = Staged((Planned(presses=0, bookmarks=0),), LAX)
    on = private("private", 60, OperationKind.PRIVATE_ON)
    override = replace(on, kind=OperationKind.PRESS, asked_s=80, answered_s=80)
    off = private("recording", 90, OperationKind.PRIVATE_OFF)
    handed, *rest = staged.history().operations
    # Pressed at 100 s, as above.
    for prerecord_s, holds in ((19.9, True), (20.9, False)):
        short = replace(staged.world().cameras[0], prerecord_s=prerecord_s)
        world = replace(staged.world(), cameras=(short,), fleet=())
        checks = judge(staged.case(world, History((handed, on, override, off, *rest))))
        said = [check.passed for check in checks if check.name == "private"]
        assert all(said) is holds


def test_what_goes_on_from_a_press_in_private_begins_no_earlier_than_that_press() -> None:
    staged = Staged((Planned(presses=0, bookmarks=0),), LAX)
    on = private("private", 60, OperationKind.PRIVATE_ON)
    override = replace(on, kind=OperationKind.PRESS, asked_s=80, answered_s=80)
    stopped = replace(on, kind=OperationKind.STOP, asked_s=90, answered_s=90)
    handed, *rest = staged.history().operations
    # Another recording at 100 s, as above, of a camera that is private still: a card broke the first one off.
    for between, prerecord_s, holds in (
        ((override,), 19.9, True),
        ((override,), 20.9, False),
        ((override, stopped), 0.0, True),
        ((override, stopped), 9.9, False),
    ):
        short = replace(staged.world().cameras[0], prerecord_s=prerecord_s)
        world = replace(staged.world(), cameras=(short,), fleet=())
        checks = judge(staged.case(world, History((handed, on, *between, *rest))))
        said = [check.passed for check in checks if check.name == "private"]
        assert all(said) is holds


def test_a_fault_that_shows_above_private_is_no_broken_promise_and_footage_of_it_is_one() -> None:
    staged = Staged((Planned(),), LAX)
    handed, *rest = staged.history().operations
    faulty = private("fault", 80, OperationKind.PRIVATE_ON)
    after = private("fault", 5000, OperationKind.PRIVATE_ON)

    checks = judge(staged.case(history=History((handed, *rest, after))))
    assert passed(checks)
    [hidden] = [check for check in checks if check.name == "private"]
    assert (hidden.result, hidden.asked) == (Result.NOT_EVALUATED, False)
    # Pressed at 100 s, as above, with pre-record of the private time.
    filmed = broken(judge(staged.case(history=History((handed, faulty, *rest)))))
    assert "private" in [each.name for each in filmed]


def test_a_camera_that_did_not_turn_private_has_not() -> None:
    staged = Staged((Planned(),), LAX)
    on = private("ready", 5000, OperationKind.PRIVATE_ON)
    checks = judge(staged.case(history=History((*staged.history().operations, on))))

    assert [check.name for check in broken(checks)] == ["private"]

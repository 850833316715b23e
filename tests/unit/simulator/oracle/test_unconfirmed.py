"""A number that a card never confirmed is no hole; one that was acknowledged, or never used up, is."""

from __future__ import annotations

from dataclasses import replace

from simulator.oracle.bad_day.unconfirmed import NEVER
from simulator.oracle.check import Result
from simulator.oracle.history import History, Operation, OperationAnswer, OperationKind
from simulator.oracle.judge import Case, broken, judge
from simulator.oracle.promises import NUMBERED
from simulator.oracle.world import World
from tests.support.oracle import Planned, Staged

STAGED = Staged((Planned(number=1), Planned(number=3)))
WHOLE = Staged((Planned(number=1), Planned(number=2)))
REFUSED = Operation(
    OperationKind.PRESS, "cam-01", "cam-01", 150.0, 150.1, OperationAnswer(ok=False, sentence="not recording")
)


def saying(world: World, *numbers: int) -> World:
    """The last recording's ledger says that these numbers were never confirmed."""
    *others, last = world.cameras
    assert last.ledger is not None
    told = replace(last, ledger=replace(last.ledger, unconfirmed=numbers))
    return replace(world, cameras=(*others, told))


def case(staged: Staged, *numbers: int, refused: bool) -> Case:
    history = staged.history()
    if refused:
        history = History((*history.operations, REFUSED))
    return staged.case(saying(staged.world(), *numbers), history)


def wrong(judged: Case) -> set[str]:
    return {each.promise for each in broken(judge(judged))}


# proves L3
def test_a_number_that_a_refused_press_used_up_is_no_hole() -> None:
    assert NUMBERED in wrong(case(STAGED, refused=True))
    assert wrong(case(STAGED, 2, refused=True)) == set()


def test_a_camera_to_which_nothing_was_refused_has_used_no_number_up() -> None:
    assert wrong(case(STAGED, 2, refused=False)) == {NEVER}


def test_an_acknowledged_number_was_confirmed() -> None:
    judged = case(WHOLE, 1, refused=True)

    [found] = [each for each in judge(judged) if each.promise == NEVER]
    assert found.result is Result.BROKEN
    assert "a recording was acknowledged under it" in found.sentence


def test_without_such_a_number_nothing_is_said() -> None:
    assert [each for each in judge(WHOLE.case()) if each.promise == NEVER] == []


def test_what_broke_off_may_have_used_a_number_up_in_its_place() -> None:
    world = saying(STAGED.world(), 2)
    first, *others = world.cameras
    assert first.ledger is not None
    open_ended = replace(first, ledger=replace(first.ledger, closed=False), verdict="without an end")
    judged = STAGED.case(replace(world, cameras=(open_ended, *others)), STAGED.history())

    assert NEVER not in wrong(judged)

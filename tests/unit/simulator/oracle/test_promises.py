"""The checks notice every way in which a run can fall short, and say what they saw."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.format.model import GapCause
from simulator.oracle.asked import Promises
from simulator.oracle.check import Check, Result
from simulator.oracle.facts.timings import Timings
from simulator.oracle.history import History
from simulator.oracle.judge import Case, broken, judge, not_evaluated, passed
from tests.support.oracle import FACTS, Planned, Staged

if TYPE_CHECKING:
    from simulator.oracle.world import World

TWO = Staged((Planned(number=1), Planned(number=2)), Promises(recordings_each=2))
FIRST = TWO.recordings[0].id


def changed(copy: dict[str, object] | None = None, held: dict[str, object] | None = None) -> World:
    """The world with the first recording changed, on its camera or at the fleet."""
    world = TWO.world()
    first, *cameras = world.cameras
    first_held, *fleet = world.fleet or ()
    return replace(
        world,
        cameras=(replace(first, **(copy or {})), *cameras),  # type: ignore[arg-type]  # the tests' own keywords
        fleet=(replace(first_held, **(held or {})), *fleet),  # type: ignore[arg-type]  # likewise
    )


def failed(case: Case) -> dict[str, str]:
    """What did not hold, by the check's name."""
    checks = judge(case)
    return {check.name: check.sentence for check in (*broken(checks), *not_evaluated(checks))}


def test_what_was_stopped_before_its_first_picture_need_not_be_exported() -> None:
    checks = judge(replace(TWO.case(), world=changed({"duration_s": 0.0}, {"facts": None})))
    [export] = [each for each in checks if each.name == "export" and each.result is not Result.HELD]
    assert export.result is Result.NOT_EVALUATED
    assert "no footage to export" in export.sentence
    assert not export.asked


# proves C11
def test_what_was_stopped_before_its_first_picture_is_judged_by_its_receipt() -> None:
    """The fleet shows no timeline of it, but has signed for a ledger, which is the camera's to the byte."""
    nothing: dict[str, object] = {"duration_s": 0.0, "prerecord_s": 0.0}
    asked = tuple(
        replace(each, answer=replace(each.answer, prerecord_s=0.0, duration_s=None))
        for each in TWO.history().operations
        if each.answer is not None
    )
    held = {**nothing, "facts": None, "ledger": None, "trouble": "there is no picture and no sound in it"}
    case = replace(TWO.case(), history=History(asked), promises=Promises(full_prerecord=False))

    assert failed(replace(case, world=changed(nothing, held))) == {}
    assert "receipt" in failed(replace(case, world=changed({**nothing, "receipt": False}, held)))
    unsigned = failed(replace(case, world=changed({**nothing, "receipt": None}, held)))
    assert "presses kept" in unsigned
    first = TWO.world().cameras[0]
    assert first.ledger is not None
    fewer = {**nothing, "ledger": replace(first.ledger, presses=0)}
    assert "presses kept" in failed(replace(case, world=changed(fewer, held)))


def test_footage_that_is_on_the_camera_and_not_at_the_fleet_is_not_nothing() -> None:
    world = changed({"duration_s": 0.0, "chunks": "none"}, {"facts": None, "ledger": None})

    assert {"same", "export"} <= set(failed(replace(TWO.case(), world=world)))


def test_nothing_wrong_passes() -> None:
    assert failed(TWO.case()) == {}
    assert passed(judge(TWO.case()))


@pytest.mark.parametrize(
    ("name", "copy", "held", "said"),
    [
        ("verdict", {"verdict": "altered", "sentence": "chunk 3 is altered"}, {}, "altered: chunk 3"),
        ("held", {"receipt": None}, {"state": "uploading"}, "is uploading in the fleet"),
        ("held", {}, {"receipt": False}, "has not signed for it"),
        ("export", {}, {"facts": None}, "has no export"),
        ("export", {}, {"facts": replace(FACTS, recording=FIRST, complaints=("h264: error",))}, "h264"),
        (
            "export duration",
            {},
            {"facts": replace(FACTS, recording=FIRST, duration_s=200.01)},
            "200.01 s",
        ),
        ("together", {}, {"facts": replace(FACTS, recording=FIRST, sound_start_s=0.055)}, "55 ms apart"),
        ("together", {}, {"facts": replace(FACTS, recording=FIRST, sound_start_s=None)}, "no sound"),
        ("together", {}, {"facts": replace(FACTS, recording=FIRST, picture_start_s=None)}, "no picture"),
        ("pre-record", {"prerecord_s": 178.9}, {}, "178.9 s before the press"),
        ("pre-record promised", {"prerecord_s": 179.5}, {}, "179.5 s; at least 179.6 s"),
        ("length promised", {}, {"duration_s": 199.8}, "199.8 s; at least 199.9 s"),
        ("same", {"chunks": "others"}, {}, "other chunks at the fleet"),
        ("same", {}, {"facts": replace(FACTS, recording="f" * 32)}, "is ffff"),
        ("same", {}, {"report": None}, "cannot be compared"),
        ("receipt", {"receipt": False}, {}, "not for these files"),
        ("receipt", {"receipt": None}, {}, "had a receipt, which is gone"),
        ("the one acknowledged", {"ledger_number": 2}, {}, "its ledger says 2"),
        ("the one acknowledged", {}, {"number": 2}, "as number 2"),
        ("wearer", {"assignment": "another"}, {}, "is not its wearer's"),
        ("wearer", {}, {"assignment": "another"}, "is not its wearer's"),
    ],
)
def test_each_shortfall_is_noticed(
    name: str, copy: dict[str, object], held: dict[str, object], said: str
) -> None:
    found = failed(TWO.case(changed(copy, held)))

    assert name in found
    assert said in found[name]


@pytest.mark.parametrize(("seen_s", "said"), [(2.3, "2.30 s after the press"), (None, "never listed")])
def test_a_listing_that_comes_late_or_never_is_noticed(seen_s: float | None, said: str) -> None:
    timings = {each.id: Timings(4.0, press_dashboard_s=seen_s) for each in TWO.recordings}
    found = failed(replace(TWO.case(), timings=timings))

    assert list(found) == ["on the dashboard"]
    assert said in found["on the dashboard"]


def test_a_stated_reason_excuses_a_short_prerecord_where_it_is_asked_for() -> None:
    booted = {"missing": ("177.0 s just booted",), "reasons": ("just booted",)}
    world = changed({"prerecord_s": 3.0, **booted})
    case = TWO.case(world)
    allowed = replace(case, promises=Promises(prerecord_reasons=(GapCause.JUST_BOOTED,)))
    another = replace(case, promises=Promises(prerecord_reasons=(GapCause.PRIVATE,)))

    assert "pre-record" in failed(case)
    assert "pre-record" in failed(another)
    assert "pre-record" not in failed(allowed)
    # Unless an answer promised more.
    assert "pre-record promised" in failed(allowed)


def test_nothing_at_all_with_a_reason_is_no_full_prerecord() -> None:
    """This once passed: 0.0 s, and a reason that nobody had asked for."""
    world = changed({"prerecord_s": 0.0, "missing": ("180.0 s private",), "reasons": ("private",)})

    assert "begins 0.0 s before the press" in failed(TWO.case(world))["pre-record"]


def test_only_the_first_recording_needs_a_full_prerecord() -> None:
    judged = [check for check in judge(TWO.case()) if check.name == "pre-record"]

    assert [check.number for check in judged] == [1]


def test_a_shortage_is_noticed() -> None:
    found = failed(replace(TWO.case(), promises=Promises(recordings_each=3)))

    assert found == {"recordings made": "cam-01 made 2 recordings; 3 asked for"}


def test_a_camera_may_have_to_make_none() -> None:
    staged = Staged((Planned(),), Promises(recordings_each=1, recordings_of={"second": 0}))
    case = replace(staged.case(), cameras={"first": "cam-01", "second": "cam-02"})
    assert failed(case) == {}

    both = Staged((Planned(), Planned("cam-02")), staged.promises)
    found = failed(replace(both.case(), cameras={"first": "cam-01", "second": "cam-02"}))
    assert found == {"recordings made": "cam-02 made 1 recording; 0 asked for"}


def test_two_recordings_must_be_two() -> None:
    world = changed({"number": 2, "folder": "elsewhere"})

    assert "the one acknowledged" in failed(TWO.case(world))


def test_a_promise_with_nothing_to_judge_is_not_evaluated() -> None:
    """One that was asked for then keeps the run from passing; one that stands by default does not."""

    def judged(promises: Promises) -> tuple[Check, ...]:
        return judge(replace(Staged((), promises).case(), cameras={"cam-01": "cam-01"}))

    asked = judged(Promises(recordings_each=0, listed_within_s=2.0))
    [listed] = [check for check in asked if check.name == "listed_within_s"]
    assert listed.result is Result.NOT_EVALUATED
    assert not passed(asked)

    by_default = judged(Promises(recordings_each=0))
    assert {check.result for check in by_default} == {Result.HELD, Result.NOT_EVALUATED}
    assert passed(by_default)


def test_a_fleet_that_cannot_be_asked_is_no_pass() -> None:
    world = replace(TWO.world(), fleet=None, assignments=None, trouble="nobody answers")
    checks = judge(TWO.case(world))

    assert not passed(checks)
    assert "held" in {check.name for check in checks if check.result is Result.NOT_EVALUATED}
    assert not [check for check in checks if check.result is Result.BROKEN]


def test_a_run_that_checked_nothing_has_not_passed() -> None:
    assert not passed(())


@given(prerecord_s=st.floats(0, 180), window_s=st.integers(2, 1800))
def test_a_prerecord_is_judged_by_the_window_alone(prerecord_s: float, window_s: int) -> None:
    world = changed({"prerecord_s": prerecord_s}, {"prerecord_s": prerecord_s})
    checks = judge(replace(TWO.case(world), windows=dict.fromkeys(TWO.names, window_s)))

    [judged] = [check for check in checks if check.name == "pre-record"]
    assert judged.passed == (prerecord_s >= window_s - 1)
    assert judged.figure is not None
    assert (judged.figure.measured, judged.figure.bound) == (prerecord_s, window_s - 1)

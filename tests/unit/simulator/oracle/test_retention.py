"""The oracle reckons by itself until when a recording is kept, and sees what a fleet deletes wrongly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.incidents.rules.words import CATEGORIES
from fleet.retention.rules.keeping import HoldFacts, HoldKind, KeepingFacts, keeping
from simulator.oracle.asked import Promises
from simulator.oracle.check import Result
from simulator.oracle.facts.at_fleet import CertifiedDeletion, LastingHold
from simulator.oracle.history import History, Operation, OperationAnswer, OperationKind
from simulator.oracle.judge import Case, broken, judge, passed
from simulator.oracle.places import places
from simulator.oracle.retention.last_day import SITE, RunTimes, last_day
from simulator.scenario.steps.keeping import HoldRecording, JudgeRecording
from tests.support.oracle import Planned, Staged

DAY_S = 86_400.0
BEGAN = datetime(2026, 1, 5, 6, tzinfo=UTC)
ONE = Planned()
ON_6_JULY_S = (datetime(2026, 7, 5, 23, 1, tzinfo=UTC) - BEGAN).total_seconds()
"""A minute into the day after the last one, by the site's clocks in summer."""
HOLD, RELEASE, JUDGE = OperationKind.HOLD, OperationKind.RELEASE, OperationKind.JUDGE
ON_ITS_DAY, WITHIN = "nothing goes before its day", "gone_within_s"


def said(kind: OperationKind, at_s: float, *, hold: str = "h", incident: bool | None = None) -> Operation:
    answer = OperationAnswer(ok=True, recording=ONE.id, hold=hold, incident=incident)
    return Operation(kind, ONE.camera, ONE.camera, at_s, at_s, answer)


def case(*more: Operation, gone_s: float | None = None, lasted_s: float = 200 * DAY_S) -> Case:
    """A run of half a year and more, in which the fleet deleted the one recording at a time, or did not."""
    staged = Staged((ONE,), Promises(gone_within_s=3600.0))
    history = History((*staged.history().operations, *more))
    whole = staged.case(history=history)
    held = ONE.held()
    ended = {each.answer.hold for each in more if each.kind is RELEASE and each.answer}
    lasting = [each.answer.hold for each in more if each.kind is HOLD and each.answer]
    judged = [each.answer.incident for each in more if each.kind is JUDGE and each.answer]
    shown = replace(
        held,
        holds=tuple(LastingHold(str(each), "", "") for each in lasting if each not in ended),
        incident=judged[-1] if judged else None,
    )
    if gone_s is not None:
        certificate = CertifiedDeletion(True, BEGAN + timedelta(seconds=gone_s))
        shown = replace(
            held, state="deleted", receipt=True, report=None, given=None, facts=None, certificate=certificate
        )
    gone = {} if gone_s is None else {ONE.id: gone_s}
    run = RunTimes(BEGAN, lasted_s)
    return replace(whole, world=replace(whole.world, fleet=(shown,)), run=run, gone=gone)


def wrong(judged: Case) -> set[str]:
    return {each.promise for each in broken(judge(judged))}


def test_what_goes_on_its_day_with_its_certificate_passes_and_is_excused_from_the_rest() -> None:
    # proves F3
    checks = judge(case(gone_s=ON_6_JULY_S))
    assert broken(checks) == ()
    assert passed(checks)
    assert {each.promise for each in checks if each.passed} >= {ON_ITS_DAY, WITHIN, "what goes is certified"}


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        (case(gone_s=ON_6_JULY_S - 120), ON_ITS_DAY),
        (case(said(HOLD, 500), gone_s=ON_6_JULY_S), ON_ITS_DAY),
        (case(said(JUDGE, 500, incident=True), gone_s=ON_6_JULY_S), ON_ITS_DAY),
        (case(said(HOLD, 500), said(RELEASE, ON_6_JULY_S), gone_s=ON_6_JULY_S + 6 * DAY_S), ON_ITS_DAY),
        (case(gone_s=ON_6_JULY_S + 4000), WITHIN),
        (case(), WITHIN),
        (case(said(HOLD, 500), said(RELEASE, ON_6_JULY_S)), WITHIN),
    ],
    ids=["a day early", "held", "an incident", "a week too soon", "late", "never", "never, once released"],
)
def test_a_fleet_that_deletes_at_a_wrong_time_is_seen(what: Case, wanted: str) -> None:
    # proves F3
    assert wanted in wrong(what)
    assert not passed(judge(what))


@pytest.mark.parametrize(
    "more",
    [
        [said(HOLD, 500)],
        [said(JUDGE, 500, incident=True)],
        [said(HOLD, 500), said(HOLD, 600, hold="i"), said(RELEASE, 700)],
        [said(HOLD, 500), said(RELEASE, 199 * DAY_S)],
    ],
    ids=["held", "an incident", "held twice and ended once", "ended yesterday"],
)
def test_what_has_to_stay_may_stay(more: list[Operation]) -> None:
    # proves F3
    checks = judge(case(*more))
    assert broken(checks) == ()
    assert [each.result for each in checks if each.promise == WITHIN] == [Result.NOT_EVALUATED]


def test_a_deletion_without_its_certificate_or_in_a_run_of_minutes_is_seen() -> None:
    # proves F3
    of = case(gone_s=ON_6_JULY_S)
    [copy] = of.world.fleet or ()
    bare = replace(copy, certificate=CertifiedDeletion(fits=False, trouble="none is there"))
    assert "what goes is certified" in wrong(replace(of, world=replace(of.world, fleet=(bare,))))
    early = case(gone_s=400, lasted_s=600)
    assert {ON_ITS_DAY, "held by the fleet"} <= wrong(early), "and nothing of it is excused"
    nowhen = replace(early, run=None, gone={})
    assert not passed(judge(nowhen)), "what cannot be dated is no pass"


def test_a_hold_that_vanished_and_a_judgement_that_is_not_so_are_seen() -> None:
    of = case(said(HOLD, 500), said(JUDGE, 600, incident=True), lasted_s=900)
    assert wrong(of) == set()
    [copy] = of.world.fleet or ()

    def changed(**other: object) -> Case:
        return replace(of, world=replace(of.world, fleet=(replace(copy, **other),)))  # type: ignore[arg-type]

    assert wrong(changed(holds=())) == {"a hold is kept"}
    assert wrong(changed(incident=None)) == {"what was said is kept"}
    assert not passed(judge(changed(holds=None))), "what could not be asked is no pass"
    ended = case(said(HOLD, 500), said(RELEASE, 600), lasted_s=900)
    [copy] = ended.world.fleet or ()
    still = replace(
        ended, world=replace(ended.world, fleet=(replace(copy, holds=(LastingHold("h", "", ""),)),))
    )
    assert wrong(still) == {"a hold is kept"}


MOMENTS = st.floats(0, 400 * DAY_S)
SAID = st.lists(
    st.one_of(
        st.builds(said, st.sampled_from([HOLD, RELEASE]), MOMENTS, hold=st.sampled_from("hi")),
        st.builds(said, st.just(JUDGE), MOMENTS, incident=st.booleans()),
    ),
    max_size=6,
)


@given(press_s=MOMENTS, more=SAID)
def test_it_reckons_as_the_fleet_does(press_s: float, more: list[Operation]) -> None:
    """Two that know nothing of each other agree, so that neither is wrong by itself."""
    # proves F3
    press = replace(ONE.operations()[0], asked_s=press_s, answered_s=press_s)
    order = sorted(more, key=lambda each: each.asked_s)
    held: dict[str, bool] = {}
    shows, loosened = False, None
    for each in order:
        assert each.answer is not None
        at = BEGAN + timedelta(seconds=each.asked_s)
        if each.kind is JUDGE:
            loosened = at if shows and not each.answer.incident else loosened
            shows = bool(each.answer.incident)
        else:
            held[str(each.answer.hold)] = each.kind is HOLD
            loosened = at if each.kind is RELEASE else loosened
    pressed = BEGAN + timedelta(seconds=press_s)
    hold = HoldFacts(HoldKind.CLAIM, "o", "r", BEGAN.date())
    facts = KeepingFacts(
        arrived=pressed,
        pressed=pressed,
        has_incident=shows,
        loosened=loosened,
        told=None,
        holds=(hold,) * any(held.values()),
    )
    theirs = keeping(facts, (), ZoneInfo(SITE.key)).until
    history = History((press, *order))
    [place] = places(history, replace(Staged((ONE,)).world(), cameras=(), fleet=()))
    ours = last_day(place, history, RunTimes(BEGAN, 500 * DAY_S), 500 * DAY_S, arrived_s=None)
    assert ours is not None
    assert (ours.earliest, ours.latest) == (theirs, theirs)


def test_steps_have_the_fleet_s_own_words() -> None:
    words = get_args(get_args(JudgeRecording.model_fields["category"].annotation)[0])
    assert set(words) == set(CATEGORIES)
    assert set(get_args(HoldRecording.model_fields["kind"].annotation)) == set(HoldKind)

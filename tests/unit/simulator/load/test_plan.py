"""What light cameras do is drawn from a seed, within the time that was asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.load.plan import APART_S, RAMP, LoadPlan, draw

PLANS = st.builds(
    LoadPlan,
    cameras=st.integers(1, 60),
    recordings=st.integers(0, 4),
    over_s=st.floats(1, 3600),
    cut_percent=st.integers(0, 100),
    seed=st.integers(0, 2**32 - 1),
)


@given(PLANS)
def test_everything_lies_within_the_time(plan: LoadPlan) -> None:
    planned = draw(plan)

    assert len(planned) == plan.cameras
    for each in planned:
        assert 0 <= each.connect_s <= plan.over_s * RAMP
        assert len(each.press_s) == plan.recordings
        assert all(0 <= at <= plan.over_s for at in each.press_s)
        assert each.cut_s is None or plan.over_s * RAMP <= each.cut_s <= plan.over_s


@given(PLANS)
def test_so_many_are_cut_off_as_were_asked_for(plan: LoadPlan) -> None:
    cut = [each for each in draw(plan) if each.cut_s is not None]

    assert len(cut) == round(plan.cameras * plan.cut_percent / 100)


@given(PLANS.filter(lambda plan: plan.over_s > 10))
def test_nobody_presses_while_the_line_is_being_cut(plan: LoadPlan) -> None:
    for each in draw(plan):
        if each.cut_s is not None:
            assert all(abs(at - each.cut_s) >= APART_S - 1e-6 for at in each.press_s)


def test_a_seed_gives_one_plan() -> None:
    plan = LoadPlan(20, 2, 30.0, 50, 7)

    assert draw(plan) == draw(plan)
    assert draw(plan) != draw(LoadPlan(20, 2, 30.0, 50, 8))

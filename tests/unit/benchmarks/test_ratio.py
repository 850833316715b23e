"""What two runs are compared by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks._support.ratio import Movement, Ratio, movement

times = st.lists(st.floats(0.1, 10), min_size=5, max_size=40).map(tuple)
speeds = st.floats(0.2, 5)


def steady(value: float) -> Ratio:
    """A ratio of nearly equal samples."""
    return Ratio("a", tuple(value * (1 + 0.001 * number) for number in range(9)), (1.0, 1.001, 0.999))


@given(times, times, speeds)
def test_a_machine_of_another_speed_has_the_same_ratio(
    over: tuple[float, ...], under: tuple[float, ...], speed: float
) -> None:
    here = Ratio("a", over, under)
    there = Ratio("a", tuple(each * speed for each in over), tuple(each * speed for each in under))
    assert there.value == pytest.approx(here.value)
    assert movement(here, there) is Movement.SAME


@given(times, times)
def test_a_movement_seen_from_the_other_side_is_the_other_one(
    over: tuple[float, ...], under: tuple[float, ...]
) -> None:
    opposite = {
        Movement.SAME: Movement.SAME,
        Movement.WORSE: Movement.BETTER,
        Movement.BETTER: Movement.WORSE,
    }
    one, other = Ratio("a", over, (1.0,)), Ratio("a", under, (1.0,))
    assert movement(other, one) is opposite[movement(one, other)]


@given(times)
def test_the_same_samples_have_the_same_noise(over: tuple[float, ...]) -> None:
    assert Ratio("a", over, over).noise == Ratio("a", over, over).noise


@pytest.mark.parametrize(
    ("before", "now", "what"),
    [
        (2.0, 2.1, Movement.SAME),
        (2.0, 3.0, Movement.WORSE),
        (3.0, 2.0, Movement.BETTER),
    ],
)
def test_what_moves_by_more_than_its_noise_is_said(before: float, now: float, what: Movement) -> None:
    assert movement(steady(before), steady(now)) is what


def test_what_is_all_noise_has_not_moved() -> None:
    wild = (1.0, 1.1, 9.0, 1.0, 8.0, 1.2, 9.5)
    assert movement(Ratio("a", wild, (1.0,)), Ratio("a", tuple(each * 1.5 for each in wild), (1.0,))) is (
        Movement.SAME
    )


@pytest.mark.parametrize(("over", "under"), [((), (1.0,)), ((1.0,), ()), ((0.0,), (1.0,)), ((1.0,), (-1.0,))])
def test_what_has_no_ratio_is_refused(over: tuple[float, ...], under: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="samples above 0"):
        Ratio("a", over, under)


@given(times, times)
def test_a_ratio_comes_back_from_a_file(over: tuple[float, ...], under: tuple[float, ...]) -> None:
    ratio = Ratio("a", over, under, tolerance=0.2)
    back = Ratio.from_json(ratio.to_json())
    assert back.value == pytest.approx(ratio.value, rel=1e-4)
    assert (back.name, back.tolerance, len(back.over)) == ("a", 0.2, len(over))

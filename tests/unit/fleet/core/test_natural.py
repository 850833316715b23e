from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fleet.core.natural import natural_key


def test_names_are_sorted_as_people_count() -> None:
    names = ["Officer 10", "Officer 2", "officer 1", "cam-100", "cam-11", "cam-02", "Ann", "2nd", "10th"]
    assert sorted(names, key=natural_key) == [
        "2nd",
        "10th",
        "Ann",
        "cam-02",
        "cam-11",
        "cam-100",
        "officer 1",
        "Officer 2",
        "Officer 10",
    ]


@given(st.lists(st.text(max_size=12)), st.randoms())
def test_the_order_is_one_whatever_came_first(names: list[str], random: object) -> None:
    shuffled = list(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # Hypothesis gives a random.Random
    assert sorted(names, key=natural_key) == sorted(shuffled, key=natural_key)


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_numbers_of_any_length_are_counted(one: int, other: int) -> None:
    assert (natural_key(f"cam-{one}") < natural_key(f"cam-{other}")) == (one < other)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_names_can_be_compared(one: str, other: str) -> None:
    assert (natural_key(one) == natural_key(other)) == (one == other)

"""The bandwidth cap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.link.uploads.throttle import Bucket


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_without_a_cap_nothing_waits() -> None:
    assert Bucket(None, Hand()).take(1 << 40) == 0.0


@pytest.mark.parametrize("cap", [0, -1])
def test_a_cap_of_nothing_is_refused(cap: int) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        Bucket(cap, Hand())


@given(
    st.integers(1, 10_000_000),
    st.lists(st.tuples(st.integers(0, 1 << 20), st.floats(0, 10)), min_size=1, max_size=50),
)
def test_the_average_stays_under_the_cap(cap: int, sends: list[tuple[int, float]]) -> None:
    clock = Hand()
    bucket = Bucket(cap, clock)
    sent = 0
    for count, idle in sends:
        clock.now += idle
        clock.now += bucket.take(count)
        sent += count
        assert sent <= cap * (clock.now + 1) * (1 + 1e-6) + 1

"""The pauses between attempts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.link.circuit_breaker import Backoff


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 200))
def test_pauses_grow_and_never_pass_the_longest(chance: float, failures: int) -> None:
    backoff = Backoff(1.0, 60.0, lambda: chance)
    pauses = [backoff.failed() for _ in range(failures)]
    assert pauses == sorted(pauses)
    assert 0.5 <= pauses[0] <= 1.0
    assert pauses[-1] <= 60.0
    backoff.succeeded()
    assert backoff.failed() <= 1.0

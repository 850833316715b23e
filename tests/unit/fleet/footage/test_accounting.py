from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.recordings.accounting import account

numbers = st.frozensets(st.integers(min_value=1, max_value=60), max_size=40)


@given(
    numbers,
    numbers,
    numbers,
    numbers,
    st.integers(min_value=0, max_value=80),
    st.integers(min_value=0, max_value=90),
)
def test_made_is_received_and_arriving_and_failed_and_missing(  # proves L3
    received: frozenset[int],
    arriving: frozenset[int],
    failed: frozenset[int],
    never: frozenset[int],
    highest: int,
    limit: int,
) -> None:
    arriving = arriving - received
    failed = failed - received - arriving
    result = account(
        received=received, arriving=arriving, failed=failed, unconfirmed=never, highest=highest, limit=limit
    )
    known = received | arriving | failed
    missing = [number for number in range(1, result.made + 1) if number not in known | never]
    assert result.made == max([highest, *known], default=0)
    arrived = result.received + result.arriving + result.failed
    assert arrived + result.unconfirmed + result.missing_count == result.made
    assert result.missing_count == len(missing)
    assert list(result.missing) == missing[:limit]


def test_a_camera_that_claims_a_huge_number_costs_no_time() -> None:
    result = account(received=[1], highest=2**62)
    assert result.missing_count == 2**62 - 1
    assert len(result.missing) == 100


def test_nothing_known_is_nothing_missing() -> None:
    result = account(received=[])
    assert (result.made, result.missing_count, result.missing) == (0, 0, ())

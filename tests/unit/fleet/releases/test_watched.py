"""What counts as watched of a copy."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from fleet.releases.rules.watched import (
    AHEAD_MS,
    CRUMB_MS,
    FASTEST,
    Spans,
    common,
    is_possible,
    joined_spans,
    left_of,
    length_of,
)

LONGEST = 5_000
spans = st.lists(st.tuples(st.integers(0, LONGEST), st.integers(0, LONGEST)), max_size=8).map(
    lambda found: joined_spans((min(each), max(each)) for each in found)
)


def moments(found: Spans) -> set[int]:
    return {at for start, end in found for at in range(start, end)}


@given(spans, spans)
def test_what_lies_in_both_and_what_is_left_are_all_of_it(needed: Spans, played: Spans) -> None:
    # proves F10
    both = common(needed, played)
    assert moments(both) == moments(needed) & moments(played)
    left = left_of(needed, played)
    missing = moments(needed) - moments(played)
    assert moments(left) <= missing
    assert all(end - start > CRUMB_MS for start, end in left)
    assert length_of(both) == len(moments(both))
    longest = max((end - start for start, end in joined_spans((at, at + 1) for at in missing)), default=0)
    assert bool(left) == (longest > CRUMB_MS)


@given(spans, spans, st.integers(0, 400))
def test_spans_are_joined_in_any_order_and_only_over_crumbs(one: Spans, other: Spans, crumb: int) -> None:
    # proves F10
    joined = joined_spans([*other, *one], crumb_ms=crumb)
    assert joined == joined_spans([*one, *other], crumb_ms=crumb)
    assert moments(joined) >= moments(one) | moments(other)
    assert all(later[0] - earlier[1] > crumb for earlier, later in itertools.pairwise(joined))
    if not crumb:
        assert moments(joined) == moments(one) | moments(other)


def test_no_more_counts_than_can_be_played() -> None:
    # proves F10
    assert is_possible(((0, AHEAD_MS),), 0)
    assert not is_possible(((0, AHEAD_MS + 1),), 0)
    assert is_possible(((0, 10_000 * FASTEST), (90_000, 90_000 + AHEAD_MS)), 10_000)

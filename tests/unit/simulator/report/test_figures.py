"""Percentiles are figures that were measured, and a promise is as good as its worst check."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.oracle.check import Check, Figure, Result
from simulator.report.figures import percentiles, promise_records


@pytest.mark.parametrize(
    ("count", "p50", "p95", "p99"),
    [(1, 1, 1, None), (2, 1, 2, None), (60, 30, 57, None), (299, 150, 285, None), (300, 150, 285, 297)],
)
def test_percentiles_are_by_nearest_rank(count: int, p50: float, p95: float, p99: float | None) -> None:
    found = percentiles(float(number) for number in range(count, 0, -1))

    assert found is not None
    assert (found.count, found.p50, found.p95, found.p99, found.largest) == (count, p50, p95, p99, count)


def test_nothing_measured_has_no_percentiles() -> None:
    assert percentiles([]) is None


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=400))
def test_a_percentile_was_measured_and_splits_the_sample(sample: list[float]) -> None:
    found = percentiles(sample)

    assert found is not None
    for figure, percent in ((found.p50, 50), (found.p95, 95)):
        assert figure in sample
        assert sum(each <= figure for each in sample) >= len(sample) * percent / 100
        assert sum(each < figure for each in sample) < len(sample) * percent / 100


def check(result: Result, measured: float | None, relation: str = "at least") -> Check:
    figure = Figure(measured, 10.0, "s", relation)
    return Check("pre-record", result, "said", promise="full_prerecord", figure=figure)


def test_a_promise_is_as_good_as_its_worst_check() -> None:
    [held] = promise_records([check(Result.HELD, 12.0), check(Result.HELD, 10.5)])
    assert (held.result, held.held, held.worst) == (Result.HELD, 2, Figure(10.5, 10.0, "s"))

    [unknown] = promise_records([check(Result.HELD, 12.0), check(Result.NOT_EVALUATED, None)])
    assert (unknown.result, unknown.not_evaluated) == (Result.NOT_EVALUATED, 1)

    [broken] = promise_records(
        [check(Result.HELD, 1e3), check(Result.BROKEN, 9.0), check(Result.BROKEN, 2.0)]
    )
    assert (broken.result, broken.broken, broken.worst) == (Result.BROKEN, 2, Figure(2.0, 10.0, "s"))


def test_the_worst_of_what_may_be_at_most_is_the_largest() -> None:
    [record] = promise_records([check(Result.HELD, 3.0, "at most"), check(Result.HELD, 9.0, "at most")])

    assert record.worst == Figure(9.0, 10.0, "s", "at most")

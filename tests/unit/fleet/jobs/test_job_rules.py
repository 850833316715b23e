from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fleet.jobs.rules import (
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    JobFacts,
    JobState,
    after_failure,
    is_free,
    pause_after,
    to_take,
)

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
moments = st.integers(-1000, 1000).map(lambda seconds: NOW + timedelta(seconds=seconds))
jobs = st.builds(
    JobFacts,
    id=st.integers(1, 10_000),
    state=st.sampled_from(JobState),
    attempts=st.integers(0, MOST_ATTEMPTS + 2),
    due=moments,
    lease_until=st.none() | moments,
)


@given(st.lists(jobs, unique_by=lambda job: job.id), st.integers(1, 5))
def test_what_is_taken_is_free_and_the_rest_waited_less(given_jobs: list[JobFacts], most: int) -> None:
    # proves F7
    taken = to_take(given_jobs, NOW, most)
    assert len(taken) <= most
    for job in taken:
        assert job.state in {JobState.WAITING, JobState.RUNNING}
        assert job.attempts < MOST_ATTEMPTS
        held_until = job.lease_until or NOW
        assert (job.due if job.state is JobState.WAITING else held_until) <= NOW
    left = [job for job in given_jobs if job not in taken and is_free(job, NOW)]
    left = [job for job in left if job.attempts < MOST_ATTEMPTS]
    assert not left or len(taken) == most
    assert all(job.due <= other.due for job in taken for other in left)


def test_a_lease_that_lasts_keeps_everybody_else_away() -> None:
    held = JobFacts(1, JobState.RUNNING, 1, NOW - timedelta(days=1), NOW + timedelta(seconds=1))
    assert not is_free(held, NOW)
    assert is_free(held, NOW + timedelta(seconds=1)), "it ended, so whoever had it died"


def test_pauses_grow_and_end_in_a_person() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert timedelta(days=2) < sum(pauses, timedelta()) < timedelta(days=5)
    assert after_failure(MOST_ATTEMPTS - 1, NOW).state is JobState.WAITING
    assert after_failure(MOST_ATTEMPTS, NOW).state is JobState.STUCK

"""Jobs as rows with leases, on both databases: two that take them, and one that dies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.config import DatabaseSection, FleetConfig
from fleet.footage.errors import StoreError
from fleet.jobs.models import Job
from fleet.jobs.queue import (
    DIED,
    Lease,
    LeaseLostError,
    ask,
    fail,
    finish,
    renew,
    take,
    told,
    told_count,
    try_again,
)
from fleet.jobs.rules import LEASE, MOST_ATTEMPTS, TOLD_AFTER, JobState
from fleet.jobs.worker import JobRun, JobWorker
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, fleet_services

KIND = "try"


class KilledError(BaseException):
    """What a process that is killed does to the work: nothing after it runs."""


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def services(url: str, tmp_path: Path, clock: TestClock) -> Iterator[FleetServices]:
    config = FleetConfig(database=DatabaseSection(url=url))
    with fleet_services(tmp_path, config, clock=clock) as found:
        yield found


def asked(services: FleetServices, *subjects: str) -> None:
    with services.sessions.begin() as session:
        for subject in subjects:
            ask(session, KIND, subject)


def taken(services: FleetServices, owner: str = "one", most: int = 1) -> tuple[Lease, ...]:
    with services.sessions.begin() as session:
        return take(session, [KIND], owner, most=most)


def row(services: FleetServices, subject: str) -> Job:
    with services.readers() as session:
        return session.scalars(select(Job).where(Job.subject == subject)).one()


def worker(services: FleetServices, handler: Callable[[JobRun], None], owner: str = "one") -> JobWorker:
    return JobWorker(services, {KIND: handler}, (), owner=owner)


def test_of_many_that_take_at_once_each_gets_others(services: FleetServices) -> None:  # proves F7
    asked(services, *(f"{number:03d}" for number in range(40)))
    barrier = Barrier(4)

    def work(number: int) -> list[str]:
        barrier.wait()
        found: list[str] = []
        while leases := taken(services, f"process {number}", most=3):
            found += [lease.subject for lease in leases]
            for lease in leases:
                with services.sessions.begin() as session:
                    finish(session, lease)
        return found

    with ThreadPoolExecutor(4) as pool:
        done = Counter(subject for subjects in pool.map(work, range(4)) for subject in subjects)
    # Whoever found nothing free for a moment stopped; what was passed over is there still.
    done.update(lease.subject for lease in taken(services, most=40))
    assert set(done.values()) == {1}
    assert len(done) == 40


def test_what_a_process_died_at_is_another_s_once_its_lease_ends(
    services: FleetServices, clock: TestClock
) -> None:
    # proves F7
    asked(services, "a")
    done: list[str] = []

    def dies(_run: JobRun) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        worker(services, dies).step()
    other = worker(services, lambda run: done.append(run.lease.subject), "two")
    clock.now += LEASE - timedelta(seconds=1)
    assert other.step() == 0, "whoever has it may live"
    clock.now += timedelta(seconds=1)
    assert (other.step(), done) == (1, ["a"])
    assert row(services, "a").state == JobState.DONE


def test_whoever_lost_the_lease_finishes_nothing(services: FleetServices, clock: TestClock) -> None:
    # proves F7
    asked(services, "a")
    [first] = taken(services, "one")
    clock.now += LEASE
    [second] = taken(services, "two")
    steps: list[Callable[[Session, Lease], None]] = [
        renew,
        finish,
        lambda session, lease: fail(session, lease, "x"),
    ]
    for step in steps:
        with pytest.raises(LeaseLostError), services.sessions.begin() as session:
            step(session, first)
    with services.sessions.begin() as session:
        renew(session, second)
        finish(session, second)
    assert row(services, "a").state == JobState.DONE


def test_a_lease_that_is_renewed_lasts(services: FleetServices, clock: TestClock) -> None:
    asked(services, "a")
    other = worker(services, lambda _run: None, "two")

    def long(run: JobRun) -> None:
        for _ in range(3):
            clock.now += LEASE - timedelta(seconds=1)
            run.go_on()
            assert other.step() == 0

    assert worker(services, long).step() == 1
    assert row(services, "a").state == JobState.DONE


def test_what_fails_waits_longer_each_time_is_told_and_ends_with_a_person(
    services: FleetServices, clock: TestClock
) -> None:
    # proves F7
    asked(services, "a", "b")
    done: list[str] = []

    def fails(run: JobRun) -> None:
        if run.lease.subject == "a":
            raise StoreError("The footage store is away.")
        done.append(run.lease.subject)

    one = worker(services, fails)
    assert (one.step(), done) == (2, ["b"]), "others go on meanwhile"
    for attempt in range(2, MOST_ATTEMPTS + 1):
        assert one.step() == 0, "not before its pause is over"
        with services.readers() as session:
            assert told_count(session, [KIND]) == (attempt > TOLD_AFTER)
        clock.now = row(services, "a").due
        assert one.step() == 1
    clock.move(days=400)
    assert one.step() == 0
    with services.readers() as session:
        [stuck] = told(session, [KIND])
        assert (stuck.state, stuck.error) == (JobState.STUCK, "The footage store is away.")
    with services.sessions.begin() as session:
        assert try_again(session, stuck.id) is not None
    assert one.step() == 1
    assert row(services, "a").attempts == 1


def test_work_that_kills_its_process_does_not_do_so_for_ever(
    services: FleetServices, clock: TestClock
) -> None:
    # proves F7
    asked(services, "a")
    for _ in range(MOST_ATTEMPTS):
        assert len(taken(services)) == 1
        clock.now += LEASE
    assert taken(services) == ()
    stuck = row(services, "a")
    assert (stuck.state, stuck.error) == (JobState.STUCK, DIED)


def test_asking_again_changes_nothing_until_it_is_done(services: FleetServices) -> None:
    asked(services, "a", "a")
    [lease] = taken(services)
    asked(services, "a")
    assert taken(services) == ()
    with services.sessions.begin() as session:
        finish(session, lease)
    asked(services, "a")
    assert len(taken(services)) == 1


def test_a_round_that_fails_leaves_the_jobs_to_be_done(services: FleetServices) -> None:
    asked(services, "a")
    done: list[str] = []

    def broken() -> None:
        raise StoreError("The footage store is away.")

    JobWorker(services, {KIND: lambda run: done.append(run.lease.subject)}, (broken,), owner="one").step()
    assert done == ["a"]


def test_rows_of_what_was_done_long_ago_go(services: FleetServices, clock: TestClock) -> None:
    asked(services, "a")
    one = worker(services, lambda _run: None)
    one.step()
    clock.move(days=31)
    asked(services, "b")
    one.step()
    with services.readers() as session:
        assert session.scalars(select(Job.subject)).all() == ["b"]

"""Two processes whose machines do not have the same time hold jobs and messages by one clock."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.database import Database, open_database, utc_now
from fleet.delivery.models import Channel, MessageState, OutMessage
from fleet.delivery.outbox import add_test, lease, note_failure, put_back
from fleet.jobs.models import Job
from fleet.jobs.queue import LeaseLostError, ask, fail, renew, take
from fleet.jobs.rules import LEASE
from fleet.jobs.shared_clock import MACHINE, WITHIN, shared_now
from fleet.migrations import upgrade
from tests.support.fleet.postgres import Postgres

KIND = "try"
BY = timedelta(minutes=20)


@contextlib.contextmanager
def process(url: str, folder: Path, ahead: timedelta) -> Iterator[Database]:
    """The database as a process has it whose machine's clock is ahead by so much."""

    def clock() -> datetime:
        return utc_now() + ahead

    database = open_database(url, folder, clock=clock)
    for each in (database.sessions, database.readers):
        each.kw["info"][MACHINE] = clock
    try:
        yield database
    finally:
        database.close()


@pytest.fixture
def two(postgres: Postgres, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """Two processes at one database; the clock of the first is 20 minutes ahead."""
    url = postgres.create()
    with process(url, tmp_path, BY) as fast, process(url, tmp_path, timedelta(0)) as slow:
        upgrade(slow.engine)
        yield fast, slow


# proves F7
@pytest.mark.postgres
@pytest.mark.parametrize("first", [0, 1], ids=["the fast one first", "the slow one first"])
def test_a_job_that_one_holds_is_not_taken_by_the_other_whatever_their_clocks(
    first: int, two: tuple[Database, Database]
) -> None:
    one, other = two[first], two[1 - first]
    with one.sessions.begin() as session:
        ask(session, KIND, "a")
    with one.sessions.begin() as session:
        (held,) = take(session, [KIND], "one")
    for _ in range(3):
        with other.sessions.begin() as session:
            assert take(session, [KIND], "other") == ()
        with one.sessions.begin() as session:
            renew(session, held)
    with one.sessions.begin() as session:
        fail(session, held, "It did not work.")
    with other.sessions.begin() as session:
        assert take(session, [KIND], "other") == (), "it waits for its pause, for both"
        row = session.scalars(select(Job)).one()
        assert row.attempts == 1
        row.due = shared_now(session)
    with other.sessions.begin() as session:
        (mine,) = take(session, [KIND], "other")
    assert mine.turn == 2
    with pytest.raises(LeaseLostError), one.sessions.begin() as session:
        renew(session, held)


# proves F7
@pytest.mark.postgres
def test_the_time_of_leases_is_the_database_s_for_both(two: tuple[Database, Database]) -> None:
    with two[0].readers() as fast, two[1].readers() as slow:
        assert abs(shared_now(fast) - shared_now(slow)) < BY - WITHIN
        assert abs(shared_now(slow) - utc_now()) < BY - WITHIN


@pytest.mark.postgres
@pytest.mark.parametrize("first", [0, 1], ids=["the fast one first", "the slow one first"])
def test_a_message_that_one_sends_is_not_taken_by_the_other(
    first: int, two: tuple[Database, Database]
) -> None:
    one, other = two[first], two[1 - first]
    with one.sessions.begin() as session:
        add_test(session, Channel.WEBHOOK, None, shared_now(session), lambda count: b"\x01" * count)
    with one.sessions.begin() as session:
        assert len(lease(session, shared_now(session), 9)) == 1
    with other.sessions.begin() as session:
        assert lease(session, shared_now(session), 9) == []


def one_row(session: Session) -> OutMessage:
    return session.scalars(select(OutMessage)).one()


# proves F7
def test_whoever_was_slow_neither_puts_back_nor_fails_what_another_has_taken(
    url: str, tmp_path: Path
) -> None:
    with process(url, tmp_path, timedelta(0)) as database:
        upgrade(database.engine)
        now = utc_now()
        with database.sessions.begin() as session:
            message = add_test(session, Channel.WEBHOOK, None, now, lambda count: b"\x01" * count).id
            (row,) = lease(session, now, 9)
            slow = row.leased
        assert slow is not None
        later = now + LEASE + timedelta(seconds=1)
        with database.sessions.begin() as session:
            (row,) = lease(session, later, 9)
            held = row.leased
        assert held is not None
        with database.sessions.begin() as session:
            put_back(session, {message: slow})
            note_failure(session, message, "The server is away.", later, is_final=True, held=slow)
        with database.readers() as session:
            kept = one_row(session)
            assert (kept.leased, kept.tries, kept.state) == (held, 0, MessageState.WAITING)
        with database.sessions.begin() as session:
            put_back(session, {message: held})
        with database.readers() as session:
            assert one_row(session).leased is None

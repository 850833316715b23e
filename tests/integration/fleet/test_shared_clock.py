"""Two processes whose machines do not have the same time hold jobs and messages by one clock."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.alerts.rules.kinds import Kinds
from fleet.core.config import DatabaseSection, FleetConfig
from fleet.core.database import Database, open_database, utc_now
from fleet.delivery.models import Channel, MessageState, OutMessage
from fleet.delivery.outbox import Outlets, add_test, lease, note_failure, put_back
from fleet.delivery.rules.timing import QuietHours
from fleet.delivery.sender import Parcel, Sender
from fleet.jobs.models import Job
from fleet.jobs.queue import LeaseLostError, ask, fail, renew, take
from fleet.jobs.rules import LEASE
from fleet.jobs.shared_clock import MACHINE, WITHIN, shared_now
from tests.support.fleet.fleet import fleet_services
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
    url = postgres.create_with_tables()
    with process(url, tmp_path, BY) as fast, process(url, tmp_path, timedelta(0)) as slow:
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
    for each in two:
        with each.readers() as session:
            began, there = utc_now(), session.scalar(select(func.clock_timestamp()))
            here = shared_now(session)
            took = utc_now() - began
        assert there is not None
        assert abs(here - there) <= WITHIN + took


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


# proves F7 and L3
@pytest.mark.postgres
def test_what_is_to_be_told_waits_as_long_as_it_should_whatever_the_machine_s_clock(
    postgres: Postgres, tmp_path: Path
) -> None:
    config = FleetConfig(database=DatabaseSection(url=postgres.create_with_tables()))

    def clock() -> datetime:
        return utc_now() + BY

    taken: list[Parcel] = []
    with fleet_services(tmp_path, config, clock=clock) as services:
        for each in (services.database.sessions, services.database.readers):
            each.kw["info"][MACHINE] = clock
        with services.sessions.begin() as session:
            add_test(session, Channel.WEBHOOK, None, shared_now(session), services.random)
        outlets = Outlets(mail=False, webhook=True, quiet=QuietHours(time(), time(), ZoneInfo("UTC")))
        sender = Sender(services, Kinds(()), outlets, {Channel.WEBHOOK: taken.append})
        assert sender.round() == 1
    assert [each.is_test for each in taken] == [True]


def one_row(session: Session) -> OutMessage:
    return session.scalars(select(OutMessage)).one()


# proves F7
def test_whoever_was_slow_neither_puts_back_nor_fails_what_another_has_taken(
    url: str, tmp_path: Path
) -> None:
    with process(url, tmp_path, timedelta(0)) as database:
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

"""Writers take turns, first come, first served; a turn that is over, in whatever way, is handed on."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from fleet.core.database import open_database
from fleet.core.write_queue import WriteQueue

MANY = 12
PATIENCE_S = 30


def until_waiting(queue: WriteQueue, count: int) -> None:
    """Wait until so many wait, which they do once their thread has come so far."""
    looked = threading.Event()
    while queue.waiting < count:
        looked.wait(0.001)


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    queue, order = WriteQueue(), list[int]()
    assert queue.enter(0)

    def write(number: int) -> None:
        assert queue.enter(PATIENCE_S)
        order.append(number)
        queue.leave()

    with ThreadPoolExecutor(MANY) as pool:
        for number in range(MANY):
            pool.submit(write, number)
            until_waiting(queue, number + 1)
        queue.leave()
    assert order == list(range(MANY))
    assert queue.enter(0)


def test_who_gives_up_waiting_is_forgotten() -> None:
    queue = WriteQueue()
    assert queue.enter(0)
    with ThreadPoolExecutor(1) as pool:
        assert not pool.submit(queue.enter, 0.01).result()
    assert queue.waiting == 0
    queue.leave()
    assert queue.enter(0)


def test_a_write_within_a_write_is_refused_and_waits_for_nothing(tmp_path: Path) -> None:
    database, other = open_database("", tmp_path), WriteQueue()
    insert = text("INSERT INTO it VALUES (1)")
    try:
        with database.sessions.begin() as session:
            session.execute(text("CREATE TABLE it (number INTEGER)"))
            with pytest.raises(RuntimeError, match="within a write"), database.sessions.begin() as inner:
                inner.execute(insert)
            assert other.enter(0), "another database is none of its business"
            session.execute(insert)
        # One behind the other is well, also where another thread ends what was begun here.
        begun = database.sessions()
        begun.execute(insert)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(begun.commit).result()
        begun.close()
        with database.sessions.begin() as session:
            session.execute(insert)
        with database.readers() as session:
            assert session.execute(text("SELECT COUNT(*) FROM it")).scalar_one() == 3
    finally:
        database.close()


def test_every_writer_of_a_database_comes_about(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    try:
        with database.sessions.begin() as session:
            session.execute(text("CREATE TABLE it (number INTEGER)"))

        def write(number: int) -> None:
            with database.sessions.begin() as session:
                before = session.execute(text("SELECT COUNT(*) FROM it")).scalar_one()
                session.execute(text("INSERT INTO it VALUES (:number)"), {"number": before})
                assert number >= 0

        with ThreadPoolExecutor(MANY) as pool:
            list(pool.map(write, range(MANY * 5)))
        with database.readers() as session:
            found = session.execute(text("SELECT number FROM it ORDER BY number")).scalars().all()
        # Each saw what all before it had written.
        assert found == list(range(MANY * 5))
    finally:
        database.close()


def test_a_writer_that_fails_hands_its_turn_on(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    try:
        for _ in range(3):
            with pytest.raises(OperationalError), database.sessions.begin() as session:
                session.execute(text("SELECT nothing FROM nowhere"))
        with database.sessions() as session:
            session.execute(text("CREATE TABLE it (number INTEGER)"))
            session.commit()
            # One connection may have several transactions, one after the other.
            session.execute(text("INSERT INTO it VALUES (1)"))
            session.rollback()
        with database.sessions.begin() as session:
            assert session.execute(text("SELECT COUNT(*) FROM it")).scalar_one() == 0
    finally:
        database.close()

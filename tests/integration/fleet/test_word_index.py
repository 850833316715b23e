"""Finding recordings by what was written of them, on both databases; and what is left of it afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, inspect, select, text
from sqlalchemy.orm import Session

from fleet.cameras.models import CameraRow
from fleet.core.actor import OPERATOR
from fleet.core.config import DatabaseSection, FleetConfig
from fleet.core.database import writing
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.incidents.finding import matching
from fleet.incidents.models import Note, SaidWord
from fleet.incidents.notes import add_note
from fleet.incidents.own_words import add_own_words
from fleet.migrations import downgrade, upgrade
from fleet.people.officers import add_officer
from fleet.retention.deletion.tombstone import bury
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import fleet_services

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT_ONCE = 4


@pytest.fixture
def services(url: str, tmp_path: Path) -> Iterator[FleetServices]:
    with fleet_services(tmp_path, FleetConfig(database=DatabaseSection(url=url))) as found:
        with found.sessions.begin() as session:
            session.add(
                CameraRow(
                    id="cam-01", number=1, name="cam-01", enrolled=NOW, online=False, session="",
                    certificate_expires=NOW + timedelta(days=90),
                )
            )  # fmt: skip
        yield found


def name(number: int) -> str:
    return f"{number:032x}"


def press(session: Session, number: int, officer: str | None = None) -> Recording:
    row = Recording(
        camera_id="cam-01", number=number, recording=name(number), state=RecordingState.HELD, announced=NOW,
        changed=NOW, pressed=NOW, clock_synchronised=True, officer_id=officer,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def note(services: FleetServices, number: int, words: str) -> None:
    with services.sessions.begin() as session:
        add_note(session, services.random, recording=name(number), text=words, by=OPERATOR)


def found(services: FleetServices, words: str) -> Sequence[int]:
    with services.readers() as session:
        query = select(Recording.number).where(*matching(text=words)).order_by(Recording.number)
        return session.scalars(query).all()


def test_each_word_is_found_whoever_wrote_it(services: FleetServices) -> None:
    with services.sessions.begin() as session:
        officer = add_officer(session, services.random, name="Officer 1", by=OPERATOR).id
        for number in (1, 2, 3, 11):
            press(session, number, officer)
    note(services, 1, "Smoke from the BOILER at the Café, flat 12b.")
    note(services, 1, "Nobody was hurt")
    note(services, 2, "The boiler again. 100% sure_thing 鍋が燃えている")
    with services.sessions.begin() as session:
        add_own_words(
            session, services.random, recording=name(3), officer=officer, text="I smelled smoke", by=OPERATOR
        )
    assert found(services, "boiler") == [1, 2]
    assert found(services, "OILE") == [1, 2]
    assert found(services, "smoke") == [1, 3]
    assert found(services, "cafe") == found(services, "CAFÉ") == [1]
    assert found(services, "hurt boiler") == [1]  # in two notes, in another order
    assert found(services, "12") == [1]
    assert found(services, "燃えて") == [2]
    assert found(services, "100%") == [2]
    assert found(services, "%") == found(services, "*") == found(services, "\U0010ffff") == []
    assert found(services, "boiler elsewhere") == []
    assert found(services, name(2)) == [2]
    assert found(services, name(0)[:30]) == [1, 2, 3, 11]
    assert found(services, name(11)[1:]) == []
    assert found(services, name(11).upper()) == [11]


def test_two_notes_of_one_recording_at_once_are_both_found(services: FleetServices) -> None:
    with services.sessions.begin() as session:
        press(session, 1)
    barrier = Barrier(AT_ONCE)

    def write(number: int) -> None:
        barrier.wait()
        note(services, 1, f"the same boiler, said by person{number}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(write, range(AT_ONCE)))
    assert [found(services, f"boiler person{number}") for number in range(AT_ONCE)] == [[1]] * AT_ONCE


def test_nothing_is_found_of_what_is_rolled_back(services: FleetServices) -> None:
    with services.sessions.begin() as session:
        press(session, 1)
    with services.sessions.begin() as session:
        add_note(session, services.random, recording=name(1), text="A boiler", by=OPERATOR)
        session.rollback()
    assert found(services, "boiler") == []


def test_a_recording_that_is_deleted_leaves_no_word(services: FleetServices, tmp_path: Path) -> None:
    # proves F3
    with services.sessions.begin() as session:
        press(session, 1)
        press(session, 2)
    note(services, 1, "Mrs Unmistakable's boiler")
    note(services, 2, "Another boiler")
    with services.sessions.begin() as session:
        row = session.scalars(select(Recording).where(Recording.number == 1)).one()
        bury(session, row)
    assert found(services, "unmistakable") == []
    assert found(services, "boiler") == [2]
    with services.readers() as session:
        kept = set(session.scalars(select(SaidWord.recording_id)))
        assert kept == {session.scalars(select(Note.recording_id)).one()}
    engine = services.database.engine
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        data = b"".join(each.read_bytes() for each in tmp_path.rglob("*.sqlite3*"))
        assert data.count(b"boiler") > 0
        assert [part for part in (b"nmistakable", b"takable") if part in data] == []


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_what_was_written_before_there_was_an_index_is_found(services: FleetServices) -> None:
    with services.sessions.begin() as session:
        press(session, 1)
    note(services, 1, "Smoke from the Café's boiler")
    with services.readers() as session:
        before = sorted(session.scalars(select(SaidWord.piece)))
    engine: Engine = services.database.engine
    downgrade(writing(engine), "0080")
    assert "said_words" not in inspect(engine).get_table_names()
    upgrade(writing(engine))
    with services.readers() as session:
        assert sorted(session.scalars(select(SaidWord.piece))) == before
        assert session.scalar(select(func.count()).select_from(SaidWord)) == len(before) > 0
    assert found(services, "cafe's oiler") == [1]

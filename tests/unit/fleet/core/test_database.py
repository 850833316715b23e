from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from fleet.core.database import ReadOnlyError, announce, open_database
from fleet.core.errors import FleetConfigError
from fleet.core.live import Live
from fleet.people.models import Officer
from fleet.server.compose import FleetServices

WHEN = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_sqlite_is_set_to_survive_a_power_cut(services: FleetServices) -> None:  # proves F7
    with services.sessions() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_reading_session_refuses_to_write(services: FleetServices) -> None:
    with services.readers() as session:
        session.add(Officer(id="1", name="Officer 1", created=WHEN))
        with pytest.raises(ReadOnlyError):
            session.flush()


def test_times_come_back_as_they_went_in(services: FleetServices) -> None:
    elsewhere = WHEN.astimezone(timezone(timedelta(hours=5)))
    with services.sessions.begin() as session:
        session.add(Officer(id="1", name="Officer 1", created=elsewhere))
    with services.readers() as session:
        found = session.scalars(select(Officer)).one()
        assert (found.created, found.created.tzinfo) == (WHEN, UTC)
        assert session.scalars(select(Officer).where(Officer.created <= WHEN)).all() == [found]
        assert session.scalars(select(Officer).where(Officer.created < WHEN)).all() == []


def test_a_time_without_a_zone_is_a_bug(services: FleetServices) -> None:
    naive = WHEN.replace(tzinfo=None)
    with pytest.raises(StatementError, match="a time without a zone"), services.sessions.begin() as session:
        session.add(Officer(id="1", name="Officer 1", created=naive))


@pytest.mark.parametrize("kept", [True, False])
def test_hints_leave_with_the_commit_only(
    services: FleetServices, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(Live, "publish_all", lambda _self, hints: heard.extend(hints))
    with services.sessions() as session, session.begin() as transaction:
        session.execute(text("SELECT 1"))
        announce(session, "camera", "cam-01")
        assert heard == []
        if not kept:
            transaction.rollback()
    assert heard == ([("camera", "cam-01")] if kept else [])


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "database.url is not a database URL"),
        ("mysql://somewhere/fleet", "database.url names mysql"),
        ("postgresql+psycopg2://somewhere/fleet", "database.url names postgresql"),
        ("postgresql+psycopg://user:secret@127.0.0.1:1/fleet", r"127\.0\.0\.1:1/fleet does not answer"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_to_be(tmp_path: Path, url: str, sentence: str) -> None:
    with pytest.raises(FleetConfigError, match=sentence) as caught:
        open_database(url, tmp_path)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import ColumnElement, Connection, Engine, select, text, true
from sqlalchemy.exc import DBAPIError

import fleet.server.compose  # noqa: F401 - brings every table into the metadata
from fleet.core.database import Base, open_database
from fleet.core.errors import StateError
from fleet.footage.recordings.models import Recording, made_at
from fleet.migrations import alembic_config, downgrade, upgrade

NOW = datetime(2026, 1, 2, tzinfo=UTC)
CAMERA = {
    "id": "cam-01",
    "number": 1,
    "name": "Camera 1",
    "enrolled": NOW,
    "certificate_expires": NOW,
    "online": False,
    "session": "",
    "desired_version": 0,
}
RECORDING = {
    "camera_id": "cam-01",
    "number": 1,
    "state": "open",
    "announced": NOW,
    "changed": NOW,
    "missing": "[]",
    "trigger": "button",
    "marks": "[]",
    "opened": True,
    "received_bytes": 0,
}
REWRITING = {"0059", "0067"}
"""Migrations that change what rows say, and no table."""
VISIT_TEXT = {
    "id": "1",
    "language": "en",
    "version": 1,
    "title": "A visit",
    "written": NOW,
    "written_by": "A",
}

_TEXTS = (
    "reference state recipient organisation purpose basis condition withheld method request "
    "request_reference drafted_by decided_by why trouble receipt"
)
RELEASE = {
    **dict.fromkeys(_TEXTS.split(), "A"),
    **dict.fromkeys(("done", "whole", "handed"), 0),
    "id": "1",
    "year": 2026,
    "number": 1,
    "expires": NOW.date(),
    "ends": NOW,
    "drafted": NOW,
    "authors": "[]",
}
CONTINUITY = {
    **dict.fromkeys(("kind", "entered_by", "holder", "taker", "how", "seal", "which_copy", "words"), "A"),
    "release_id": "1",
    "number": 1,
    "at": NOW,
    "entered": NOW,
    "is_seen": False,
}


@pytest.fixture
def engine(empty_url: str, tmp_path: Path) -> Iterator[Engine]:
    database = open_database(empty_url, tmp_path)
    yield database.engine
    database.close()


def tables(engine: Engine) -> dict[str, set[str]]:
    """The columns of each table, and its indexes."""
    of_each: dict[str, set[str]] = {}
    for table, column in columns(engine):
        if table != "alembic_version":
            of_each.setdefault(table, set()).add(column)
    for name, table in indexes(engine):
        if table in of_each:
            of_each[table].add(name)
    return of_each


def columns(engine: Engine) -> list[tuple[str, str]]:
    """Every column, after its table: in one question, where SQLAlchemy asks of each table."""
    query = (
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' "
        "AND a.attnum > 0 AND NOT a.attisdropped"
    )
    if engine.dialect.name == "sqlite":
        query = (
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
            "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        )
    with engine.connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(text(query))]


def indexes(engine: Engine) -> list[tuple[str, str]]:
    """Every index that has a name of its own, with its table; SQLAlchemy itself passes over those of SQLite
    that sort by an expression.
    """
    query = "SELECT indexname, tablename FROM pg_indexes WHERE schemaname = 'public'"
    if engine.dialect.name == "sqlite":
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    with engine.connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(text(query))]


def insert(connection: Connection, table: str, row: dict[str, object]) -> None:
    """Insert a row, by the columns that it names alone."""
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)  # noqa: S608 - our own names


def _is_compared(_each: object, name: str | None, kind: str, *_: object) -> bool:
    """PostgreSQL words an expression in its own way: those indexes are proved by their use, below."""
    return kind != "index" or name not in {"ix_recordings_moment", "ix_recordings_state"}


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # SQLite's cannot be read back
def test_the_migrations_make_exactly_the_models(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": _is_compared}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    assert tables(engine).keys() == Base.metadata.tables.keys()
    named = {str(each.name) for table in Base.metadata.tables.values() for each in table.indexes}
    assert named <= {name for name, _ in indexes(engine)}


@pytest.mark.parametrize(
    ("chosen", "index"),
    [
        (true(), "ix_recordings_moment"),
        (made_at >= NOW, "ix_recordings_moment"),
        (Recording.officer_id.is_not(None), "ix_recordings_moment"),
        (Recording.state == "held", "ix_recordings_state"),
    ],
)
def test_lists_of_recordings_are_read_in_their_order(
    engine: Engine, chosen: ColumnElement[bool], index: str
) -> None:
    upgrade(engine)
    query = select(Recording.id).where(chosen).order_by(made_at.desc(), Recording.id.desc()).limit(10)
    words = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            for way in ("seqscan", "bitmapscan"):  # an empty table is read whole otherwise
                connection.execute(text(f"SET enable_{way} = off"))
        plan = " ".join(str(row) for row in connection.execute(text(f"{explain} {words}")))
    assert index in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
    if index == "ix_recordings_moment":  # however far back: no row is looked at that is not shown
        assert "COVERING INDEX" in plan or "Index Only" in plan


def test_every_migration_goes_up_and_down_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    # Every file is read once, and not all of them for each of its steps.
    monkeypatch.setattr(ScriptDirectory, "from_config", lambda _: scripts)
    before = tables(engine)
    for revision in reversed([script.revision for script in scripts.walk_revisions()]):
        upgrade(engine, revision)
        after = tables(engine)
        assert (after == before) is (revision in REWRITING)
        downgrade(engine, "-1")
        assert tables(engine) == before
        upgrade(engine, revision)
        before = after
    downgrade(engine, "base")
    assert tables(engine) == {}
    upgrade(engine)
    assert tables(engine).keys() == Base.metadata.tables.keys()


def test_a_timeline_goes_with_its_column(engine: Engine) -> None:
    upgrade(engine, "0002")
    with engine.begin() as connection:
        insert(connection, "cameras", CAMERA)
        insert(connection, "recordings", {**RECORDING, "story": '{"spans": []}'})
    for revision, column in (("0003", "timeline"), ("0002", "story")):
        (upgrade if column == "timeline" else downgrade)(engine, revision)
        with engine.connect() as connection:
            held = connection.execute(text(f"SELECT CAST({column} AS TEXT) FROM recordings")).scalar_one()  # noqa: S608 - our own names
        assert held == '{"spans": []}'


def test_a_verdict_names_no_cause_that_nobody_knows(engine: Engine) -> None:
    upgrade(engine, "0003")
    before, now = "cut off by power loss", "without an end"
    with engine.begin() as connection:
        insert(connection, "cameras", CAMERA)
        insert(connection, "recordings", {**RECORDING, "verdict": before})
    for revision, verdict in (("0007", now), ("0006", before)):
        (upgrade if verdict == now else downgrade)(engine, revision)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT verdict FROM recordings")).scalar_one() == verdict


def test_continuity_only_grows_and_goes_with_its_release(engine: Engine) -> None:
    # proves F10
    upgrade(engine)
    with engine.begin() as connection:
        insert(connection, "releases", RELEASE)
        insert(connection, "continuity_entries", CONTINUITY)
    with pytest.raises(DBAPIError, match="continuity only grows"), engine.begin() as connection:
        connection.execute(text("UPDATE continuity_entries SET words = 'B'"))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT words FROM continuity_entries")).scalar_one() == "A"
        connection.execute(text("DELETE FROM releases"))
        assert connection.execute(text("SELECT count(*) FROM continuity_entries")).scalar_one() == 0


def test_what_the_landlord_wrote_names_its_fields_in_two_braces_and_back(engine: Engine) -> None:
    # proves F8
    upgrade(engine, "0056")
    before, after = "On {day} at { place }, {day}.", "On {{day}} at {{place}}, {{day}}."
    with engine.begin() as connection:
        insert(connection, "visit_texts", {**VISIT_TEXT, "use": "notice", "text": before})
        insert(connection, "visit_texts", {**VISIT_TEXT, "id": "2", "use": "door", "text": "May I?"})

    def said() -> list[str]:
        with engine.connect() as connection:
            return [row[0] for row in connection.execute(text("SELECT text FROM visit_texts ORDER BY id"))]

    upgrade(engine, "0059")
    assert said() == [after, "May I?"]
    with engine.begin() as connection:
        connection.execute(text("UPDATE visit_texts SET text = 'At {{place}} {or not}' WHERE id = '2'"))
    downgrade(engine, "0056")
    assert said() == ["On {day} at {place}, {day}.", "At {place} (or not)"]
    upgrade(engine)
    assert said() == [after, "At {{place}} (or not)"]


# proves F8
def test_what_lacked_before_the_first_picture_is_counted_of_recordings_of_before(engine: Engine) -> None:
    upgrade(engine, "0003")
    late = {"track": "video", "offset_s": -8.0, "duration_s": 8.0, "cause": "unexplained", "shown_s": 8.0}
    hole = {"track": "video", "offset_s": 1.0, "duration_s": 60.0, "cause": "unexplained", "shown_s": 1.0}
    first_us = int(NOW.timestamp() * 1e6) + 8_000_000
    seen = {"first_utc_us": first_us, "duration_s": 4.0, "press_s": 0.0, "gaps": [hole, late]}
    kept = {
        "before": seen,
        "since": {**seen, "press_s": -8.0},
        "in time": {**seen, "first_utc_us": first_us - 180_000_000, "press_s": 172.0, "gaps": [hole]},
        "within the tolerance": {**seen, "press_s": -0.04, "gaps": []},
        "no footage": {**seen, "duration_s": 0.0, "gaps": []},
        "never dated": {**seen, "gaps": []},
        "not verified": None,
    }
    with engine.begin() as connection:
        insert(connection, "cameras", CAMERA)
        for number, (name, timeline) in enumerate(kept.items(), start=1):
            said = None if timeline is None else json.dumps(timeline)
            row = {**RECORDING, "number": number, "sentence": name, "timeline": said}
            row["pressed"] = None if name == "never dated" else NOW
            insert(connection, "recordings", row)
    upgrade(engine, "0071")
    with engine.begin() as connection:
        connection.execute(text("UPDATE recordings SET lacking_s = 60"))
    upgrade(engine, "0072")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT sentence, late_s, lacking_s FROM recordings")).all()
    assert {name: (late_s, lacking_s) for name, late_s, lacking_s in rows} == {
        "before": (8.0, 68.0),
        "since": (8.0, 68.0),
        "in time": (0.0, 60.0),
        "within the tolerance": (0.0, 0.0),
        "no footage": (0.0, 0.0),
        "never dated": (0.0, 0.0),
        "not verified": (None, 60.0),
    }
    downgrade(engine, "0071")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT max(lacking_s) FROM recordings")).scalar_one() == 68.0


def test_what_belongs_to_a_recording_outlives_every_migration(engine: Engine) -> None:
    """SQLite makes a changed table anew, and once removed with the old one all that referred to it."""
    upgrade(engine, "0003")
    segment = {"name": "x", "size": 1, "sha256": bytes(32), "received": NOW, "recording_id": 1}
    with engine.begin() as connection:
        insert(connection, "cameras", CAMERA)
        insert(connection, "recordings", RECORDING)
        insert(connection, "segments", segment)
    for move, revision in ((upgrade, "head"), (downgrade, "0003")):
        move(engine, revision)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM segments")).scalar_one() == 1
            if connection.dialect.name == "sqlite":
                assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_a_second_upgrade_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    upgrade(engine)


def test_a_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StateError, match="of a version that this one does not know"):
        upgrade(engine)

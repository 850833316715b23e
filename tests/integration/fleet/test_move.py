"""A fleet moved from SQLite and a folder to PostgreSQL and an S3 store, and ended at every step of that."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from fleet.audit.log import record, verify_log
from fleet.cli import app
from fleet.core.actor import OPERATOR, Role
from fleet.core.config import DatabaseSection, FleetConfig, FootageSection
from fleet.core.database import SQLITE_NAME, open_database
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.store.open_store import open_store
from fleet.moving.errors import MoveError
from fleet.moving.move import Move, Moved
from fleet.moving.progress import MoveStep, Progress
from fleet.people.officers import add_officer, list_officers
from tests.support.fleet.backups import fleet_with_key, new_box, restored, run
from tests.support.fleet.bucket import BUCKET, CREDENTIALS, running_bucket, section
from tests.support.fleet.fleet import BY_PASSWORD
from tests.support.fleet.fleet_footage import Link, bearer, running
from tests.support.fleet.people import add_user
from tests.support.fleet.postgres import Postgres
from tests.support.media.media import MediaTake, make_media
from tests.support.media.recordings import record as record_take

pytestmark = [pytest.mark.postgres]

NOW = datetime.now(UTC)
SEVERAL = {MoveStep.OBJECTS, MoveStep.TABLES, MoveStep.COMPARE_TABLES, MoveStep.COMPARE_OBJECTS}
"""Steps of several pieces, after the first of which a move is ended as well."""


class KilledError(BaseException):
    """Stands for the end of the process."""


@dataclass
class Pilot:
    """A fleet that has run for a while, and a server with a bucket."""

    state: Path
    endpoint: str
    recordings: list[str]
    taken: int = field(default=0)

    def target(self, url: str) -> FleetConfig:
        """A configuration with that database, and an empty part of the bucket."""
        self.taken += 1
        footage = section(self.endpoint, f"{BUCKET}/pilot-{self.taken}")
        return BY_PASSWORD.model_copy(update={"database": DatabaseSection(url=url), "footage": footage})

    def move(self, after: FleetConfig, progress: Progress | None = None, state: Path | None = None) -> Moved:
        mine = Move(state or self.state, BY_PASSWORD, after, bytes, NOW)
        return mine.run(progress or (lambda *_: None))


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pilot]:
    state = tmp_path_factory.mktemp("pilot") / "state"
    with pytest.MonkeyPatch.context() as patch, running_bucket() as endpoint:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        with running(state) as fleet:
            identity, names = fleet.identity(), []
            for take in (
                MediaTake(identity, media=make_media(seconds=2)).record(),
                record_take(fleet.identity("b"), seed=3),
            ):
                link = Link(fleet, take)
                link.everything()
                link.complete()
                assert link.wait_for_receipt().status_code == 200
                names.append(take.recording.hex())
            add_user(fleet.services, "Manager 1", Role.CCTV_MANAGER)
            with fleet.services.sessions.begin() as session:
                add_officer(session, fleet.services.random, name="Officer 1", by=OPERATOR)
            assert fleet.services.audit.schedule.step() is not None
        yield Pilot(state, endpoint, names)


def contents(folder: Path) -> dict[str, str]:
    """What lies in a folder; what SQLite keeps beside its file while it is open is none of it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm", ".lock"))
    }


def test_ended_at_every_step_and_gone_on_with_it_is_all_there_and_goes_on(  # proves F7
    pilot: Pilot, postgres: Postgres, tmp_path: Path
) -> None:
    after, before = pilot.target(postgres.create()), contents(pilot.state)
    seen: Counter[MoveStep] = Counter()

    def killed_at(step: MoveStep, piece: int) -> Progress:
        def progress(at: MoveStep, done: int, _total: int) -> None:
            seen[at] += 1
            if (at, done) == (step, piece):
                raise KilledError

        return progress

    for step in MoveStep:
        for piece in (0, 1) if step in SEVERAL else (0,):
            with pytest.raises(KilledError):
                pilot.move(after, killed_at(step, piece))
    moved = pilot.move(after)
    assert set(seen) == set(MoveStep)
    assert (moved.objects > 8, moved.rows > 20, moved.checkpoints) == (True, True, 1)
    assert moved.warnings == ()
    assert contents(pilot.state) == before
    with pytest.raises(MoveError, match="database is not empty"):  # it is a fleet of its own now
        pilot.move(after)
    copy = tmp_path / "state"
    shutil.copytree(pilot.state, copy)
    (copy / SQLITE_NAME).unlink()
    shutil.rmtree(copy / "footage")
    it_goes_on(copy, after, pilot.recordings)


def it_goes_on(state: Path, config: FleetConfig, recordings: list[str]) -> None:
    """Run the service in the new place, on the keys of the old, and have everything go on."""
    with running(state, config) as fleet:
        with fleet.services.readers() as session:
            held = session.scalars(select(Recording).where(Recording.state == RecordingState.HELD)).all()
            assert {row.recording for row in held} == set(recordings)
            assert [each.name for each in list_officers(session)] == ["Officer 1"]
        movie = fleet.dashboard.post(
            f"/api/v1/recordings/{recordings[0]}/exports",
            json={"purpose": "to see it play"},
            headers=bearer(fleet, Role.CCTV_MANAGER),
        )
        assert (movie.status_code, movie.content[4:8]) == (200, b"ftyp")
        link = Link(
            fleet, record_take(fleet.identity("c"), seed=4)
        )  # rows of every kind get numbers of their own
        link.everything()
        link.complete()
        assert link.wait_for_receipt().status_code == 200
        assert fleet.services.audit.schedule.step() is not None
        assert fleet.services.audit.schedule.trouble == ""
        with fleet.services.readers() as session:
            assert verify_log(session) is None


def test_what_was_deleted_between_two_attempts_is_not_left_in_the_new_place(  # proves F3
    pilot: Pilot, postgres: Postgres, tmp_path: Path
) -> None:
    state, after = tmp_path / "state", pilot.target(postgres.create())
    shutil.copytree(pilot.state, state)

    def at_tables(step: MoveStep, _done: int, _total: int) -> None:
        if step is MoveStep.TABLES:
            raise KilledError

    with pytest.raises(KilledError):
        pilot.move(after, at_tables, state)
    segment = next((state / "footage" / "objects").rglob("*.seg"))
    segment.unlink()
    moved = pilot.move(after, state=state)
    store = open_store(after.footage, tmp_path / "other")[0]
    assert len(store.list("")) == moved.objects
    assert not [each for each in store.list("") if each.key.endswith(segment.name)]


def test_what_is_not_empty_and_not_its_own_is_refused_and_left(  # proves L2
    pilot: Pilot, postgres: Postgres, tmp_path: Path
) -> None:
    url = postgres.create()
    database = open_database(url, tmp_path)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE somebodys (it INTEGER)")
    with pytest.raises(MoveError, match="database is not empty"):
        pilot.move(pilot.target(url))
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE somebodys")
        connection.exec_driver_sql("CREATE TABLE fleet_move (fleet VARCHAR(64))")
        connection.exec_driver_sql("INSERT INTO fleet_move VALUES ('another')")
    with pytest.raises(MoveError, match="begun by another fleet's move"):
        pilot.move(pilot.target(url))
    database.close()
    for key, words in (("recordings/a", "is not empty"), ("moving/another", "begun by another fleet's move")):
        after = pilot.target(postgres.create())
        store, spool = open_store(after.footage, tmp_path)
        with spool.keep(b"somebody's") as incoming:
            store.put(key, incoming.finish())
        with pytest.raises(MoveError, match=words):
            pilot.move(after)
        assert [each.key for each in store.list("")] == [key]


def test_other_bytes_in_the_new_place_are_found_and_kept(  # proves L2
    pilot: Pilot, postgres: Postgres, tmp_path: Path
) -> None:
    after = pilot.target(postgres.create())
    store, spool = open_store(after.footage, tmp_path)

    def spoil(step: MoveStep, done: int, _total: int) -> None:
        if (step, done) == (MoveStep.COMPARE_OBJECTS, 0):
            key, size = next((each.key, each.size) for each in store.list("recordings") if each.size > 8)
            store.remove(key)
            with spool.keep(bytes(size)) as incoming:
                store.put(key, incoming.finish())

    with pytest.raises(MoveError, match="holds other bytes"):
        pilot.move(after, spoil)
    with pytest.raises(MoveError, match="holds other bytes"):
        pilot.move(after)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE officers SET name = 'a' || char(0)", "officers cannot be copied"),
        ("UPDATE officers SET name = hex(zeroblob(5000))", "officers cannot be copied"),
        ("UPDATE audit_entries SET purpose = 'no' WHERE number = 2", "The audit log does not hold"),
        ("UPDATE alembic_version SET version_num = '0030'", "of another version"),
    ],
)
def test_what_postgresql_cannot_take_or_does_not_hold_stops_the_move(
    statement: str, words: str, pilot: Pilot, postgres: Postgres, tmp_path: Path
) -> None:
    # proves F2
    state = tmp_path / "state"
    shutil.copytree(pilot.state, state)
    with sqlite3.connect(state / SQLITE_NAME) as tables:
        for (trigger,) in tables.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            tables.execute(f"DROP TRIGGER {trigger}")  # as whoever holds the file can
        tables.execute(statement)
    tables.close()
    with pytest.raises(MoveError, match=words):
        pilot.move(pilot.target(postgres.create()), state=state)


def test_only_the_place_of_tables_and_footage_may_change(
    pilot: Pilot, postgres: Postgres, tmp_path: Path
) -> None:
    after = pilot.target(postgres.create())
    for changed, words in (
        (after.model_copy(update={"footage": FootageSection()}), "needs both"),
        (after.model_copy(update={"database": DatabaseSection()}), "needs both"),
        (after.model_copy(update={"people": FleetConfig().people}), "changes more than"),
    ):
        with pytest.raises(MoveError, match=words):
            pilot.move(changed)
    with pytest.raises(MoveError, match="no fleet in"):
        pilot.move(after, state=tmp_path)
    with pytest.raises(MoveError, match="there is nothing to move"):
        Move(pilot.state, after, after, bytes, NOW).run(lambda *_: None)


@pytest.mark.parametrize("with_footage", [True, False], ids=["with footage", "without"])
def test_what_was_restored_is_moved_to_postgresql_and_plays(  # proves F7
    postgres: Postgres, pilot: Pilot, tmp_path: Path, with_footage: bool
) -> None:
    box, chosen = new_box(), "--footage" if with_footage else "--no-footage"
    first = pilot.target(postgres.create())
    with fleet_with_key(tmp_path / "lost", box) as bench:
        link = bench.held()
        name, state = link.take.recording.hex(), bench.services.state
        bench.services.audit.schedule.maker.make()
    pilot.move(first, state=state)
    settings = toml_of(first)
    (state / "fleet.toml").write_text(settings)
    made = run("backup", "--state", state, "--to", tmp_path / "backup", chosen)
    assert made.exit_code == 0, made.output
    shutil.rmtree(state)  # and the database with it

    new = tmp_path / "new"
    back = restored(tmp_path / "backup", new, box, chosen)
    assert back.exit_code == 0, back.stderr
    assert "Make fleet.toml of it before the service starts." in back.stdout
    after = pilot.target(postgres.create())
    if not with_footage:  # which lies in the bucket as it did
        after = after.model_copy(update={"footage": first.footage})
    here = after if not with_footage else BY_PASSWORD
    here = here.model_copy(update={"database": DatabaseSection()})
    (new / "fleet.toml").write_text(toml_of(here))
    (tmp_path / "to.toml").write_text(toml_of(after))
    moved = run("move", "--state", new, "--to", tmp_path / "to.toml")
    assert moved.exit_code == 0, moved.output
    assert ("objects" in moved.stdout, "Footage stays in s3://" in moved.stdout) == (
        with_footage,
        not with_footage,
    )
    with running(new, after) as fleet:
        opening = fleet.services.footage.watching.opener.open(
            name, actor=OPERATOR, action="footage:recording:view", purpose="Restored, and moved"
        )
        assert next(iter(opening.parts()))  # in plaintext
        opening.close()


def toml_of(config: FleetConfig) -> str:
    """The file that says of tables and footage what a configuration does."""
    text = '[people]\nsecond_factor = "off"\n'
    if config.database.url:
        text += f'[database]\nurl = "{config.database.url}"\n'
    if config.footage.store:
        text += "[footage]\n"
        for key in ("store", "endpoint", "region"):
            text += f'{key} = "{getattr(config.footage, key)}"\n'
    return text


def test_footage_that_lies_in_a_store_stays_there(pilot: Pilot, postgres: Postgres) -> None:
    after = pilot.target(postgres.create())
    before = pilot.target("")
    with pytest.raises(MoveError, match="lies in a store already, and stays there"):
        Move(pilot.state, before, after, bytes, NOW).run(lambda *_: None)


def test_the_command_says_what_was_moved_what_to_change_and_how_to_go_back(
    pilot: Pilot, postgres: Postgres, tmp_path: Path
) -> None:
    state, after = tmp_path / "state", pilot.target(postgres.create())
    shutil.copytree(pilot.state, state)
    with running(state), open_database("", state).sessions.begin() as session:
        record(session, OPERATOR, "test:entry:written", "1")
    used, to = state / "fleet.toml", tmp_path / "to.toml"
    used.write_text(toml_of(BY_PASSWORD))
    to.write_text(toml_of(after))
    result = CliRunner().invoke(app, ["move", "--state", str(state), "--to", str(to)])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "Looking at what is there"
    assert any(line.startswith("Copied and compared: ") for line in lines)
    assert any("write database.url and footage.store" in line for line in lines)
    assert any(line.startswith("To go back before that: ") for line in lines)

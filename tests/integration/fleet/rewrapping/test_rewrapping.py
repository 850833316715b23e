"""Recordings get keys of their own, wherever a process dies, and open by the newest key alone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from typer.testing import CliRunner

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraRow
from fleet.cli import app
from fleet.core.actor import OPERATOR, Actor, ActorKind
from fleet.core.database import SQLITE_NAME
from fleet.core.problems import ProblemError
from fleet.footage.keys.models import RecordingKey
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.jobs.models import Job
from fleet.rewrapping import rewrapping as steps
from fleet.rewrapping.retiring import KeyRetirement, RetiringError, has_moved
from fleet.rewrapping.rewrapping import ACTION, Rewrapping
from fleet.rewrapping.standing import key_standing, troubles
from fleet.vault.errors import VaultError
from fleet.vault.files import VaultFiles
from fleet.vault.rotating import VaultRotation
from tests.support.fleet.deleting import DeletingFleet, deleting_fleet
from tests.support.fleet.fleet_footage import Link

SOMEBODY = Actor(ActorKind.USER, "u1", "Head of safety")
KINDS = "rewrapping"


class DiedError(BaseException):
    """The process ends here."""


def plain(bench: DeletingFleet, link: Link) -> bytes:
    """Open a recording as a viewer does, and return all of it in plaintext."""
    opener = bench.services.footage.watching.opener
    name = link.take.recording.hex()
    recording = opener.open(name, actor=SOMEBODY, action="footage:recording:view", purpose="a test")
    try:
        return b"".join(recording.parts())
    finally:
        recording.close()


def rewrapping(bench: DeletingFleet) -> Rewrapping:
    return Rewrapping(bench.services, bench.services.footage, bench.services.vault)


def own_key(bench: DeletingFleet, link: Link) -> RecordingKey | None:
    row = bench.row(link)
    with bench.services.readers() as session:
        return session.get(RecordingKey, row.id)


def tables(bench: DeletingFleet) -> list[str]:
    return [each for each in bench.objects() if "/keys/" in each]


def has_no_earlier_key(bench: DeletingFleet) -> None:
    """Take the earlier keys out of the vault's memory, as if they were retired."""
    keys = bench.services.vault_services.unsealing._keys
    keys._held = keys._held[-1:]


@contextmanager
def rotated(folder: Path, *seeds: int) -> Iterator[tuple[DeletingFleet, list[Link]]]:
    """A fleet with recordings that were sealed to the key before its newest one."""
    with deleting_fleet(folder) as bench:
        links = [bench.held(seed) for seed in seeds]
        VaultRotation(bench.services).rotate(None, OPERATOR)
        clock, identities = bench.clock, bench.identities
    with deleting_fleet(folder, clock=clock) as again:
        again.identities = identities
        yield again, [Link(again.fleet, link.take, named=True) for link in links]


def test_without_a_second_key_nothing_is_done(tmp_path: Path) -> None:
    with deleting_fleet(tmp_path) as bench:
        link = bench.held()
        assert bench.round() == 0
        assert own_key(bench, link) is None


def test_it_opens_by_the_newest_key_alone_afterwards_and_the_log_says_so_first(tmp_path: Path) -> None:
    # proves F1, F7
    with rotated(tmp_path, 1, 2) as (bench, links):
        before, ledgers = [plain(bench, link) for link in links], bench.objects()
        assert all(before)
        new, old = bench.services.vault.known()
        assert bench.round() == 1
        assert bench.round() == 0, "there is no more to do"
        with bench.services.readers() as session:
            assert key_standing(session).opens == {new.key_id: 2}
            assert key_standing(session).unknown == 0
            assert verify_log(session) is None
            logged = session.scalars(select(AuditEntry).where(AuditEntry.action == ACTION)).all()
            assert {each.subject for each in logged} == {link.take.recording.hex() for link in links}
        assert len(tables(bench)) == 2
        assert set(ledgers) <= set(bench.objects()), "ledger and footage are as they were"
        has_no_earlier_key(bench)
        assert [plain(bench, link) for link in links] == before
        row = own_key(bench, links[0])
        assert row is not None
        assert (row.sealed_to, row.wrapped_by) == (old.key_id, new.key_id)
        with bench.services.sessions.begin() as session:
            session.execute(update(RecordingKey).values(wrapped=bytes(60)))
        with pytest.raises(ProblemError, match="The key of this recording's own does not open it"):
            plain(bench, links[0])


def dying(
    bench: DeletingFleet, monkeypatch: pytest.MonkeyPatch, at: int, *, after: bool
) -> Callable[[], int]:
    """Have the process die at the so-many-th thing that it does in the store or writes into the tables."""
    done = [0]

    def wrap(owner: Any, name: str) -> None:  # noqa: ANN401 - whatever is patched
        real = getattr(owner, name)

        def call(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401
            done[0] += 1
            if done[0] == at and not after:
                raise DiedError
            found = real(*arguments, **more)
            if done[0] == at:
                raise DiedError
            return found

        monkeypatch.setattr(owner, name, call)

    for name in ("put", "read", "list", "remove"):
        wrap(bench.services.footage.store, name)
    wrap(steps, "locked_key")
    return lambda: done[0]


@pytest.mark.parametrize("after", [False, True])
def test_wherever_it_dies_the_recording_opens_and_the_next_attempt_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    # proves F7
    with rotated(tmp_path, 1) as (bench, (link,)):
        before, row, deaths = plain(bench, link), bench.row(link).id, 0
        for at in range(1, 40):
            with monkeypatch.context() as patched:
                dying(bench, patched, at, after=after)
                try:
                    rewrapping(bench).rewrap(row)
                except DiedError:
                    deaths += 1
                    died = True
                else:
                    died = False
            assert plain(bench, link) == before
            own = own_key(bench, link)
            if own is not None and own.ready is not None:  # then the newest key alone must do
                held = bench.services.vault_services.unsealing._keys._held
                has_no_earlier_key(bench)
                assert plain(bench, link) == before
                bench.services.vault_services.unsealing._keys._held = held
            if not died:
                break
            if at % 2:  # begin anew, or go on from what the dead process left
                with bench.services.sessions.begin() as session:
                    session.execute(delete(RecordingKey))
        assert deaths > 5
        rewrapping(bench).rewrap(row)
        own = own_key(bench, link)
        assert own is not None
        assert own.ready is not None
        assert own.name is not None
        assert any(each.endswith(own.name) for each in tables(bench))


def test_a_store_that_gives_back_something_else_is_noticed_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7
    with rotated(tmp_path, 1, 2) as (bench, links):
        before, store = [plain(bench, link) for link in links], bench.services.footage.store
        broken, real = bench.row(links[0]).place, store.read

        def read(key: str) -> bytes:
            data = real(key)
            is_it = "/keys/" in key and f"/{broken.number:08d}/" in key
            return data[:-1] + bytes([data[-1] ^ 1]) if is_it else data

        monkeypatch.setattr(store, "read", read)
        bench.round()
        own = own_key(bench, links[0])
        assert own is not None
        assert own.ready is None
        with bench.services.readers() as session:
            ((name, why),) = troubles(session)
        assert (name, "does not open" in why) == (links[0].take.recording.hex(), True)
        assert [plain(bench, link) for link in links] == before
        assert bench.round() == 0, "it is left alone for an hour"
        monkeypatch.undo()
        bench.clock.move(hours=1, seconds=1)
        assert bench.round() == 1
        assert len(tables(bench)) == 2
        has_no_earlier_key(bench)
        assert [plain(bench, link) for link in links] == before


def test_the_next_rotation_touches_no_object(tmp_path: Path) -> None:
    # proves F7
    with rotated(tmp_path, 1) as (bench, (link,)):
        before = plain(bench, link)
        bench.round()
        objects = bench.objects()
        VaultRotation(bench.services).rotate(None, OPERATOR)
        clock = bench.clock
    with deleting_fleet(tmp_path, clock=clock) as bench:
        bench.round()
        assert bench.objects() == objects
        with bench.services.readers() as session:
            assert key_standing(session).opens == {bench.services.vault.known()[0].key_id: 1}
        has_no_earlier_key(bench)
        assert plain(bench, link) == before


def test_while_the_vault_is_sealed_nothing_is_done_and_afterwards_all_of_it(tmp_path: Path) -> None:
    with rotated(tmp_path, 1) as (bench, (link,)):
        bench.services.vault.seal(SOMEBODY)
        assert bench.round() == 0
        assert own_key(bench, link) is None
        bench.services.vault_services.unsealing.by_itself(SOMEBODY)
        assert bench.round() == 1
        assert own_key(bench, link) is not None


def test_a_long_run_lets_other_jobs_have_their_turn(tmp_path: Path) -> None:
    with rotated(tmp_path, 1, 2) as (bench, links):
        seconds = iter(range(0, 1000, 4))
        slow = Rewrapping(
            bench.services, bench.services.footage, bench.services.vault, seconds=lambda: next(seconds)
        )
        bench.services.jobs._handlers[KINDS] = slow
        assert bench.round() == 2, "one run for each: what is left is asked for again"
        assert all(own_key(bench, link) is not None for link in links)
        with bench.services.readers() as session:
            assert session.scalars(select(Job.state)).all() == ["done"]


def test_deletion_destroys_the_key_first_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    # proves F3
    with rotated(tmp_path, 1) as (bench, (link,)):
        bench.round()
        key = own_key(bench, link)
        assert key is not None
        assert key.wrapped is not None
        assert is_in_database(bench, key.wrapped)
        bench.overdue()
        assert bench.round() >= 1
        assert bench.objects() == []
        assert own_key(bench, link) is None
        assert not is_in_database(bench, key.wrapped)


def is_in_database(bench: DeletingFleet, data: bytes) -> bool:
    with bench.services.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return any(data in file.read_bytes() for file in bench.services.state.glob(f"{SQLITE_NAME}*"))


def say(bench: DeletingFleet, **said: object) -> None:
    """Have every camera have said something last."""
    with bench.services.sessions.begin() as session:
        session.execute(update(CameraRow).values(status=said))


def moved(bench: DeletingFleet) -> dict[str, Any]:
    return {"sealed_to": [bench.services.vault.known()[0].key_id], "upload": {"recordings": 0}}


def test_a_key_is_retired_once_nothing_needs_it_and_not_before(tmp_path: Path) -> None:
    # proves F7
    with rotated(tmp_path, 1, 2) as (bench, links):
        before = [plain(bench, link) for link in links]
        old = bench.services.vault.known()[1].key_id
        retirement = KeyRetirement(bench.services, bench.services.footage.store)

        def refused(match: str) -> None:
            with pytest.raises((RetiringError, VaultError), match=match):
                retirement.retire(old[:16], None, OPERATOR)
            assert VaultFiles.of(bench.services.state, bench.services.config).box().earlier

        say(bench, **moved(bench))
        refused("Recordings that may need an earlier key: 2, recording")
        bench.round()
        say(bench, sealed_to=[old], upload={"recordings": 0})
        refused("may have footage that is sealed to an earlier key")
        say(bench, **moved(bench))
        with bench.services.sessions.begin() as session:
            session.execute(update(Recording).values(opening=None))
        refused("may need an earlier key: 2")
        with bench.services.sessions.begin() as session:
            session.execute(update(Recording).values(opening="opened"))
            row = session.scalars(select(Recording).limit(1)).one()
            row.state = RecordingState.UPLOADING
            session.execute(delete(RecordingKey).where(RecordingKey.recording_id == row.id))
        refused("may need an earlier key: 1")
        with bench.services.sessions.begin() as session:
            session.execute(update(Recording).values(state=RecordingState.HELD))
        bench.round()
        (table, _) = tables(bench)
        path = tmp_path / "state" / "footage" / "objects" / table
        kept = path.read_bytes()
        path.chmod(0o600)
        path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        refused("do not open by the newest key")
        path.write_bytes(kept)
        with pytest.raises(RetiringError, match="no one earlier key"):
            retirement.check("")
        assert retirement.retire(old[:16], None, OPERATOR).tables == 2
        clock = bench.clock
    with deleting_fleet(tmp_path, clock=clock) as bench:
        assert len(bench.services.vault.known()) == 1
        assert [plain(bench, Link(bench.fleet, link.take, named=True)) for link in links] == before
        with bench.services.readers() as session:
            assert verify_log(session) is None
            assert session.scalars(
                select(AuditEntry.detail).where(AuditEntry.action == "vault:key:retire")
            ).all() == [{"key": old[:16], "tables": 2}]
        with bench.services.sessions.begin() as session:  # and without its own key nobody opens it
            session.execute(delete(RecordingKey))
        for link in links:
            with pytest.raises(ProblemError, match="not sealed to this fleet's vault"):
                plain(bench, link)


def test_wherever_retiring_dies_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F7
    with rotated(tmp_path, 1) as (bench, (link,)):
        before = plain(bench, link)
        bench.round()
        say(bench, **moved(bench))
        old, clock = bench.services.vault.known()[1].key_id, bench.clock

        def die(*_arguments: object, **_more: object) -> None:
            raise DiedError

        for what in ("record", "VaultFiles.replace", "forget_copies"):
            with monkeypatch.context() as patched:
                patched.setattr(f"fleet.rewrapping.retiring.{what}", die)
                with pytest.raises(DiedError):
                    KeyRetirement(bench.services, bench.services.footage.store).retire(old, None, OPERATOR)
            assert plain(bench, link) == before
        assert VaultFiles.of(bench.services.state, bench.services.config).box().earlier == ()
    with deleting_fleet(tmp_path, clock=clock) as bench:
        assert plain(bench, link) == before


@pytest.mark.parametrize(
    ("status", "is_so"),
    [
        (None, False),
        ({}, False),
        ({"sealed_to": ["k"]}, False),
        ({"sealed_to": ["k"], "upload": {"recordings": None}}, False),
        ({"sealed_to": ["k"], "upload": {"recordings": 1}}, False),
        ({"sealed_to": ["k"], "upload": {"recordings": 0}, "recording": 7}, False),
        ({"sealed_to": ["k", "l"], "upload": {"recordings": 0}}, False),
        ({"sealed_to": ["l"], "upload": {"recordings": 0}}, False),
        ({"sealed_to": ["k"], "upload": {"recordings": 0}, "recording": None}, True),
    ],
)
def test_a_camera_has_moved_once_it_said_so_with_nothing_left_to_send(
    status: dict[str, Any] | None, *, is_so: bool
) -> None:
    # proves F8
    assert has_moved(status, "k") is is_so


def test_the_command_asks_for_the_name_and_says_what_it_ends(tmp_path: Path) -> None:
    with rotated(tmp_path, 1) as (bench, _):
        bench.round()
        say(bench, **moved(bench))
        old = bench.services.vault.known()[1].key_id
    state = ["--state", str(tmp_path / "state")]
    wrong = CliRunner().invoke(app, ["vault", "retire", old[:8], *state], input="no\n")
    assert (wrong.exit_code, wrong.stderr) == (2, "That is not its name; nothing has changed.\n")
    assert "backups of before alone" in wrong.stdout
    done = CliRunner().invoke(app, ["vault", "retire", old[:8], *state], input=f"{old[:16]}\n")
    assert done.exit_code == 0, done.stderr
    assert "Recordings that open by keys of their own: 1." in done.stdout
    again = CliRunner().invoke(app, ["vault", "retire", old[:8], *state], input=f"{old[:16]}\n")
    assert again.exit_code == 2
    assert "no one earlier key" in again.stderr

"""What several processes share beside the tables: hints, claims, and which keys are the fleet's."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, select

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Actor, ActorKind, Role
from fleet.core.config import DatabaseSection
from fleet.core.database import announce, open_database
from fleet.core.errors import StateError
from fleet.core.live import RESYNC, Hint, Live
from fleet.core.problems import ProblemError
from fleet.footage.receiving.allowance import DailyAllowance
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.recordings.rows import TOPIC
from fleet.footage.watching.viewings import Viewings
from fleet.people.attempts import WINDOW
from fleet.people.trying.shared import attempts_of
from fleet.processes.claims import Alone, ClaimKey, SharedClaims, claims_of
from fleet.processes.hints import HintLine
from fleet.processes.keys import FORGOTTEN, check_keys, forget_keys
from fleet.server.compose import build_services
from tests.support.fleet.fleet import BY_PASSWORD
from tests.support.fleet.fleet_footage import Link, running
from tests.support.fleet.made_state import lay_out
from tests.support.fleet.postgres import Postgres
from tests.support.media.media import MediaTake, make_media
from tests.support.network.mqtt import until

pytestmark = [pytest.mark.postgres]


@pytest.fixture(scope="module")
def database_url(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with tables, for the tests of this file that leave each other alone."""
    url, state = postgres.create_with_tables(), tmp_path_factory.mktemp("tables") / "state"
    lay_out(state, datetime.now(UTC))
    config = BY_PASSWORD.model_copy(update={"database": DatabaseSection(url=url)})
    build_services(config, state).database.close()
    return url


@pytest.fixture
def claims(database_url: str) -> Iterator[tuple[SharedClaims, SharedClaims]]:
    """The claims of two processes."""
    found = [SharedClaims(make_url(database_url)) for _ in range(2)]
    yield found[0], found[1]
    for each in found:
        each.close()


def end_connections(url: str) -> None:
    """Have the database end every other connection to it, as a restart does."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_hint_reaches_the_other_process_with_the_commit_and_only_then(
    database_url: str, tmp_path: Path
) -> None:
    here, there = Live(), Live()
    database = open_database(database_url, tmp_path, live=here)

    def change(*subjects: str, commit: bool = True) -> None:
        with database.sessions() as session:
            for each in subjects:
                announce(session, "camera", each)
            if commit:
                session.commit()

    async def run() -> tuple[list[Hint], list[Hint]]:
        lines = [HintLine(make_url(database_url), each) for each in (here, there)]
        async with here.subscribe() as own, there.subscribe() as hints:
            async with lines[0].running(), lines[1].running():
                assert await anext(hints) is RESYNC
                assert await anext(own) is RESYNC
                await asyncio.to_thread(change, "lost", commit=False)
                await asyncio.to_thread(change, "cam 1", "cam-02", "cam 1")
                heard = [await anext(hints), await anext(hints)]
                await asyncio.to_thread(change, "cam-03")
                heard.append(await anext(hints))
            here.close()
            return heard, [hint async for hint in own]

    heard, own = asyncio.run(run())
    assert heard == [Hint("camera", each) for each in ("cam 1", "cam-02", "cam-03")]
    assert own == heard  # once, and not by the way of the database
    database.close()


def test_after_a_connection_that_ended_everything_is_read_again(database_url: str) -> None:
    async def run() -> Hint:
        live = Live()
        line = HintLine(make_url(database_url), live, again_s=0.01)
        async with live.subscribe() as hints, line.running():
            assert await anext(hints) is RESYNC
            await asyncio.to_thread(end_connections, database_url)
            return await anext(hints)

    assert asyncio.run(run()) is RESYNC


def test_of_two_processes_one_has_a_claim_until_it_lets_go_or_dies(  # proves F7
    claims: tuple[SharedClaims, SharedClaims], database_url: str
) -> None:
    one, other = claims
    assert one.take(ClaimKey.BROKER)
    assert one.take(ClaimKey.BROKER)  # once more is the same claim
    assert not other.take(ClaimKey.BROKER)
    assert other.take(ClaimKey.BROKER + 1)
    one.leave(ClaimKey.BROKER)
    assert not one.holds(ClaimKey.BROKER)
    assert other.take(ClaimKey.BROKER)
    other.close()
    until(lambda: one.take(ClaimKey.BROKER))  # the database ends a connection in its own time
    end_connections(database_url)
    until(lambda: not one.holds(ClaimKey.BROKER))
    until(lambda: other.take(ClaimKey.BROKER))
    assert not one.take(ClaimKey.BROKER)


def test_two_processes_allow_no_more_attempts_than_one(database_url: str, tmp_path: Path) -> None:
    databases = [open_database(database_url, tmp_path) for _ in range(2)]
    counts = [attempts_of(each, "sign-in", 5) for each in databases]
    moment = datetime.now(UTC)

    def try_once(number: int) -> bool:  # the two keys in either order: nobody waits for ever
        keys = ["name", "address"] if number % 2 else ["address", "name"]
        return counts[number % 2].begin(keys, moment) is None

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(try_once, range(40))).count(True) == 5
    assert counts[1].begin(["name"], moment) == WINDOW
    counts[0].forgive("name")
    assert counts[1].begin(["name"], moment) is None
    for each in databases:
        each.close()


def test_two_processes_take_from_one_day(database_url: str, tmp_path: Path) -> None:  # proves F9
    databases = [open_database(database_url, tmp_path) for _ in range(2)]
    days = [DailyAllowance(each, "footage", 10_000_000, lambda: 0.0, share=100_000) for each in databases]
    began = datetime.now(UTC)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: days[number % 2].take("cam-01", 60_000), range(240)))
    taken = 60_000 * sum(not each.wait_s for each in found)
    grown = (datetime.now(UTC) - began).total_seconds() * 10_000_000 / 86_400
    assert 10_000_000 - 8 * 100_000 <= taken <= 10_000_000 + grown
    assert DailyAllowance(databases[0], "footage", 10_000_000, lambda: 0.0).take("cam-01", 200_000).wait_s > 0
    for each in databases:
        each.close()


def test_claims_of_a_database_that_is_away_are_no_claims() -> None:
    away = SharedClaims(make_url("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    assert not away.take(ClaimKey.BROKER)
    assert not away.holds(ClaimKey.BROKER)
    assert isinstance(claims_of(""), Alone)
    assert isinstance(claims_of("no address"), Alone)


def test_other_keys_than_the_fleets_are_refused_until_somebody_says_that_those_are_lost(
    database_url: str, tmp_path: Path
) -> None:
    database = open_database(database_url, tmp_path)
    with database.sessions.begin() as session:
        forget_keys(session, by=OPERATOR)
        check_keys(session, {"pki": "aa", "vault": "bb"}, tmp_path)
        check_keys(session, {"pki": "aa", "vault": "bb"}, tmp_path)
        with pytest.raises(StateError, match=r"vault is another than this fleet's.*lapel-fleet db new-keys"):
            check_keys(session, {"pki": "aa", "vault": "cc"}, tmp_path)
        said = select(AuditEntry).where(AuditEntry.action == FORGOTTEN)
        before = len(session.scalars(said).all())
        assert forget_keys(session, by=OPERATOR) == 2
        check_keys(session, {"pki": "aa", "vault": "cc"}, tmp_path)
        assert (
            len(session.scalars(select(AuditEntry).where(AuditEntry.action == FORGOTTEN)).all()) == before + 1
        )
        session.rollback()
    database.close()


def test_a_viewing_ends_as_another_process_begins_to_delete_the_recording(  # proves F3
    postgres: Postgres, tmp_path: Path
) -> None:
    config = BY_PASSWORD.model_copy(update={"database": DatabaseSection(url=postgres.create_with_tables())})
    state = tmp_path / "one"
    lay_out(state, datetime.now(UTC))
    watcher = Actor(ActorKind.USER, "manager", "Manager 1", frozenset({Role.CCTV_MANAGER}))
    with running(state, config) as fleet:
        shutil.copytree(state, tmp_path / "other", ignore=shutil.ignore_patterns("footage"))
        link = Link(fleet, MediaTake(fleet.identity(), media=make_media(seconds=2)).record())
        link.everything()
        link.complete()
        link.wait_for_receipt()
        name = link.take.recording.hex()
        viewing = fleet.services.footage.watching.viewings.open(name, watcher, "to see it end")
        until(fleet.services.lines[0].hears.is_set)
        other = build_services(config, tmp_path / "other")
        with other.sessions.begin() as session:
            row = session.scalars(select(Recording)).one()
            row.state, row.deleted, row.deleted_why = (
                RecordingState.DELETING,
                other.clock(),
                "It is over.",
            )
            announce(session, TOPIC, name)
        until(lambda: _has_ended(fleet.services.footage.watching.viewings, viewing.id, watcher))
        other.database.close()


def _has_ended(viewings: Viewings, name: str, watcher: Actor) -> bool:
    try:
        viewings.get(name, watcher)
    except ProblemError as problem:
        return problem.code == "viewing_ended"
    return False

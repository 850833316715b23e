"""Editing the log by hand, in every way that its owner might, and finding it out with a checkpoint alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fleet.audit.chain import Entry, EntryVersion
from fleet.audit.check import CheckResult
from fleet.audit.checkpoints.checkpoint import SignedCheckpoint, sign_checkpoint
from fleet.audit.judging import ALTERED, HOLDS, UNKNOWN_SIGNER, judge, unsigned
from fleet.audit.log import check_entries
from fleet.audit.offline import UnusableInputError, open_log
from fleet.core.database import Database, open_database
from fleet.migrations import downgrade, upgrade
from tests.support.fleet.audit_log import (
    FORGER,
    NOW,
    SIGNER,
    Rewrite,
    checkpoint_of,
    fill,
    log_of,
    put_back,
    stored,
    unguarded,
    write_anew,
)
from tests.support.fleet.postgres import Postgres

COUNT, SIZE = 9, 7
"""The log's entries, and those of its checkpoint: the last two are shown by the chain alone."""


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One log of each kind of database for all edits."""
    folder = tmp_path_factory.mktemp("log")
    url = f"sqlite:///{folder / 'test.sqlite3'}"
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create_with_tables()
    with log_of(url, folder, COUNT) as found:
        yield found


@pytest.fixture
def database(whole: Database) -> Iterator[Database]:
    """The log, which is put right again after an edit."""
    before = stored(whole)
    yield whole
    put_back(whole, before)


@pytest.fixture
def checkpoint(database: Database) -> SignedCheckpoint:
    return checkpoint_of(database, size=SIZE)


def check(database: Database, *checkpoints: SignedCheckpoint) -> CheckResult:
    """Check the log as somebody does who has a copy of the database and these checkpoints."""
    address = database.engine.url.render_as_string(hide_password=False)
    with open_log(address) as entries:
        return check_entries(entries, [each.checkpoint for each in checkpoints])


def test_a_log_that_nobody_touched_holds(database: Database, checkpoint: SignedCheckpoint) -> None:
    # proves F2
    result = check(database, checkpoint)
    assert result == CheckResult(COUNT, None, SIZE, 1)
    said = judge(result, has_keys=True)
    assert (said.status, said.sentence) == (
        HOLDS,
        (
            "The audit log holds: 1 checkpoint shows its first 7 entries; the newest 2 are shown by the "
            "chain alone."
        ),
    )
    assert judge(result, has_keys=False).status == UNKNOWN_SIGNER
    assert check(database, checkpoint, checkpoint_of(database)).seen == COUNT


# One statement each, with the guards taken down. Blob literals are written as SQLite has them.
EDITS = {
    "number": "UPDATE audit_entries SET number = 100 WHERE number = 3",
    "numbers": "UPDATE audit_entries SET number = number + 100",
    "utc": "UPDATE audit_entries SET utc = '2026-11-29 12:00:00.000001' WHERE number = 3",
    "actor": "UPDATE audit_entries SET actor = 'user:Officer 2' WHERE number = 3",
    "action": "UPDATE audit_entries SET action = 'footage:recording:export' WHERE number = 3",
    "subject": "UPDATE audit_entries SET subject = 'another' WHERE number = 3",
    "purpose": "UPDATE audit_entries SET purpose = 'Training' WHERE number = 3",
    "purpose emptied": "UPDATE audit_entries SET purpose = ''",
    "detail": "UPDATE audit_entries SET detail = '{\"n\": 4}' WHERE number = 3",
    "detail of another kind": 'UPDATE audit_entries SET detail = \'{"n": "3"}\' WHERE number = 3',
    "detail named twice": 'UPDATE audit_entries SET detail = \'{"n": 9, "n": 3}\' WHERE number = 3',
    "detail that is a list": "UPDATE audit_entries SET detail = '[3]' WHERE number = 3",
    "detail with a fraction": "UPDATE audit_entries SET detail = '{\"n\": 3.0}' WHERE number = 3",
    "address": "UPDATE audit_entries SET address = '10.0.0.8' WHERE number = 3",
    "version": "UPDATE audit_entries SET version = 1 WHERE number = 3",
    "unknown version": "UPDATE audit_entries SET version = 3 WHERE number = 3",
    "salt": "UPDATE audit_entries SET salt = x'000102030405060708090a0b0c0d0e0f' WHERE number = 3",
    "short salt": "UPDATE audit_entries SET salt = x'00' WHERE number = 3",
    "previous": "UPDATE audit_entries SET previous = digest WHERE number = 3",
    "digest": "UPDATE audit_entries SET digest = previous WHERE number = 3",
    "digest of the last": "UPDATE audit_entries SET digest = previous WHERE number = 9",
    "first removed": "DELETE FROM audit_entries WHERE number = 1",
    "one removed": "DELETE FROM audit_entries WHERE number = 4",
    "cut off": "DELETE FROM audit_entries WHERE number > 5",
    "one cut off": "DELETE FROM audit_entries WHERE number >= 7",
    "all removed": "DELETE FROM audit_entries",
}
OF_SQLITE = {
    "text that is a blob": "UPDATE audit_entries SET purpose = CAST(purpose AS BLOB) WHERE number = 3",
    "text that is not UTF-8": "UPDATE audit_entries SET purpose = CAST(x'ff' AS TEXT) WHERE number = 3",
    "time that is none": "UPDATE audit_entries SET utc = 'yesterday' WHERE number = 3",
    "time of no day": "UPDATE audit_entries SET utc = '2026-02-31 12:00:00.000000' WHERE number = 3",
    "time written otherwise": "UPDATE audit_entries SET utc = '2026-11-29T12:00:00.000000' WHERE number = 3",
    "detail that is no JSON": "UPDATE audit_entries SET detail = '{' WHERE number = 3",
    "detail with half a character": 'UPDATE audit_entries SET detail = \'{"n": "\\ud800"}\' WHERE number = 3',
    "digest that is text": "UPDATE audit_entries SET digest = 'no bytes' WHERE number = 3",
    "salt that is a number": "UPDATE audit_entries SET salt = 16 WHERE number = 3",
    "replaced": "INSERT OR REPLACE INTO audit_entries SELECT number, utc, actor, action, subject, 'Other',"
    " detail, previous, digest, address, version, salt FROM audit_entries WHERE number = 3",
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_by_hand_is_found(database: Database, checkpoint: SignedCheckpoint, edit: str) -> None:
    # proves F2
    found(database, checkpoint, EDITS[edit])


@pytest.mark.parametrize("edit", OF_SQLITE)
def test_what_sqlite_lets_in_anywhere_is_found(
    database: Database, checkpoint: SignedCheckpoint, edit: str
) -> None:  # proves F2
    if database.engine.dialect.name == "sqlite":
        found(database, checkpoint, OF_SQLITE[edit])


def found(database: Database, checkpoint: SignedCheckpoint, statement: str) -> None:
    if database.engine.dialect.name == "postgresql":
        statement = statement.replace("x'", "'\\x").replace("000001' W", "000001+00' W")
    with unguarded(database) as connection:
        # Else the names in JSON would be taken for parameters.
        changed = connection.exec_driver_sql(statement).rowcount
    assert changed, "the edit edits"
    result = check(database, checkpoint)
    assert result.broken is not None
    said = judge(result, has_keys=True)
    assert said.status == ALTERED
    assert said.sentence.startswith("The audit log does not hold. ")
    assert said.sentence.endswith(".")


def without(number: int) -> Rewrite:
    return lambda entries: [each for each in entries if each.number != number]


def edited(**changes: object) -> Rewrite:
    def change(entries: list[Entry]) -> list[Entry]:
        return [replace(each, **changes) if each.number == 3 else each for each in entries]  # type: ignore[arg-type]  # each of its field

    return change


ANEW: dict[str, Rewrite] = {
    "another time": edited(utc_us=1),
    "another actor": edited(actor="user:Officer 2"),
    "another action": edited(action="footage:recording:export"),
    "another subject": edited(subject="another"),
    "another purpose": edited(purpose="Training"),
    "another detail": edited(detail={}),
    "another address": edited(address=""),
    "another salt": edited(salt=bytes(16)),
    "another version": edited(version=EntryVersion.PLAIN),
    "the first left out": without(1),
    "one left out": without(4),
    "the last of the checkpoint left out": without(7),
    "one twice": lambda entries: [*entries[:4], entries[3], *entries[4:]],
    "one put in": lambda entries: [*entries[:4], replace(entries[3], purpose="Forged"), *entries[4:]],
    "one put in at the beginning": lambda entries: [replace(entries[0], purpose="Forged"), *entries],
    "two swapped": lambda entries: [*entries[:3], entries[4], entries[3], *entries[5:]],
    "the first and the last swapped": lambda entries: [entries[-1], *entries[1:-1], entries[0]],
    "backwards": lambda entries: entries[::-1],
    "cut off and filled up": lambda entries: [
        *entries[:5],
        *(replace(each, purpose="") for each in entries[5:]),
    ],
    "cut off": lambda entries: entries[:5],
    "one entry alone": lambda entries: entries[:1],
    "emptied": lambda _entries: [],
}


@pytest.mark.parametrize("how", ANEW)
def test_a_log_written_anew_with_a_chain_that_fits_is_found(
    database: Database, checkpoint: SignedCheckpoint, how: str
) -> None:  # proves F2
    write_anew(database, ANEW[how])
    assert check(database).broken is None, "the chain alone shows nothing"
    result = check(database, checkpoint)
    assert result.broken is not None
    assert "checkpoint" in result.broken.reason


def test_a_place_is_told_as_closely_as_checkpoints_allow(database: Database) -> None:  # proves F2
    checkpoints = [checkpoint_of(database, size=size) for size in (2, 5, 8)]
    write_anew(database, edited(purpose="Training"))
    broken = check(database, *checkpoints).broken
    assert broken is not None
    assert "between entries 3 and 5" in broken.reason


def test_a_tail_that_was_signed_anew_is_found(database: Database, checkpoint: SignedCheckpoint) -> None:
    # proves F2
    write_anew(database, edited(purpose="Training"))
    # By somebody else's key:
    forged = checkpoint_of(database, FORGER)
    assert unsigned([forged], [SIGNER.key]) is not None
    # With the fleet's own key: whoever kept an older checkpoint finds it.
    own = checkpoint_of(database)
    assert unsigned([own], [SIGNER.key]) is None
    assert check(database, own).broken is None
    assert check(database, own, checkpoint).broken is not None


def test_two_checkpoints_of_one_size_that_differ_are_found(database: Database) -> None:  # proves F2
    honest = checkpoint_of(database)
    forked = sign_checkpoint(replace(honest.checkpoint, root=bytes(32)), SIGNER)
    assert check(database, honest, forked).broken is not None
    empty = sign_checkpoint(replace(honest.checkpoint, size=0), SIGNER)
    assert check(database, empty).broken is not None


def test_what_is_newer_than_the_checkpoint_is_said_to_be_shown_by_the_chain_alone(
    database: Database, checkpoint: SignedCheckpoint
) -> None:
    write_anew(database, lambda entries: [*entries[:8], replace(entries[8], purpose="Forged")])
    result = check(database, checkpoint)
    assert result.broken is None
    assert "the newest 2 are shown by the chain alone" in judge(result, has_keys=True).sentence


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET purpose = 'other'",
        "DELETE FROM audit_entries",
        (
            "INSERT INTO audit_entries SELECT number + 1000, utc, actor, action, subject, purpose, detail,"
            " previous, digest, address, version, salt FROM audit_entries WHERE number = 3"
        ),
        (
            "INSERT INTO audit_entries SELECT number, utc, actor, action, subject, 'Other', detail, previous,"
            " digest, address, version, salt FROM audit_entries WHERE number = 3"
            " ON CONFLICT (number) DO UPDATE SET purpose = excluded.purpose"
        ),
    ],
)
def test_the_database_refuses_what_is_no_next_entry(url: str, tmp_path: Path, statement: str) -> None:
    # proves F2
    with log_of(url, tmp_path, COUNT) as database:
        with pytest.raises(DBAPIError, match="only grows"), database.engine.begin() as connection:
            connection.exec_driver_sql(statement)
        fill(database, 1, first=COUNT + 1)
        assert check(database).broken is None


REPLACING = {
    "insert or replace": OF_SQLITE["replaced"],
    "replace": OF_SQLITE["replaced"].replace("INSERT OR REPLACE", "REPLACE"),
    "the newest": OF_SQLITE["replaced"].replace("number = 3", f"number = {COUNT}"),
    "update or replace": "UPDATE OR REPLACE audit_entries SET number = 3 WHERE number = 4",
}


@pytest.mark.parametrize("way", REPLACING)
def test_sqlite_refuses_to_replace_an_entry(tmp_path: Path, way: str) -> None:  # proves F2
    # Replacing fires no trigger of deletion there (recursive_triggers is off).
    with (
        log_of(f"sqlite:///{tmp_path / 'test.sqlite3'}", tmp_path, COUNT) as database,
        pytest.raises(DBAPIError, match="only grows"),
        database.engine.begin() as connection,
    ):
        connection.exec_driver_sql(REPLACING[way])


def test_a_log_from_before_goes_on_and_can_be_checked(empty_url: str, tmp_path: Path) -> None:  # proves F2
    database = open_database(empty_url, tmp_path, clock=lambda: NOW)
    upgrade(database.engine, "0019")
    old = Entry(1, 1_700_000_000_000_000, "user:A", "x:y:z", "s", "why", {"n": 1}, bytes(32))
    when = "2023-11-14 22:13:20" + (".000000" if empty_url.startswith("sqlite") else "+00")
    columns = "number, utc, actor, action, subject, purpose, detail, previous, digest"
    values = f"1, '{when}', 'user:A', 'x:y:z', 's', 'why', :detail, :previous, :digest"
    with database.engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO audit_entries ({columns}) VALUES ({values})"),  # noqa: S608 - words of this test
            {"detail": '{"n": 1}', "previous": bytes(32), "digest": old.digest},
        )
    with pytest.raises(UnusableInputError, match="another version"):
        check(database)
    upgrade(database.engine)
    fill(database, 2, first=2)
    entries = [entry for entry, _ in stored(database)]
    assert entries[0] == replace(old, salt=entries[0].salt)
    assert entries[1].address == "10.0.0.7"
    assert len({entry.salt for entry in entries}) == 3
    assert check(database, checkpoint_of(database)).broken is None
    with pytest.raises(DBAPIError, match="only grows"), database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_entries SET actor = 'user:B'")
    downgrade(database.engine, "0019")
    upgrade(database.engine)
    database.close()

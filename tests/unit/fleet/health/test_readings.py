"""What is said of what the service stands on, and what it takes for it to be said."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from unittest.mock import MagicMock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.cameras.broker_link import BrokerLink, BrokerLinkState
from fleet.footage.errors import StoreError
from fleet.footage.store.store import FootageStore
from fleet.health.probes import StoreProbe, read_database, read_disk
from fleet.health.reading import Condition
from fleet.health.rules import (
    broker_elsewhere,
    broker_reading,
    certificates_reading,
    database_reading,
    disk_reading,
    store_reading,
    vault_reading,
)
from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.sealed import WHO, Sealed
from protocol.units import GIB

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@given(st.integers(0, 1 << 50), st.integers(0, 1 << 50))
def test_a_disk_is_good_only_with_room(free: int, total: int) -> None:
    # proves F8
    found = disk_reading("Disk", min(free, total), total)
    if total == 0:
        assert found.condition is Condition.UNKNOWN
    elif found.condition is Condition.GOOD:
        assert min(free, total) / total >= 0.15
        assert not found.step
    else:
        assert found.step


@pytest.mark.parametrize(
    ("free", "condition"), [(50, Condition.GOOD), (14, Condition.WORSE), (4, Condition.BAD)]
)
def test_a_disk_says_how_much_room_there_is(free: int, condition: Condition) -> None:
    found = disk_reading("Disk", free * GIB, 100 * GIB)
    assert found.said == f"{free}.0 GiB of 100.0 GiB are free ({free}%)."
    assert found.condition is condition


def test_what_cannot_be_asked_is_not_known(tmp_path: Path) -> None:
    # proves F8
    found = read_disk("Disk", tmp_path / "nowhere")
    assert (found.condition, found.said) == (Condition.UNKNOWN, "How much room is left is not known.")
    assert read_disk("Disk", tmp_path).condition is not Condition.UNKNOWN


def test_a_slow_database_is_called_slow() -> None:
    assert database_reading("SQLite", None, 0.004).said == "SQLite; it answered in 4 ms."
    assert database_reading("SQLite", 3 << 20, 0.004).said == "SQLite, 3.0 MiB; it answered in 4 ms."
    assert database_reading("SQLite", None, 0.9).condition is Condition.WORSE


def test_a_sealed_vault_says_why() -> None:
    # proves F8
    assert vault_reading(None, 1).said.endswith("holds 1 key that cameras seal to.")
    found = vault_reading(Sealed(VaultOpener(), NOW, why="There is no key file."), 2)
    assert found.condition is Condition.BAD
    assert found.said.endswith("can be opened until its key file can be used again. There is no key file.")
    assert found.step.startswith("Put right what is wrong with its key file")
    found = vault_reading(Sealed(VaultOpener(OpenedBy.HARDWARE), NOW, why="It is off."), 2)
    assert found.said.endswith("until its hardware module can be used again. It is off.")
    assert found.step.startswith("Put right what is wrong with its hardware module")
    found = vault_reading(Sealed(VaultOpener(OpenedBy.PASSPHRASE), NOW), 2)
    assert found.said.endswith("until somebody unseals it with its passphrase.")
    assert found.step.startswith(WHO)


def test_a_broker_is_connected_only_while_it_is() -> None:
    # proves F8
    link = BrokerLink()

    def said() -> tuple[Condition, str]:
        state = link.state
        found = broker_reading(state.connected, state.lost, state.why, "noon")
        return found.condition, found.said

    assert said()[0] is Condition.UNKNOWN
    link.ended(NOW, "refused.")
    assert said()[0] is Condition.UNKNOWN  # it never stood: nothing has ended
    link.stands(NOW)
    assert said() == (Condition.GOOD, "The service is connected to it, since noon.")
    link.ended(NOW + timedelta(minutes=1), "it does not answer.")
    assert said() == (Condition.BAD, "The connection ended at noon: it does not answer.")
    link.ended(NOW + timedelta(minutes=2), "refused.")
    assert link.state == BrokerLinkState(None, NOW + timedelta(minutes=1), "refused.")


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_certificates_are_good_only_if_none_ends(ended: int, ending: int, others: int) -> None:
    # proves F8
    found = certificates_reading(ended, ending, ended + ending + others)
    assert (found.condition is Condition.GOOD) is (ended == ending == 0)
    assert (found.condition is Condition.BAD) is (ended > 0)


class Hanging:
    """A store that hangs until it is let go, and counts who asks."""

    def __init__(self) -> None:
        self.asked = 0
        self.keeps_versions = False
        self.go = threading.Event()
        self.fault = ""

    def list(self, prefix: str) -> tuple[()]:
        assert prefix == "health/"
        self.asked += 1
        self.go.wait()
        if self.fault:
            raise StoreError(self.fault)
        return ()


def test_a_store_that_hangs_is_asked_once_and_holds_up_nobody() -> None:
    store = Hanging()
    probe = StoreProbe(cast("FootageStore", store), "s3://bucket", within_s=0.01)
    for _ in range(5):
        found = probe.read()
        assert found.condition is Condition.BAD
        assert "nothing came within" in found.said
    assert store.asked == 1
    store.go.set()
    patient = StoreProbe(cast("FootageStore", store), "s3://bucket", within_s=60)
    assert patient.read() == store_reading("s3://bucket", None)
    store.fault = "The store refused."
    assert patient.read().said == "s3://bucket; it did not do what it was asked: The store refused."


def test_a_process_without_the_broker_says_that_another_has_it_and_not_how_that_does() -> None:
    # proves F8
    link = BrokerLink()
    assert link.is_here()
    link.is_elsewhere()
    assert not link.is_here()
    assert broker_elsewhere().condition is Condition.UNKNOWN
    link.stands(NOW)
    assert link.is_here()


def test_a_store_that_keeps_old_versions_is_bad_though_it_answers() -> None:
    # proves F3
    found = store_reading("s3://footage", None, keeps_versions=True)
    assert (found.condition, "was found to keep old versions" in found.said) == (Condition.BAD, True)


@pytest.mark.parametrize(
    ("ended", "ending", "enrolled", "said"),
    [
        (0, 0, 0, "No camera is enrolled."),
        (1, 0, 1, "1 of 1 camera has one that has ended."),
        (2, 1, 3, "2 of 3 cameras have one that has ended."),
        (0, 1, 3, "1 of 3 cameras has one that ends within two weeks."),
        (0, 2, 3, "2 of 3 cameras have one that ends within two weeks."),
        (0, 0, 1, "Those of 1 camera are good for two weeks or more."),
    ],
)
def test_certificates_are_counted_as_they_are(ended: int, ending: int, enrolled: int, said: str) -> None:
    # proves F8
    found = certificates_reading(ended, ending, enrolled)
    assert found.said == said
    assert ("enrolled anew" in found.step) is bool(ended)


def test_a_database_that_answers_at_once_is_not_said_to_take_no_time_at_all() -> None:
    # proves F8
    assert database_reading("SQLite", None, 0.0004).said.endswith("it answered in less than a millisecond.")
    assert database_reading("SQLite", None, 0.001).said.endswith("it answered in 1 ms.")


@pytest.mark.parametrize(
    ("dialect", "version", "kind", "question"),
    [
        ("sqlite", (3, 40), "SQLite", "pragma_page_count"),
        ("postgresql", (16, 2), "PostgreSQL 16.2", "pg_database_size"),
        ("postgresql", None, "PostgreSQL", "pg_database_size"),
    ],
)
def test_a_database_is_called_what_it_is(
    dialect: str, version: tuple[int, ...] | None, kind: str, question: str
) -> None:
    # proves F8: its version only where it said one
    asked: list[str] = []

    def answer(statement: object) -> MagicMock:
        asked.append(str(statement))
        return MagicMock(scalar_one=lambda: 1 << 20)

    engine = MagicMock()
    engine.dialect.name, engine.dialect.server_version_info = dialect, version
    engine.connect.return_value.__enter__.return_value.execute = answer
    found = read_database(engine, seconds=iter((0.0, 0.004)).__next__)
    assert found.said == f"{kind}, 1.0 MiB; it answered in 4 ms."
    assert question in asked[-1]

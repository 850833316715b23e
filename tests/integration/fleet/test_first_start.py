"""The first start of a new machine, with every migration and a dear key file: killed, and begun again.

Other tests start fleets that copy their tables and have a cheap key file (``tests.support.programs``).
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fleet.core.database import SQLITE_NAME
from tests.support.programs.quick_start import made_tables

PATIENCE_S = 60
KEPT = ("pki/authority.pem", "pki/authority.key", "vault/key-file", "vault/sealing-key.json")
"""What no later start may make anew: cameras trust the one, and seal to the other."""
hunt = pytest.mark.hunt


@contextmanager
def first_start(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program itself, as whoever installed it starts it."""
    ports = ["--dashboard-port", "0", "--cameras-port", "0", "--mqtt-port", "0", "--any-port"]
    files = ["--state", str(folder / "state"), "--ready-file", str(folder / "ready")]
    program = Path(sys.executable).with_name("lapel-fleet")
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([program, "serve", *files, *ports], stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[bytes], folder: Path, there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not there():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"it did not come so far:\n{(folder / 'log').read_text()}")
        time.sleep(0.001)


def tables(database: sqlite3.Connection) -> list[tuple[str, str, list[str]]]:
    """All that a database is made of: tables, indexes and triggers, each line by line.

    In which order the constraints of a table that was made anew stand is left to chance by SQLAlchemy.
    """
    found = database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    lines = [
        (kind, name, sorted(line.strip(" \t,") for line in (sql or "").splitlines()))
        for kind, name, sql in found
    ]
    return [each for each in lines if not each[1].startswith("sqlite_")]


@pytest.mark.broker
@pytest.mark.parametrize(
    "made",
    [
        pytest.param("pki/authority.key", marks=hunt),
        SQLITE_NAME,
        "vault/key-file",
        pytest.param("vault/sealing-key.json", marks=hunt),
        pytest.param("broker/acl", marks=hunt),
        pytest.param("setup-link", marks=hunt),
    ],
)
def test_a_first_start_that_is_killed_is_gone_on_with(made: str, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with first_start(tmp_path) as killed:
        wait_for(killed, tmp_path, (state / made).exists)
    kept = {name: (state / name).read_bytes() for name in KEPT if (state / name).exists()}

    with first_start(tmp_path) as again:
        wait_for(again, tmp_path, (tmp_path / "ready").exists)

    assert kept == {name: (state / name).read_bytes() for name in kept}
    assert (state / "setup-link").exists(), "the first person is let in by it"
    with sqlite3.connect(state / SQLITE_NAME) as database:
        assert tables(database) == tables(made_tables()), "those that other tests copy"

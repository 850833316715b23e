"""A fleet's state folder, copied from one that was made once.

Making keys and tables anew for each of hundreds of tests is a minute of stretching passwords and creating
tables. The vault's box is one of the lowest cost, which is as good a box: the cost is in it.

A fleet that runs as a process makes its own authority and vault, so that no two of them trust each other's
cameras; it finds its tables, with a token for the tests.
"""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from fleet.core.actor import OPERATOR, Role
from fleet.core.config import FleetConfig
from fleet.core.database import SQLITE_NAME, open_database
from fleet.migrations import upgrade
from fleet.people.tokens import create_token
from fleet.server.compose import build_services
from fleet.vault.keybox import KeyBox, lock, unlock

CHEAP = 2
ALL_ROLES = frozenset(Role)


def lay_out(state: Path, now: datetime) -> None:
    """Put a new fleet's state where there is none, as it would have been made at an instant, to the hour."""
    if not state.exists():
        shutil.copytree(_made(now.replace(minute=0, second=0, microsecond=0)).name, state)


def lay_out_tables(state: Path, now: datetime) -> str:
    """Put a new fleet's tables where there is no state, as they were made at an instant, to the hour.

    Returns:
        A token for its API, with every role.
    """
    folder, token = _made_with_a_token(now.replace(minute=0, second=0, microsecond=0))
    state.mkdir(mode=0o700, parents=True)
    shutil.copy2(Path(folder.name) / "state" / SQLITE_NAME, state)
    return token


def copy_tables(file: Path) -> None:
    """Make an SQLite file with the fleet's tables: a copy of one that was made once."""
    shutil.copy2(Path(_tables().name) / SQLITE_NAME, file)


@functools.cache
def _tables() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="lapel-tables-")
    database = open_database("", Path(folder.name))
    upgrade(database.engine)
    database.close()
    return folder


@functools.cache
def _made_with_a_token(at: datetime) -> tuple[tempfile.TemporaryDirectory[str], str]:
    folder = tempfile.TemporaryDirectory(prefix="lapel-tables-")
    state = Path(folder.name) / "state"
    lay_out(state, at)
    services = build_services(FleetConfig(), state, clock=lambda: at, random=os.urandom)
    with services.sessions.begin() as session:
        token = create_token(session, services, name="tests", roles=ALL_ROLES, by=OPERATOR)
    services.database.close()
    return folder, token


@functools.cache
def _made(at: datetime) -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="lapel-state-")
    build_services(FleetConfig(), Path(folder.name), clock=lambda: at, random=os.urandom).database.close()
    _cheapen(Path(folder.name) / "vault")
    return folder


def _cheapen(vault: Path) -> None:
    """Lock the vault's key anew with what takes no time to unlock."""
    file, secret = vault / "sealing-key.json", (vault / "key-file").read_bytes()
    box = KeyBox.from_json(file.read_bytes())
    file.write_bytes(lock(unlock(box, secret), box.name, secret, os.urandom, cost=CHEAP).to_json())

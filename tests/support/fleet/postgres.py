"""A real PostgreSQL for tests, on a free port, as a user without rights, gone at the end.

``initdb`` refuses to run as root, so root borrows another user. That user cannot enter pytest's folders, so
the cluster has a folder of its own directly under the system's temporary one.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine

from fleet.migrations import upgrade

BORROWED = ("postgres", "nobody")
SETTINGS = {
    "fsync": "off",  # nothing here has to survive, and the disk is shared
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "120",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}


@dataclass(frozen=True)
class Postgres:
    """A running cluster."""

    port: int
    password: str

    def create(self) -> str:
        """Make an empty database and return its SQLAlchemy URL."""
        return self._create("template1")

    def create_with_tables(self) -> str:
        """Make a database with the fleet's tables and return its SQLAlchemy URL.

        It is a copy of one that was made once: every migration for each of a hundred tests is a minute.
        """
        return self._create(self._with_tables)

    @cached_property
    def _with_tables(self) -> str:
        url = self.create()
        engine = create_engine(url, poolclass=NullPool)  # none may be connected to what is copied
        upgrade(engine)
        return url.rpartition("/")[2]

    def _create(self, template: str) -> str:
        name = f"lapel_{secrets.token_hex(6)}"
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return f"postgresql+psycopg://lapel:{self.password}@127.0.0.1:{self.port}/{name}"

    def _conninfo(self, name: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=lapel password={self.password} dbname={name}"


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a cluster; skips the test where PostgreSQL is not installed."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not programs:
        pytest.skip("PostgreSQL is not installed (Debian's package postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="lapel-postgres-"))
    try:
        yield from _run(programs[-1], folder)
    finally:
        shutil.rmtree(folder)


def _run(programs: Path, folder: Path) -> Iterator[Postgres]:
    password, data = secrets.token_hex(8), folder / "data"
    (folder / "password").write_text(password)
    prefix = _borrow(folder)
    auth = ["--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--username=lapel"]
    init = [
        *prefix,
        str(programs / "initdb"),
        "-D",
        str(data),
        "--no-sync",
        "--encoding=UTF8",
        "--locale=C",
        *auth,
    ]
    subprocess.run(init, check=True, capture_output=True)
    port = _free_port()
    options = " ".join(f"-c {name}='{value}'" for name, value in {**SETTINGS, "port": str(port)}.items())
    control = [*prefix, str(programs / "pg_ctl"), "-D", str(data), "-w"]
    subprocess.run(
        [*control, "-l", str(folder / "log"), "-o", options, "start"], check=True, capture_output=True
    )
    try:
        yield Postgres(port, password)
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)


def _borrow(folder: Path) -> list[str]:
    """Words before a command that run it without root's rights."""
    if os.geteuid() != 0:
        return []
    user = next(name for name in BORROWED if _exists(name))
    entry = pwd.getpwnam(user)
    for path in (folder, *folder.iterdir()):
        os.chown(path, entry.pw_uid, entry.pw_gid)
    return ["runuser", "-u", user, "--"]


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port

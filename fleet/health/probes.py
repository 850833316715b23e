"""Asks what the service stands on how it is doing. Each answers within a few seconds, whatever hangs."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fleet.cameras.models import CameraRow
from fleet.footage.errors import StoreError
from fleet.footage.store.store import FootageStore
from fleet.health.reading import Reading
from fleet.health.rules import (
    certificates_reading,
    database_reading,
    disk_reading,
    store_reading,
    vault_reading,
)
from fleet.vault.vault import Vault

WITHIN_S = 3.0
SOON = timedelta(days=14)
NOWHERE = "health/"
"""A prefix under which nothing is ever kept, so that listing it costs nothing."""


class StoreProbe:
    """Asks a footage store whether it answers, one question at a time: one that hangs holds one thread."""

    def __init__(self, store: FootageStore, where: str, *, within_s: float = WITHIN_S) -> None:
        """Prepare it.

        Args:
            store: what is asked.
            where: what it is called: no secret may be in it.
            within_s: seconds until it counts as not answering.
        """
        self._store = store
        self._where = where
        self._within_s = within_s
        self._guard = threading.Lock()
        self._asking: threading.Thread | None = None
        self._fault: str | None = None

    def read(self) -> Reading:
        """Ask, or wait for what was asked before."""
        with self._guard:
            if self._asking is None or not self._asking.is_alive():
                self._asking = threading.Thread(target=self._ask, name="store probe", daemon=True)
                self._asking.start()
            asking = self._asking
        asking.join(self._within_s)
        if asking.is_alive():
            return store_reading(self._where, f"nothing came within {self._within_s:.0f} s")
        return store_reading(self._where, self._fault, keeps_versions=self._store.keeps_versions)

    def _ask(self) -> None:
        self._fault = "asking it failed"  # unless something better is known
        try:
            self._store.list(NOWHERE)
        except StoreError as error:
            self._fault = str(error).rstrip(".")
        else:
            self._fault = None


def read_disk(name: str, folder: Path) -> Reading:
    """Ask how much room there is where a folder lies."""
    try:
        total, _used, free = shutil.disk_usage(folder)
    except OSError:
        return disk_reading(name, None, None)
    return disk_reading(name, free, total)


def read_database(engine: Engine, *, seconds: Callable[[], float] = time.perf_counter) -> Reading:
    """Ask the database for nothing, and how large it is."""
    began = seconds()
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        took_s = seconds() - began
        kind, size = _kind(engine), None
        try:
            question = (
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
                if engine.dialect.name == "sqlite"
                else "SELECT pg_database_size(current_database())"
            )
            size = int(connection.execute(text(question)).scalar_one())
        except SQLAlchemyError:  # a database may refuse to say, and answers all the same
            size = None
    return database_reading(kind, size, took_s)


def read_vault(vault: Vault) -> Reading:
    """Ask the vault whether it is sealed, and how many keys cameras seal to."""
    return vault_reading(vault.sealed(), len(vault.recipients()))


def read_certificates(session: Session, now: datetime) -> Reading:
    """Count the enrolled cameras, and those whose certificate has ended or ends soon."""
    enrolled = select(func.count()).select_from(CameraRow).where(CameraRow.revoked.is_(None))
    ended = enrolled.where(CameraRow.certificate_expires <= now)
    ending = enrolled.where(CameraRow.certificate_expires > now, CameraRow.certificate_expires <= now + SOON)
    counts = [session.scalar(each) or 0 for each in (ended, ending, enrolled)]
    return certificates_reading(*counts)


def _kind(engine: Engine) -> str:
    if engine.dialect.name == "sqlite":
        return "SQLite"
    version = engine.dialect.server_version_info
    return "PostgreSQL" if version is None else f"PostgreSQL {'.'.join(str(each) for each in version)}"

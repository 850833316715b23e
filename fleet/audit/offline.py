"""Reading a log and checkpoints for whoever checks them by themselves, apart from the service.

Rules:
- nothing is changed: SQLite is opened for reading alone, and no table is brought up to date;
- nothing that lies beside a log is trusted: keys and checkpoints are what the caller names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from fleet.audit.checkpoints.checkpoint import SignedCheckpoint, parse_checkpoint
from fleet.audit.checkpoints.note import LONGEST, NoteError, NoteKey, key_of_certificate, parse_key
from fleet.audit.checkpoints.places import FolderPlace
from fleet.audit.export import LONGEST_LINE
from fleet.audit.models import AuditEntry
from fleet.audit.rows import Stored, iter_stored
from fleet.core.database import reason
from fleet.core.errors import FleetError

_PEM = b"-----BEGIN CERTIFICATE-----"
_EXPORT = b'{"format":'
_READ_ONLY = {"options": "-c default_transaction_read_only=on"}


class UnusableInputError(FleetError):
    """A log, a checkpoint or a key cannot be read."""

    exit_code = 2


@contextmanager
def open_log(address: str) -> Iterator[Iterator[Stored]]:
    """Open the log of a database, by the path of an SQLite file or by the URL of a PostgreSQL database.

    Raises:
        UnusableInputError: it cannot be read, or holds no audit log of this version.
    """
    engine = _engine(address)
    try:
        with engine.connect() as connection:
            _check_columns(engine)
            yield iter_stored(connection)
    except SQLAlchemyError as error:
        raise UnusableInputError(f"The database cannot be read: {reason(error)}.") from error
    finally:
        engine.dispose()


def is_export(address: str) -> bool:
    """Say whether a file is an export rather than a database."""
    try:
        with Path(address).open("rb") as file:
            return file.read(len(_EXPORT)) == _EXPORT
    except OSError:
        return False  # it may be the URL of a database; whoever opens it says what is wrong


@contextmanager
def open_export(path: Path) -> Iterator[Iterator[bytes]]:
    """Open an export, line by line; a line that is too long is given in part, and is none then."""
    with path.open("rb") as file:
        yield iter(lambda: file.readline(LONGEST_LINE + 1), b"")


def read_checkpoints(paths: Iterable[Path]) -> list[SignedCheckpoint]:
    """Read checkpoints, each from a file or all that are in a folder.

    Raises:
        UnusableInputError: one cannot be read, or a folder holds none.
    """
    found = []
    for path in paths:
        files = [path]
        if path.is_dir():
            files = [path / name for name in FolderPlace(path).names()]
            if not files:
                raise UnusableInputError(f"There is no checkpoint in {path}.")
        found += [_read(file) for file in files]
    return found


def read_keys(paths: Iterable[Path], checkpoints: Sequence[SignedCheckpoint]) -> list[NoteKey]:
    """Read keys: each a line as ``lapel-fleet audit key`` prints it, or a certificate in PEM.

    A certificate names no log: it counts for the logs that the checkpoints are of.

    Raises:
        UnusableInputError: one cannot be read.
    """
    origins = sorted({each.checkpoint.origin for each in checkpoints})
    found = []
    for path in paths:
        data = _bytes(path)
        try:
            if data.startswith(_PEM):
                found += [key_of_certificate(data, origin) for origin in origins]
            else:
                found.append(parse_key(data.decode("utf-8", "replace")))
        except NoteError as error:
            raise UnusableInputError(f"{path} cannot be used as a key. {error}") from error
    return found


def _read(path: Path) -> SignedCheckpoint:
    try:
        return parse_checkpoint(_bytes(path))
    except NoteError as error:
        raise UnusableInputError(f"{path} cannot be used as a checkpoint. {error}") from error


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST + 1)
    except OSError as error:
        raise UnusableInputError(f"{path} cannot be read: {error.strerror or error}.") from error


def _engine(address: str) -> Engine:
    if "://" not in address:
        path = Path(address)
        if not path.is_file():
            raise UnusableInputError(f"There is no database {address}.")
        uri = f"{path.absolute().as_uri()}?mode=ro"
        return create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True))
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise UnusableInputError("The address is neither a file nor the URL of a database.") from error
    if url.get_backend_name() == "sqlite" and url.database:
        return _engine(url.database)
    if url.drivername != "postgresql+psycopg":
        raise UnusableInputError("The URL of a database begins with postgresql+psycopg://.")
    return create_engine(url, connect_args=_READ_ONLY)


def _check_columns(engine: Engine) -> None:
    look = inspect(engine)
    if not look.has_table(AuditEntry.__tablename__):
        raise UnusableInputError("The database holds no audit log.")
    there = {each["name"] for each in look.get_columns(AuditEntry.__tablename__)}
    missing = {each.name for each in AuditEntry.__table__.columns} - there
    if missing:
        raise UnusableInputError(
            "The audit log is of another version of Lapel: "
            f"the column {min(missing)} is missing. Check a copy after: lapel-fleet db upgrade."
        )

"""Reading rows of the log that somebody may have tampered with.

Rules:
- each column is taken as the database holds it and judged here: a time that is none, a text that is a blob or
  a detail that is no object of words and whole numbers makes the entry unreadable, with the reason, and stops
  nobody who reads the others;
- what this service wrote is read back as it was, byte for byte of its digest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, select, type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import NullType

from fleet.audit.chain import SALT_BYTES, Detail, Entry, EntryVersion
from fleet.audit.models import AuditEntry
from fleet.core.database import reason
from protocol.units import utc_us

_PAGE = 1000
_DIGEST_BYTES = 32
_SQLITE_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", re.ASCII)
_LARGEST = (1 << 63) - 1

Stored = tuple[Entry, bytes]


class UnreadableEntryError(ValueError):
    """A row of the log is no entry; the message says why, as the end of a sentence."""


def stored_columns() -> Select[Any]:
    """Return the query of the columns as the database holds them, in no order."""
    return select(
        _raw(AuditEntry.number),
        _raw(AuditEntry.utc),
        _raw(AuditEntry.actor),
        _raw(AuditEntry.action),
        _raw(AuditEntry.subject),
        _raw(AuditEntry.purpose),
        cast(AuditEntry.detail, Text),
        _raw(AuditEntry.address),
        _raw(AuditEntry.version),
        _raw(AuditEntry.salt),
        _raw(AuditEntry.previous),
        _raw(AuditEntry.digest),
    )


def iter_stored(source: Session | Connection, *, after: int = 0) -> Iterator[Stored]:
    """Give the entries from the one after ``after`` on, in the order of their numbers, each with its digest.

    Raises:
        UnreadableEntryError: the next row is no entry.
    """
    query = stored_columns().order_by(AuditEntry.number)
    last = after
    try:
        for row in source.execute(query.where(AuditEntry.number > after).execution_options(yield_per=_PAGE)):
            yield read_row(row)
            last = row[0]
    except DBAPIError:
        # SQLite says so of a text that is not UTF-8, for all the rows that it was reading at once.
        yield from _one_by_one(source, query, last)


def _one_by_one(source: Session | Connection, query: Select[Any], last: int) -> Iterator[Stored]:
    """Give the entries up to the one that the database cannot give."""
    try:
        while (row := source.execute(query.where(AuditEntry.number > last).limit(1)).first()) is not None:
            yield read_row(row)
            last = row[0]
    except DBAPIError as error:
        raise UnreadableEntryError(f"the database says: {reason(error)}") from error


def _raw(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Return a column as the driver gives it, whatever somebody may have put there."""
    return type_coerce(column, NullType())


def read_row(row: Sequence[Any]) -> Stored:
    """Return the entry of a row and the digest stored beside it.

    Raises:
        UnreadableEntryError: it is none.
    """
    number, utc, actor, action, subject, purpose, detail, address, version, salt, previous, digest = row
    entry = Entry(
        number=_whole("number", number),
        utc_us=_time(utc),
        actor=_text("actor", actor),
        action=_text("action", action),
        subject=_text("subject", subject),
        purpose=_text("purpose", purpose),
        detail=read_detail(_text("detail", detail)),
        previous=_bytes("digest of the entry before", previous, _DIGEST_BYTES),
        address=_text("address", address),
        salt=_bytes("salt", salt, SALT_BYTES),
        version=_version(version),
    )
    return entry, _bytes("digest", digest, _DIGEST_BYTES)


def read_detail(text: str) -> Detail:
    """Read the detail of an entry from its JSON.

    Raises:
        UnreadableEntryError: it is no object of words and whole numbers, or names something twice.
    """
    try:
        found = json.loads(text, object_pairs_hook=_pairs)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableEntryError("its detail is no JSON") from error
    except UnreadableEntryError:
        raise
    except ValueError as error:  # a number of more figures than Python reads
        raise UnreadableEntryError("its detail is no JSON that can be read") from error
    if not isinstance(found, dict):
        raise UnreadableEntryError("its detail is no object")
    for key, value in found.items():
        _text("detail", key)
        if isinstance(value, str):
            _text("detail", value)
        elif type(value) is not int:
            raise UnreadableEntryError("its detail holds what is neither words nor a whole number")
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableEntryError("its detail names something twice")
    return found


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise UnreadableEntryError(f"its {name} is no text")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableEntryError(f"its {name} is no text that can be written") from error
    return value


def _whole(name: str, value: object) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise UnreadableEntryError(f"its {name} is no number")
    return value


def _version(value: object) -> EntryVersion:
    try:
        return EntryVersion(_whole("version", value))
    except ValueError as error:
        raise UnreadableEntryError("it is of a version that is not known") from error


def _bytes(name: str, value: object, length: int) -> bytes:
    if not isinstance(value, bytes | memoryview) or len(value) != length:
        raise UnreadableEntryError(f"its {name} is not {length} bytes")
    return bytes(value)


def _time(value: object) -> int:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise UnreadableEntryError("its time has no zone")
        return utc_us(value.astimezone(UTC))
    if not isinstance(value, str) or not _SQLITE_TIME.fullmatch(value):
        raise UnreadableEntryError("its time is no time")
    try:
        return utc_us(datetime.fromisoformat(value).replace(tzinfo=UTC))
    except ValueError as error:
        raise UnreadableEntryError("its time is no time") from error

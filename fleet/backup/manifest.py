"""What a backup says of itself: every file and object with its digest, and what is not in it. Pure.

It is the last member of the archive, sealed with the rest; so whoever opens the archive knows that these are
the digests that were written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from fleet.backup.errors import ArchiveError

VERSION = 1
_KIND = "lapel backup"
_PATH = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, order=True)
class KeptFile:
    """A file or an object: its path, its size in bytes, and its SHA-256 in hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup.

    Attributes:
        made: as of when the database is.
        product: the version that made it.
        fleet: the fingerprint of the fleet's authority.
        entries: how many entries its audit log has.
        files: what the archive holds besides this.
        footage: the objects below ``footage``; None where footage was left out.
        store: where the footage is; empty for the state folder.
        database: ``sqlite`` or ``postgresql``.
        left_out: files that the configuration names elsewhere and that are not in it, by their keys.
        without_copy: the ids of the vault's keys in it that the recovery key does not open, in hex: they were
            made so short a time before that they were not sealed to it yet. None in a backup of before,
            where that was not looked at.
    """

    made: datetime
    product: str
    fleet: str
    entries: int
    files: tuple[KeptFile, ...]
    footage: tuple[KeptFile, ...] | None
    store: str
    database: str
    left_out: Mapping[str, str]
    without_copy: tuple[str, ...] | None = None

    def to_json(self) -> bytes:
        """Return the member of the archive."""
        document = {
            **asdict(self),
            "kind": _KIND,
            "version": VERSION,
            "made": self.made.isoformat(),
            "left_out": dict(self.left_out),
        }
        return json.dumps(document).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        """Read it.

        Raises:
            ArchiveError: it is none of this version.
        """
        try:
            document: dict[str, Any] = json.loads(data)
            if document["kind"] != _KIND or document["version"] != VERSION:
                raise ArchiveError(
                    "This version does not know the archive's format; install the one that made it."
                )
            footage, without = document["footage"], document.get("without_copy")
            return cls(
                made=datetime.fromisoformat(document["made"]),
                product=str(document["product"]),
                fleet=str(document["fleet"]),
                entries=int(document["entries"]),
                files=kept_of(document["files"]),
                footage=None if footage is None else kept_of(footage),
                store=str(document["store"]),
                database=str(document["database"]),
                left_out={str(key): str(path) for key, path in document["left_out"].items()},
                without_copy=None if without is None else keys_of(without),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ArchiveError("The archive holds no list of its contents that can be read.") from error


def kept_of(rows: Iterable[Mapping[str, Any]]) -> tuple[KeptFile, ...]:
    """Read a list of files.

    Raises:
        ValueError: one of them has no usable path, size or digest.
    """
    found = tuple(KeptFile(str(row["path"]), int(row["size"]), str(row["sha256"])) for row in rows)
    for each in found:
        if not is_path(each.path) or each.size < 0 or _SHA256.fullmatch(each.sha256) is None:
            raise ValueError(f"{each.path!r} is no entry of a list of files")
    return found


def keys_of(ids: Iterable[Any]) -> tuple[str, ...]:
    """Read a list of ids of keys.

    Raises:
        ValueError: one of them is none.
    """
    found = tuple(map(str, ids))
    if not all(map(_SHA256.fullmatch, found)):
        raise ValueError("that is no list of keys")
    return found


def is_path(text: str) -> bool:
    """Say whether a path stays below the folder that it is put into.

    >>> is_path("recordings/cam-01/ledger.cbor"), is_path("../x"), is_path("/x"), is_path("a/./b")
    (True, False, False, False)
    """
    return _PATH.fullmatch(text) is not None and not {".", ".."} & set(text.split("/"))

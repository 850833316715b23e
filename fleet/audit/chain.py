"""The entries of the audit log, and the hash chain through them. Pure: no database, no clock.

Rules:
- an entry's digest covers its number, time, actor, action, subject, purpose, detail and the digest before it;
  that of an entry of the second version its address and salt too;
- numbers begin at 1 and have no holes; the digest before the first entry is 32 zero bytes;
- so an edit, a removal in the middle, an insertion or a swap is found by whoever recomputes the chain.
  Cutting off the end, or writing all of it anew, is found only by what is kept elsewhere
  (``fleet.audit.check``);
- an entry's leaf, from which the Merkle tree is made, begins with its salt and leaves out the digest before
  it: who is shown one entry with its proof learns and guesses nothing of any other.

The bytes that are hashed: ``lapel audit v1`` or ``lapel audit v2`` and a zero byte, then the JSON array of
the fields as below, UTF-8, no spaces, keys of the detail sorted, times as whole microseconds since 1970
UTC. Those of a leaf begin with ``lapel audit leaf v1`` and a zero byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from fleet.audit.merkle.tree import leaf_hash
from protocol.units import utc_moment

START = bytes(32)
REFUSED = ":refuse"
"""How the action of a refusal ends."""

SALT_BYTES = 16
_LEAF = b"lapel audit leaf v1\x00"
_LEAF_FIELDS = (
    "salt",
    "version",
    "number",
    "utc_us",
    "actor",
    "action",
    "subject",
    "purpose",
    "detail",
    "address",
)


class EntryVersion(IntEnum):
    """How an entry's digest is made."""

    PLAIN = 1
    """Without address and salt; written before there were any."""
    SALTED = 2


_DOMAINS = {EntryVersion.PLAIN: b"lapel audit v1\x00", EntryVersion.SALTED: b"lapel audit v2\x00"}

Detail = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        number: 1 for the first, then one more each.
        utc_us: wall time, microseconds since 1970 UTC.
        actor: who, as ``user:…``, ``token:…``, ``camera:…`` or ``fleet``.
        action: what, as ``source:subject:action``, such as ``api:assignment:start``.
        subject: the id of what it was done to.
        purpose: why, in the actor's words; empty where no purpose is asked for.
        detail: further facts.
        previous: the digest of the entry before.
        address: where the request came from, as the service saw it; empty where there was none.
        salt: random bytes, without which nobody can tell an entry by its leaf.
        version: how its digest is made.
    """

    number: int
    utc_us: int
    actor: str
    action: str
    subject: str
    purpose: str
    detail: Detail
    previous: bytes
    address: str = ""
    salt: bytes = b""
    version: EntryVersion = EntryVersion.PLAIN

    @property
    def digest(self) -> bytes:
        """The SHA-256 that the next entry refers to."""
        more = [] if self.version is EntryVersion.PLAIN else [self.address, self.salt.hex()]
        return hashlib.sha256(
            _DOMAINS[self.version] + _json([*self._facts, *more, self.previous.hex()])
        ).digest()

    @property
    def utc(self) -> datetime:
        """When it was written."""
        return utc_moment(self.utc_us)

    @property
    def is_refusal(self) -> bool:
        """Whether it is of something that was refused."""
        return self.action.endswith(REFUSED)

    @property
    def leaf_data(self) -> bytes:
        """What the entry is in the Merkle tree."""
        return _LEAF + _json([self.salt.hex(), int(self.version), *self._facts, self.address])

    @property
    def leaf(self) -> bytes:
        """The hash of its leaf."""
        return leaf_hash(self.leaf_data)

    @property
    def _facts(self) -> list[object]:
        return [
            self.number,
            self.utc_us,
            self.actor,
            self.action,
            self.subject,
            self.purpose,
            dict(self.detail),
        ]


def leaf_fields(data: bytes) -> dict[str, Any] | None:
    """Return the fields of an entry by its leaf; None for what is none of an entry."""
    try:
        fields = json.loads(data.removeprefix(_LEAF).decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not data.startswith(_LEAF) or not isinstance(fields, list) or len(fields) != len(_LEAF_FIELDS):
        return None
    return dict(zip(_LEAF_FIELDS, fields, strict=True))


def _json(fields: list[object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """A digest known from elsewhere: the log must still contain it.

    Attributes:
        number: the entry's number.
        digest: its digest.
    """

    number: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold.

    Attributes:
        number: the number of the entry concerned.
        reason: one sentence.
    """

    number: int
    reason: str


class ChainCheck:
    """Checks entries one after the other, in the order of their numbers, against the chain alone.

    Attributes:
        number: the number of the last one that was taken.
    """

    def __init__(self, number: int = 0, previous: bytes = START) -> None:
        """Begin after an entry, by its number and digest."""
        self.number = number
        self._previous = previous

    def add(self, entry: Entry, stored: bytes) -> Broken | None:
        """Take the next entry with the digest stored beside it; return where the chain does not hold."""
        self.number += 1
        number = self.number
        if entry.number != number:
            return Broken(number, f"Entry {entry.number} stands where entry {number} belongs.")
        if entry.previous != self._previous:
            return Broken(number, f"Entry {number} does not follow from the entry before it.")
        self._previous = entry.digest
        if stored != self._previous:
            return Broken(
                number, f"Entry {number} does not fit the digest beside it: one of the two was changed."
            )
        return None


def verify_chain(entries: Iterable[tuple[Entry, bytes]], *, known: KnownEntry | None = None) -> Broken | None:
    """Check entries, each with the digest stored beside it, in order; None when all holds."""
    chain, met = ChainCheck(), known is None
    for entry, stored in entries:
        broken = chain.add(entry, stored)
        if broken is not None:
            return broken
        if known is not None and known.number == entry.number:
            if known.digest != stored:
                return Broken(known.number, f"Entry {known.number} is not the one that was known.")
            met = True
    if known is not None and not met:
        return Broken(known.number, f"The log ends at entry {chain.number}, before the one that was known.")
    return None

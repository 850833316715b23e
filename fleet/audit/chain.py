"""The hash chain of the audit log. Pure: no database, no clock.

Rules:
- an entry's digest covers its number, time, actor, action, subject, purpose, detail and the digest before it;
- numbers begin at 1 and have no holes; the digest before the first entry is 32 zero bytes;
- so an edit, a removal in the middle, an insertion or a swap is found by whoever recomputes the chain.
  Cutting off the end is found only with a checkpoint kept elsewhere: ``verify_chain`` takes one.

The bytes that are hashed: ``lapel audit v1`` and a zero byte, then the JSON array of the fields as below,
UTF-8, no spaces, keys of the detail sorted, times as whole microseconds since 1970 UTC.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

START = bytes(32)
_DOMAIN = b"lapel audit v1\x00"

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
    """

    number: int
    utc_us: int
    actor: str
    action: str
    subject: str
    purpose: str
    detail: Detail
    previous: bytes

    @property
    def digest(self) -> bytes:
        """The SHA-256 that the next entry refers to."""
        fields = [
            self.number,
            self.utc_us,
            self.actor,
            self.action,
            self.subject,
            self.purpose,
            dict(self.detail),
            self.previous.hex(),
        ]
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(_DOMAIN + text.encode("utf-8")).digest()


@dataclass(frozen=True, slots=True)
class Checkpoint:
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


def verify_chain(
    entries: Iterable[tuple[Entry, bytes]], *, checkpoint: Checkpoint | None = None
) -> Broken | None:
    """Check entries, each with the digest stored beside it, in order; None when all holds."""
    number, previous, met = 0, START, checkpoint is None
    for entry, stored in entries:
        number += 1
        if entry.number != number:
            return Broken(number, f"Entry {number} is missing: entry {entry.number} stands in its place.")
        if entry.previous != previous:
            return Broken(number, f"Entry {number} does not follow from the entry before it.")
        previous = entry.digest
        if stored != previous:
            return Broken(number, f"Entry {number} was changed after it was written.")
        if checkpoint is not None and checkpoint.number == number:
            if checkpoint.digest != previous:
                return Broken(number, f"Entry {number} is not the one that the checkpoint saw.")
            met = True
    if checkpoint is not None and not met:
        return Broken(checkpoint.number, f"The log ends at entry {number}, before the checkpoint's.")
    return None

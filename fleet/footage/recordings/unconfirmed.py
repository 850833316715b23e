"""Numbers that a card never confirmed, as a row of the database keeps them (L3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from protocol.footage.ledger.unconfirmed import Unconfirmed


def unconfirmed_json(found: Iterable[Unconfirmed]) -> list[list[Any]]:
    """Return them as JSON: each its number and, in hex, the digest of its ``open``, where there is one."""
    return [[each.number, None if each.open_digest is None else each.open_digest.hex()] for each in found]


def unconfirmed_of_json(kept: Sequence[Sequence[Any]] | None) -> tuple[Unconfirmed, ...]:
    """Return what ``unconfirmed_json`` made JSON; nothing of a row that was written before they were kept."""
    return tuple(
        Unconfirmed(number, None if digest is None else bytes.fromhex(digest))
        for number, digest in kept or ()
    )

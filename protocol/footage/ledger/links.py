"""What ties a ledger's record to those before it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Links:
    """The links of one record.

    Attributes:
        previous: The digest of the record before it; None in an ``open``, which follows nothing.
        ledger: SHA-256 of all bytes of the file before it; in a ``close`` alone.
    """

    previous: bytes | None = None
    ledger: bytes | None = None

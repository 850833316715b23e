"""What the verifier knows of a recording's ledger once it was judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protocol.footage.verifying.results.finding import Finding, Rule

if TYPE_CHECKING:
    from protocol.footage.format.certificates import Identity
    from protocol.footage.format.model import Gap
    from protocol.footage.ledger.conditions import ConditionSpan
    from protocol.footage.ledger.ledger import Close, LedgerEvent, Open
    from protocol.footage.ledger.unconfirmed import Unconfirmed


@dataclass(slots=True)
class LedgerView:
    """What the ledger says, and what is wrong with it.

    Attributes:
        opening: The ``open`` record; None when it cannot be read or does not hold, and then nothing is known.
        open_digest: Its digest.
        records: The digests of all records that could be read, in order.
        identity: Whose signatures count; None when the certificates do not hold.
        trusted: Whether the authority is one of the caller's.
        close: The ``close`` record, None when there is none that holds.
        close_offset: Where its body begins.
        keyed_to: The last chunk that has keys; the recording's first less one when none has.
        gaps: What its events state as missing.
        conditions: What its events say was wrong with picture or sound that came.
        unconfirmed: Numbers before its own that its events say were never confirmed.
        consents: Its events that tell of consent, in order.
        last_event: The last event that holds.
        rolled_over: Whether the recording goes on in another one.
        findings: What is wrong.
        length: The ledger's length in bytes.
        sha256: SHA-256 of all its bytes.
    """

    opening: Open | None = None
    open_digest: bytes = b""
    records: list[bytes] = field(default_factory=list)
    identity: Identity | None = None
    trusted: bool = False
    close: Close | None = None
    close_offset: int = 0
    keyed_to: int = -1
    gaps: list[Gap] = field(default_factory=list)
    conditions: list[ConditionSpan] = field(default_factory=list)
    unconfirmed: list[Unconfirmed] = field(default_factory=list)
    consents: list[LedgerEvent] = field(default_factory=list)
    last_event: LedgerEvent | None = None
    rolled_over: bool = False
    findings: list[Finding] = field(default_factory=list)
    length: int = 0
    sha256: bytes = b""

    @property
    def holds(self) -> bool:
        """Whether every record of the ledger could be relied upon. An authority nobody trusts still signs."""
        return all(finding.rule is Rule.AUTHORITY for finding in self.findings)

    @property
    def due_ns(self) -> int | None:
        """Until when the recording was made, and so what its last chunk must reach, on the boot-time clock.

        None where that is not known, as nobody closed it. None after a roll-over as well: the chunk that was
        being filled then went to the next recording, which begins where this one's last chunk ends.
        """
        return self.close.at_ns if self.close is not None and not self.rolled_over else None

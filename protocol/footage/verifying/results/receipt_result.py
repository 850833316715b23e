"""What the verifier found of the receipt beside a recording: who signed it, when, and for which bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.verifying.results.wording import utc

if TYPE_CHECKING:
    from protocol.footage.verifying.results.json_value import JsonValue


@dataclass(frozen=True, slots=True)
class ReceiptResult:
    """A receipt whose own signature holds.

    Attributes:
        fits: Whether it is for exactly these files, and under the authority that named the camera.
        received_utc_us: When the fleet received them, by the fleet's clock: microseconds since 1970.
        signer: The common name of the certificate that it was signed with.
        authority: SHA-256 fingerprint (hex) of the authority that issued it.
        authority_checked: Whether that authority is one of those that the caller trusts.
        verdict: What the fleet's verifier said.
        open_digest: The digest of the ``open`` that it is for.
        ledger_sha256: SHA-256 of the ledger that it is for.
        ledger_length: That ledger's length in bytes.
        segments: How many segments it names, each by length and SHA-256.
    """

    fits: bool
    received_utc_us: int
    signer: str
    authority: str
    authority_checked: bool
    verdict: str
    open_digest: bytes
    ledger_sha256: bytes
    ledger_length: int
    segments: int

    def to_json(self) -> JsonValue:
        """The receipt as JSON."""
        return {
            "fits": self.fits,
            "received_utc_us": self.received_utc_us,
            "received": utc(self.received_utc_us),
            "signer": self.signer,
            "authority": self.authority,
            "authority_checked": self.authority_checked,
            "verdict": self.verdict,
            "open_digest": self.open_digest.hex(),
            "ledger_sha256": self.ledger_sha256.hex(),
            "ledger_length": self.ledger_length,
            "segments": self.segments,
        }

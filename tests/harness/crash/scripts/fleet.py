"""A fleet in memory, as far as a camera's uploader sees it: what its clients would have reached.

It holds what it was sent and never takes anything else for it; it verifies a recording that is said to be
complete and signs a receipt. Nothing here crashes: the camera does.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from device.link.errors import RefusedError, UnreachableError
from device.link.identity.client import Renewed
from device.link.uploads.contents import Digest
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.ledger.ledger import LEDGER_NAME, read_ledger
from protocol.footage.receipt import Receipt, SegmentDigest, sign_receipt
from protocol.footage.verifying.verify import verify_recording
from protocol.messages.uploads import CompleteRequest, SegmentInfo, UploadedRecording, UploadState
from tests.harness.crash.scripts.acknowledged import Sent
from tests.harness.crash.scripts.teller import Say
from tests.support.media.recordings import TestIdentity, renew_certificate

RECEIVED_UTC_US = 1_800_000_000_000_000
CONFLICT = 409


@dataclass
class Copy:
    """What the fleet holds of one recording."""

    ledger: bytes = b""
    segments: dict[str, bytes] = field(default_factory=dict)
    receipt: bytes | None = None


@dataclass
class MemoryFleet:
    """A fleet. ``say`` hears what it was sent; ``lose`` decides whether an answer is lost on its way back."""

    identity: TestIdentity
    say: Say = lambda _what, _detail: None
    lose: Callable[[], bool] = lambda: False
    copies: dict[int, Copy] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)
    serial: int = 100

    def restored(self, sent: dict[int, Sent]) -> MemoryFleet:
        """A fleet that holds only this, of what this one has ever been sent."""
        copies = {
            number: Copy(
                ledger=self.kept[each.ledger[1]] if each.ledger[1] else b"",
                segments={name: self.kept[sha256] for name, sha256 in each.segments.items()},
            )
            for number, each in sent.items()
        }
        return MemoryFleet(self.identity, copies=copies)

    def held(self, number: int, _recording: str) -> UploadedRecording | None:
        copy = self.copies.get(number)
        if copy is None:
            return None
        segments = tuple(
            SegmentInfo(name=name, size=len(data), sha256=self._keep(data))
            for name, data in sorted(copy.segments.items())
        )
        return UploadedRecording(
            state=UploadState.UPLOADING, segments=segments, ledger_length=len(copy.ledger)
        )

    def put_ledger(self, number: int, _recording: str, offset: int, digest: Digest, data: bytes) -> int:
        copy = self.copies.setdefault(number, Copy())
        _whole(digest, data)
        known = copy.ledger[offset : offset + len(data)]
        if offset > len(copy.ledger) or not data.startswith(known):
            raise RefusedError(
                "The ledger is not what the fleet holds.", status=CONFLICT, code="ledger_conflict"
            )
        copy.ledger = max(copy.ledger, copy.ledger[:offset] + data, key=len)
        detail: dict[str, int | str] = {
            "number": number,
            "length": len(copy.ledger),
            "sha256": self._keep(copy.ledger),
        }
        self._answer("sent ledger", detail)
        return len(copy.ledger)

    def put_segment(
        self, number: int, _recording: str, name: str, digest: Digest, blocks: Iterable[bytes]
    ) -> None:
        copy = self.copies.setdefault(number, Copy())
        data = b"".join(blocks)
        _whole(digest, data)
        if copy.segments.setdefault(name, data) != data:
            raise RefusedError(f"The fleet holds another {name}.", status=CONFLICT, code="segment_conflict")
        self._answer("sent segment", {"number": number, "name": name, "sha256": self._keep(data)})

    def complete(self, number: int, request: CompleteRequest) -> None:
        copy = self.copies[number]
        files = {LEDGER_NAME: copy.ledger, **copy.segments}
        listed = {segment.name: segment.sha256 for segment in request.segments}
        report = verify_recording(files, authorities=(self.identity.authority,))
        if (
            not report.ok
            or request.ledger_sha256 != self._keep(copy.ledger)
            or listed != {name: self._keep(data) for name, data in copy.segments.items()}
        ):
            raise RefusedError(f"Recording {number}: {report.sentence}", status=CONFLICT, code="altered")
        copy.receipt = self._receipt(number, copy, report.verdict)

    def receipt(self, number: int, _recording: str) -> bytes | None:
        return self.copies[number].receipt

    def renew(self, request_pem: str) -> Renewed:
        key = x509.load_pem_x509_csr(request_pem.encode()).public_key()
        if not isinstance(key, Ed25519PublicKey):
            raise TypeError("internal error: a camera's key is an Ed25519 key")
        self.serial += 1
        certificate = renew_certificate(self.identity.camera, key, serial=self.serial)
        self.say("identity asked", {"sha256": hashlib.sha256(certificate).hexdigest()})
        return Renewed(
            certificate_pem=ssl.DER_cert_to_PEM_cert(certificate),
            authority_pem=ssl.DER_cert_to_PEM_cert(self.identity.authority),
        )

    def _receipt(self, number: int, copy: Copy, verdict: str) -> bytes:
        ledger = read_ledger(copy.ledger)
        receipt = Receipt(
            camera=self.identity.camera,
            recording=ledger.open.recording,
            number=number,
            open_digest=ledger.open_digest,
            ledger_sha256=hashlib.sha256(copy.ledger).digest(),
            ledger_length=len(copy.ledger),
            segments=tuple(
                SegmentDigest(name, len(content), hashlib.sha256(content).digest())
                for name, content in sorted(copy.segments.items())
            ),
            verdict=verdict,
            received_utc_us=RECEIVED_UTC_US,
        )
        chain = (self.identity.receipts_certificate, self.identity.authority)
        return sign_receipt(receipt, ed25519_signer(self.identity.receipts_key), chain)

    def _answer(self, what: str, detail: dict[str, int | str]) -> None:
        self.say(what, detail)
        if self.lose():
            raise UnreachableError("The answer was lost.")

    def _keep(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        self.kept[sha256] = data
        return sha256


def _whole(digest: Digest, data: bytes) -> None:
    if digest != Digest(len(data), hashlib.sha256(data).digest()):
        raise RefusedError("The body is not what its digest says.", status=CONFLICT, code="digest")

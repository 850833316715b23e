"""An authenticator in software: makes a passkey and shows it, and can be told to do so wrongly.

It answers as a browser's ``PublicKeyCredential.toJSON`` does (W3C Web Authentication, sections 5.1.8 and 6),
with a P-256 key and no attestation. A real browser is in ``tests/e2e``.
"""

from __future__ import annotations

import hashlib
import json
import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "https://localhost:8443"
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40
_ES256, _EC2, _P256 = -7, 2, 1
_COORDINATE = 32


def text(data: bytes) -> str:
    """Base64url without padding, as WebAuthn has it."""
    return urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class SoftwareAuthenticator:
    """Holds one passkey.

    Attributes:
        origin: what the browser says that the page came from.
        party: the name of the site that the key is for.
        verified: whether the person was verified by PIN, finger or face.
        count: the counter, which goes up at each use unless ``counts`` is off.
    """

    origin: str = ORIGIN
    party: str = "localhost"
    verified: bool = True
    count: int = 0
    counts: bool = True
    id: bytes = b"a credential of a test"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.create``."""
        data = self._client_data("webauthn.create", options["challenge"])
        attested = b"\0" * 16 + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(self._cose())
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(_ATTESTED) + attested}
        response = {"clientDataJSON": text(data), "attestationObject": text(cbor2.dumps(statement))}
        return self._answer(response)

    def show(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer ``navigator.credentials.get``."""
        self.count += self.counts
        data = self._client_data("webauthn.get", options["challenge"])
        about = self._data()
        signature = self.key.sign(about + hashlib.sha256(data).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": text(data), "authenticatorData": text(about), "signature": text(signature)}
        )

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        return {
            "id": text(self.id),
            "rawId": text(self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
            "response": response,
        }

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, flags: int = 0) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verified else 0)
        return hashlib.sha256(self.party.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _cose(self) -> dict[int, Any]:
        point = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(_COORDINATE, "big") for each in (point.x, point.y))
        return {1: _EC2, 3: _ES256, -1: _P256, -2: x, -3: y}

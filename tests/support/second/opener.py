"""The other half of the second implementation: from sealed keys to plaintext, by the page's sections 6 and 7.

HPKE is written out from RFC 9180 and the page rather than taken from a library, so that the page is shown to
say all that it takes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.support.second.reader import Recording

SUITE = b"HPKE" + bytes.fromhex("647a00010002")


def parts(recording: Recording, private: bytes) -> Iterator[tuple[int, str, str, bytes]]:
    """Decrypt every part that a private key opens, as (seq, track, codec, plaintext)."""
    keys = unseal(recording, private)
    for chunk in recording.chunks:
        header = chunk.fields
        for part, ciphertext in zip(header["parts"], chunk.rest[0], strict=True):
            place = {name: header[name] for name in ("run", "seq", "camera")} | {"track": part["track"]}
            data = b"lapel part v1\0" + cbor2.dumps(place, canonical=True)
            key = keys.get((header["seq"], part["track"]))
            if key is not None:
                plain = AESGCM(key).decrypt(bytes(12), ciphertext, data)
                yield header["seq"], part["track"], part["codec"], plain


def unseal(recording: Recording, private: bytes) -> dict[tuple[int, str], bytes]:
    """Open the keys of every range that are sealed to a private key."""
    key_id = hashlib.sha256(public_of(private)).digest()
    found = {}
    for record in recording.keys:
        for sealed in record["sealed"]:
            if sealed["key_id"] == key_id:
                plain = hpke(private, sealed["ciphertext"], info(recording, record, sealed))
                for at, seq in enumerate(range(record["first_seq"], record["last_seq"] + 1)):
                    found[seq, sealed["track"]] = plain[32 * at : 32 * at + 32]
    return found


def info(recording: Recording, record: dict[str, Any], sealed: dict[str, Any]) -> bytes:
    """What ties sealed keys to their place."""
    place = {name: record[name] for name in ("first_seq", "last_seq")}
    place |= {"track": sealed["track"], "key_id": sealed["key_id"]}
    place |= {"recording": recording.opening["recording"]}
    return b"lapel sealed keys v1\0" + cbor2.dumps(place, canonical=True)


def public_of(private: bytes) -> bytes:
    """A recipient's public key: ML-KEM-768, then X25519."""
    mlkem, x25519 = _halves(private)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def _halves(private: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    return MLKEM768PrivateKey.from_seed_bytes(private[:64]), X25519PrivateKey.from_private_bytes(private[64:])


def hpke(private: bytes, sealed: bytes, info: bytes) -> bytes:
    """HPKE's base mode with X-Wing, HKDF-SHA256 and AES-256-GCM."""
    mlkem, x25519 = _halves(private)
    share = sealed[1088:1120]
    secret = mlkem.decapsulate(sealed[:1088]) + x25519.exchange(X25519PublicKey.from_public_bytes(share))
    secret += share + x25519.public_key().public_bytes_raw() + bytes.fromhex("5c2e2f2f5e5c")
    shared = hashlib.sha3_256(secret).digest()

    def extract(salt: bytes, label: bytes, material: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + SUITE + label + material, "sha256")

    def expand(label: bytes, context: bytes, length: int) -> bytes:
        prk = extract(shared, b"secret", b"")
        text = length.to_bytes(2, "big") + b"HPKE-v1" + SUITE + label + context
        return hmac.digest(prk, text + b"\1", "sha256")[:length]

    context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    cipher = AESGCM(expand(b"key", context, 32))
    return cipher.decrypt(expand(b"base_nonce", context, 12), sealed[1120:], b"")

"""The HPKE suite that keys are sealed with (RFC 9180): MLKEM768-X25519, HKDF-SHA256, AES-256-GCM."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

ENCAPSULATED_BYTES: Final = 1088 + 32
"""The KEM's ciphertext: that of ML-KEM-768, then the X25519 share."""

SEALED_OVERHEAD: Final = ENCAPSULATED_BYTES + 16
"""A ciphertext is this much longer than what it holds."""

SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

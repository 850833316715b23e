"""Signing without a private key, under a public key that is the curve's neutral point.

[S]B = R + [k]A holds for A = 0 whenever R = [S]B. With S = 1 the signature is the base point and 1, for every
message there is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from protocol.footage.format.signing import Signer
from tests.support.media.recordings import TestIdentity, make_identity, renew_certificate
from tests.support.second.curve import BASE_Y

NEUTRAL_KEY: Final = (1).to_bytes(32, "little")
FITS_ALL: Final = BASE_Y.to_bytes(32, "little") + (1).to_bytes(32, "little")
"""A signature that fits every message under the neutral point: R is the base point, whose x is even."""


@dataclass(frozen=True)
class KeylessIdentity(TestIdentity):
    """Signs without any key."""

    @property
    def signer(self) -> Signer:
        """Gives the same signature to everything."""
        return lambda _: FITS_ALL


def keyless_identity() -> TestIdentity:
    """cam-01 with a certificate for the neutral point."""
    proper = make_identity()
    key = Ed25519PublicKey.from_public_bytes(NEUTRAL_KEY)
    certificate = renew_certificate(proper.camera, key, serial=9)
    held = {each.name: getattr(proper, each.name) for each in fields(proper)}
    return KeylessIdentity(**{**held, "camera_certificate": certificate})

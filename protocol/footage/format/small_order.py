"""Ed25519 public keys that nobody needs a private key for: points of small order.

The curve of RFC 8032 has eight points whose order divides 8. A signature that verifies under such a key can
be made by anybody, for any message: [S]B = R + [k]A has a solution that asks for no secret, as [k]A is one of
at most eight known points. RFC 8032 does not ask verifiers to refuse them, and OpenSSL does not; so whoever
admits a key, or goes by one, refuses them here (Chalkias, Garillot, Nikolaenko: "Taming the many EdDSAs",
2020).

A key that is a multiple of one and of a proper point needs its private key; those are not refused.
"""

from __future__ import annotations

from typing import Final

PUBLIC_KEY_BYTES: Final = 32
_P: Final = 2**255 - 19
_SIGN: Final = 2**255
# Of the order 8; the other of that order is its negative, and the sign of x does not matter.
_Y8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL: Final = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})
"""The y of every point of small order; 1 is the neutral one's."""


def has_small_order(public_key: bytes) -> bool:
    """Say whether a public key is a point of small order, in whatever encoding.

    Args:
        public_key: The 32 bytes of RFC 8032, section 5.1.5; also those that are not reduced, such as y = p.
    """
    return (int.from_bytes(public_key, "little") % _SIGN) % _P in _SMALL

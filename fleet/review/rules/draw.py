"""Which recordings are drawn at random to be reviewed. Pure.

A recording's lot is the HMAC-SHA-256 of the digest of its ledger's first record, under a key of the
fleet's: a number between 0 and 1. It is drawn where that lies below the share.

- *Nobody foresees it* without the key, which never leaves the service; *nobody steers it*: the first record
  is signed at the press, with an id that the camera drew, and nothing that is done to the recording
  afterwards changes its lot;
- *it can be shown afterwards*: the digest of the key and the share stand in the audit log before the first
  lot is drawn, so that whoever is handed the key draws each lot again, and finds every one that was passed
  over.
"""

from __future__ import annotations

import hashlib
import hmac

KEY_BYTES = 32
LOT_BYTES = 8
_DOMAIN = b"lapel review draw v1\x00"
_KEY_DOMAIN = b"lapel review key v1\x00"


def lot(key: bytes, open_digest: bytes) -> bytes:
    """Return a recording's lot.

    Args:
        key: the fleet's.
        open_digest: the SHA-256 of its ledger's first record.
    """
    return hmac.new(key, _DOMAIN + open_digest, hashlib.sha256).digest()[:LOT_BYTES]


def is_drawn(drawn: bytes, share: float) -> bool:
    """Say whether a lot lies below a share.

    >>> is_drawn(bytes(8), 0.0), is_drawn(bytes(8), 0.1), is_drawn(bytes([255] * 8), 1.0)
    (False, True, True)
    """
    return int.from_bytes(drawn, "big") < share * (1 << (8 * LOT_BYTES))


def key_name(key: bytes) -> str:
    """Return the digest that names a key and commits to it, in hex."""
    return hashlib.sha256(_KEY_DOMAIN + key).hexdigest()

"""The signature by which a program knows that a webhook's message is this fleet's, and new. Pure.

The header ``Lapel-Signature`` is ``t=SECONDS,v1=HEX``: the time of the sending in seconds since 1970, and
HMAC-SHA256 under the shared secret over those digits, a full stop and the body as it was sent. A receiver
computes it anew, compares in constant time, and refuses what is older than a few minutes. The header
``Lapel-Message`` holds the id of the message, which is the same when it comes again.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

SIGNATURE, MESSAGE = "Lapel-Signature", "Lapel-Message"
SHORTEST_SECRET = 16
"""Bytes."""


def signature(secret: bytes, at: datetime, body: bytes) -> str:
    """Return what the header says.

    >>> from datetime import UTC
    >>> signature(b"k" * 16, datetime(2026, 11, 22, tzinfo=UTC), b"{}")[:14]
    't=1795305600,v'
    """
    seconds = str(int(at.timestamp()))
    digest = hmac.new(secret, f"{seconds}.".encode("ascii") + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"

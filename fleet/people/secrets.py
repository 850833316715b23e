"""Secrets that are shown once and kept as digests: session cookies, API tokens, links and codes.

They are random and long, so a plain SHA-256 is enough to keep them by; passwords are not and go through
argon2id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable

SECRET_BYTES = 32
ID_BYTES = 8

Random = Callable[[int], bytes]


def new_secret(random: Random, size: int = SECRET_BYTES) -> str:
    """Return a random secret in URL-safe characters; ``size`` is in bytes."""
    return base64.urlsafe_b64encode(random(size)).decode("ascii").rstrip("=")


def new_id(random: Random) -> str:
    """Return a random id for a row."""
    return random(ID_BYTES).hex()


def digest(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8")).digest()


def csrf_token(session_secret: str) -> str:
    """Return the token that forms of this session must carry.

    It is derived from the session's secret, which scripts cannot read, so that another site can neither read
    nor guess it (OWASP: HMAC-based token pattern).
    """
    return hmac.new(session_secret.encode("utf-8"), b"lapel csrf v1", hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode("utf-8"), right.encode("utf-8"))

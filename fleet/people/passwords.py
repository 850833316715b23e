"""Passwords: argon2id with the library's parameters (RFC 9106, low-memory profile).

Rules: long enough and not longer than anybody types; no rules about kinds of characters (NIST SP 800-63B). A
name that does not exist costs as much time as a wrong password, so that names cannot be probed. Each
computation takes 64 MiB, and anybody may ask for one: only ``AT_ONCE`` of them run at a time.
"""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fleet.core.problems import ProblemError

LONGEST = 256
AT_ONCE = 2

_hasher = PasswordHasher()
_slots = threading.BoundedSemaphore(AT_ONCE)


def check_password_rules(password: str, *, shortest: int) -> None:
    """Refuse a password that is too short or absurdly long.

    Raises:
        ProblemError: 422.
    """
    if len(password) < shortest:
        detail = f"The password is too short: use at least {shortest} characters, such as four random words."
        raise ProblemError(422, "password_short", detail)
    if len(password) > LONGEST:
        raise ProblemError(422, "password_long", f"The password is longer than {LONGEST} characters.")


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    with _slots:
        return _hasher.hash(password)


def password_matches(kept: str | None, password: str) -> bool:
    """Say whether the password is the one kept; ``None`` (no such user) takes as long and is never right."""
    try:
        with _slots:
            _hasher.verify(kept if kept is not None else _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobody() -> str:
    return _hasher.hash("a user that does not exist")

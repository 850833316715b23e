"""Codes of an authenticator app: six digits for each half minute (RFC 6238 with its own defaults). Pure.

Rules:
- a code is good in its half minute and in the ones before and after it: clocks differ;
- it is good once: what was taken, and all before it, is taken no more (RFC 6238, section 5.2).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Final

import pyotp

STEP_S: Final = 30
SECRET_BYTES: Final = 20
"""As long as the hash that uses it (RFC 4226, section 4)."""
AROUND: Final = (0, -1, 1)
ISSUER: Final = "Lapel"


def new_app_secret(random: Callable[[int], bytes]) -> str:
    """Return a secret in the letters that an app takes (base32)."""
    return base64.b32encode(random(SECRET_BYTES)).decode("ascii")


def app_address(secret: str, name: str, issuer: str = ISSUER) -> str:
    """Return what the picture holds that an app scans (otpauth)."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def was_last(secret: str, code: str, last: int) -> bool:
    """Say whether a code is that of the step of which one was taken last, which makes it worth nothing."""
    typed = "".join(code.split())
    if last <= 0 or not (typed.isascii() and typed.isdecimal()):
        return False
    return pyotp.TOTP(secret, interval=STEP_S).verify(typed, for_time=last * STEP_S)


def step_of(secret: str, code: str, moment: datetime, after: int) -> int | None:
    """Return the time step that a code is of, or None for one that is not good.

    Args:
        secret: of the app.
        code: as typed; spaces do not count.
        moment: now.
        after: the step of the last code that was taken; 0 before the first.
    """
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdecimal()):
        return None
    app, now = pyotp.TOTP(secret, interval=STEP_S), int(moment.timestamp()) // STEP_S
    for shift in AROUND:
        step = now + shift
        if step > after and app.verify(typed, for_time=step * STEP_S):
            return step
    return None

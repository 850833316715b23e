"""One-time codes and links: good until they are used or expire. Pure: time comes from the caller."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class CodeState(StrEnum):
    """What an enrolment code (or a set-up link) is good for."""

    GOOD = "good"
    EXPIRED = "expired"
    USED = "used"


def code_state(*, expires: datetime, used: datetime | None, now: datetime) -> CodeState:
    """Say what a code is good for; one that was used stays used, also once it is expired."""
    if used is not None:
        return CodeState.USED
    return CodeState.GOOD if now < expires else CodeState.EXPIRED

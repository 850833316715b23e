"""What is good for a time: codes, links, tokens, sessions, viewings. Pure: time comes from the caller.

One rule for all that carries an absolute time: what was made at a time that lies ahead was made by a clock
that was wrong, and is good for nothing once that is put right, else it would be good for as much longer as
the clock was ahead; what waits since a time that lies ahead waits no longer. Nothing is ended for good by
that: to a clock that is behind, all that there is was made ahead.

``fleet.jobs.rules`` and ``fleet.releases.rules``, which know nothing of the core, have the same ``AHEAD``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

AHEAD: Final = timedelta(minutes=5)
"""By so much the clocks of two processes may differ, or one be set."""


class CodeState(StrEnum):
    """What an enrolment code (or a set-up link) is good for."""

    GOOD = "good"
    EXPIRED = "expired"
    USED = "used"


def code_state(*, made: datetime, expires: datetime, used: datetime | None, now: datetime) -> CodeState:
    """Say what a code is good for; one that was used stays used, also once it is expired."""
    if used is not None:
        return CodeState.USED
    return CodeState.GOOD if now < expires and not is_ahead(made, now) else CodeState.EXPIRED


def is_ahead(at: datetime, now: datetime) -> bool:
    """Say whether a time lies ahead, so that the clock that gave it was wrong."""
    return at - now > AHEAD

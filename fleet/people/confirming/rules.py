"""How long it counts that somebody has shown who they are. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

LASTS: Final = timedelta(minutes=15)
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a session was confirmed of which the provider does not say when its person last signed in there."""


def is_confirmed(confirmed: datetime, now: datetime) -> bool:
    """Say whether a session was confirmed lately; a time that is far ahead, of a clock set back, is not."""
    return abs(now - confirmed) < LASTS

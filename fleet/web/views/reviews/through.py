"""Whether what the rules made of recordings and viewings is as new as a list of it seems. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

LATE: Final = timedelta(minutes=3)
"""The rules go through everything every minute; so long after the last time a list may lack something."""


def behind_words(through: datetime | None, now: datetime, what: str) -> str:
    """Say that a list may lack what is new; empty where the rules were through everything lately.

    Args:
        through: when they were, for the last time; None since the service was started.
        now: as of when that is said. Where the clock was put back since, it is not known how long ago it was.
        what: what they go through.
    """
    if through is not None and timedelta() <= now - through < LATE:
        return ""
    return f"In the last minutes the rules were not through all {what}: what is new may be missing here."

"""Times of day that pages show, held against the clock of the service, which is that of this machine."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from fleet.web.zone import local

_TIME = re.compile(r"\b(\d\d):(\d\d):(\d\d)\b")
_NEAR = timedelta(minutes=5)


def is_now(text: str) -> bool:
    """Say whether the first time of day in a text is that of the site now, give or take some minutes."""
    found = _TIME.search(text)
    if found is None:
        return False
    now = local(datetime.now(UTC))
    shown = timedelta(hours=int(found[1]), minutes=int(found[2]), seconds=int(found[3]))
    passed = timedelta(hours=now.hour, minutes=now.minute, seconds=now.second)
    day = timedelta(days=1)
    return min((passed - shown) % day, (shown - passed) % day) < _NEAR

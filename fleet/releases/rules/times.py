"""Times in a recording as people type them. Pure."""

from __future__ import annotations

import re
from typing import Final

_TIME: Final = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5})(?:\.(\d{1,3}))?", re.ASCII)


def read_time(text: str) -> int | None:
    """Return a time in milliseconds; None where it is none.

    >>> [read_time(each) for each in ("75.5", "1:15", "1:00:00.25", "soon", "")]
    [75500, 75000, 3600250, None, None]
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, second, part = found.groups()
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(second)
    return whole * 1000 + int((part or "").ljust(3, "0"))

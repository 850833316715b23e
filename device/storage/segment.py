"""A segment that will not change any more, as the log closes it and the shelf shows it. It opens no file."""

from __future__ import annotations

from typing import NamedTuple


class ClosedSegment(NamedTuple):
    """A segment that will not change any more.

    Attributes:
        name: Its name.
        length: So many of its bytes count: after a failure the file may hold more until the next start.
    """

    name: str
    length: int

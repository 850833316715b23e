"""A zone of our own making under a known name, whose clocks are put back at a time that a test chooses.

The services of a test run by the true clock, and no zone of this world puts its clocks back while they do. A
process that is started with ``PYTHONTZPATH`` set to the folder takes this zone for the one of that name.
"""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from pathlib import Path

NAME = "Europe/London"
SUMMER, WINTER = "BST", "GMT"
_HOUR_S = 3600
_LETTERS = b"BST\0GMT\0"


def zone_put_back(folder: Path, at: datetime) -> None:
    """Write a file of a zone (RFC 8536, version 1) that has summer time until ``at``, and none after it."""
    began, ends = int((at - timedelta(days=100)).timestamp()), int(at.timestamp())
    counts = struct.pack(">6I", 0, 0, 0, 2, 2, len(_LETTERS))
    changes = struct.pack(">2i2B", began, ends, 0, 1)
    kinds = struct.pack(">iBBiBB", _HOUR_S, 1, 0, 0, 0, len(SUMMER) + 1)
    path = folder / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"TZif" + bytes(16) + counts + changes + kinds + _LETTERS)

"""How cameras, recordings and segments are named, in footage, certificates, topics and addresses alike."""

from __future__ import annotations

import re
from typing import Final

CAMERA_NAME: Final = r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?"
"""A lower-case DNS label of at most 32 characters: safe in a topic, a path, a URL and a certificate name.

Without anchors, as are the patterns below: for ``re.fullmatch``, or as a part of a longer pattern.
"""

RECORDING_ID: Final = r"[0-9a-f]{32}"
"""A recording's 16 bytes as lower-case hex."""

SEGMENT_NAME: Final = r"([0-9a-f]{32})-([0-9]{8})\.seg"
"""A segment's file name: the run in hex, the number of the segment in it."""

CAMERA_PATTERN: Final = f"^{CAMERA_NAME}$"
"""A whole camera name, for JSON schemas."""

RESERVED_NAMES: Final = frozenset({"fleet"})
"""Names that belong to the service itself, so that no camera can be taken for it."""

_CAMERA: Final = re.compile(CAMERA_NAME)


def is_camera_id(name: str) -> bool:
    """Tell whether a name may be a camera's id."""
    return name not in RESERVED_NAMES and _CAMERA.fullmatch(name) is not None

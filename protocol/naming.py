"""How cameras are named, in footage, certificates, topics and addresses alike."""

import re
from typing import Final

CAMERA_PATTERN: Final = r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$"
"""A lower-case DNS label of at most 32 characters: safe in a topic, a path, a URL and a certificate name."""

RESERVED_NAMES: Final = frozenset({"fleet"})
"""Names that belong to the service itself, so that no camera can be taken for it."""

_CAMERA: Final = re.compile(CAMERA_PATTERN)


def is_camera_id(name: str) -> bool:
    """Tell whether a name may be a camera's id."""
    return name not in RESERVED_NAMES and "\n" not in name and _CAMERA.match(name) is not None

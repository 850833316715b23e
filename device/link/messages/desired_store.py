"""What the fleet wants of this camera, kept on the card so that it holds while there is no fleet to ask.

Rules:

- A document counts when it is for this camera and newer than the one that is kept. Anything else is
  ignored, so that it does not matter over which channel, how often or in which order documents arrive.
- It is durable before it is acted on.
- A damaged file counts as none: the fleet will be asked again.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pydantic import ValidationError

from device.storage.durable import replace
from protocol.messages.desired import Desired

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Filesystem

log = logging.getLogger(__name__)

DESIRED_FILE = "desired.json"


def counts(kept: Desired | None, offered: Desired, camera: str) -> bool:
    """Whether the offered document replaces the one that is kept."""
    return offered.camera == camera and (kept is None or offered.version > kept.version)


def load_desired(state: Path, camera: str, filesystem: Filesystem) -> Desired | None:
    """The document that is kept for this camera, or None when there is none."""
    path = state / DESIRED_FILE
    if not filesystem.exists(path):
        return None
    try:
        desired = Desired.model_validate_json(filesystem.read(path))
    except (OSError, ValidationError) as error:
        log.warning("%s cannot be read; the fleet will be asked again: %s", path, error)
        return None
    return desired if desired.camera == camera else None


def save_desired(state: Path, desired: Desired, filesystem: Filesystem) -> None:
    """Keep a document in place of the one before.

    Raises:
        StorageError: it could not be written; the one before is still there.
    """
    replace(filesystem, state / DESIRED_FILE, desired.model_dump_json(indent=1).encode())

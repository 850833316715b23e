"""On the card: that the camera is private, and in whose hands it was made so.

Rules:

- It is durable, or durably gone, when ``keep`` or ``forget`` says so. A power cut leaves one or the other.
- On a full card the reserve is released and it is tried once more.
- What cannot be read counts as private: no sensor opens by a damaged file (C11).

It opens and closes no sensor.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.errors import StorageError, StorageFullError
from device.storage import durable

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from device.storage.space import Reserve

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WasPrivate:
    """The camera was private when it was switched off.

    Attributes:
        assignment: The assignment that it was under, None where nobody had it.
        known: Whether the assignment is known; what cannot be read does not tell it.
    """

    assignment: str | None
    known: bool = True


def read_private(filesystem: Filesystem, path: Path) -> WasPrivate | None:
    """What the card says; None where the camera was not private."""
    if not filesystem.exists(path):
        return None
    try:
        found = json.loads(filesystem.read(path))["assignment"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        log.warning("%s cannot be read, so the camera counts as private: %s", path, error)
        return WasPrivate(None, known=False)
    if found is None or isinstance(found, str):
        return WasPrivate(found)
    return WasPrivate(None, known=False)


class PrivateMark:
    """Keeps it. Not thread-safe.

    Args:
        filesystem: The disk.
        path: The file.
        reserve: Room on a full card.
    """

    def __init__(self, filesystem: Filesystem, path: Path, reserve: Reserve) -> None:
        self._filesystem = filesystem
        self._path = path
        self._reserve = reserve

    def keep(self, assignment: str | None) -> str | None:
        """Make it durable that the camera is private; return why that is not so, in a sentence."""
        data = json.dumps({"assignment": assignment}).encode()
        try:
            self._write(data)
        except StorageError as error:
            return str(error)
        return None

    def forget(self) -> str | None:
        """Make it durable that it is not; return why that is not so, in a sentence."""
        try:
            if self._filesystem.exists(self._path):
                durable.remove(self._filesystem, self._path)
            durable.sync_dir(self._filesystem, self._path.parent)
        except StorageError as error:
            return str(error)
        return None

    def _write(self, data: bytes) -> None:
        try:
            durable.replace(self._filesystem, self._path, data)
        except StorageFullError:
            if self._there(data):  # it is there from before: all that is needed of a full card
                durable.sync_file(self._filesystem, self._path)
                durable.sync_dir(self._filesystem, self._path.parent)
            elif self._reserve.release():
                durable.replace(self._filesystem, self._path, data)
            else:
                raise

    def _there(self, data: bytes) -> bool:
        try:
            return self._filesystem.exists(self._path) and self._filesystem.read(self._path) == data
        except OSError:
            return False

"""The footage store in a local folder, durable before it answers.

A put is five steps: the body is in a spool file on the same filesystem, written and synced (``spool``); it is
made read-only; a hard link gives it its name, which fails when the name is taken, so that it is create-only
on every filesystem with links; the folder is synced; the spool's name goes away. A crash leaves the object
whole or not there.

Folders that a put makes are synced into their parents too, once each in the life of the process: a crashed
process may have made one and not synced it.
"""

import os
import threading
from pathlib import Path

from obstore.store import LocalStore

from fleet.files import sync_folder
from fleet.footage.errors import StoreError
from fleet.footage.spool import Spooled
from fleet.footage.store import FootageStore, Put

_READ_ONLY = 0o400
_FOLDER = 0o700


class LocalFolder(FootageStore):
    """Objects as files below a root folder, mode 0400 in folders of mode 0700."""

    def __init__(self, root: Path) -> None:
        root.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        super().__init__(LocalStore(root), str(root))
        self._root = root
        self._synced: set[Path] = set()
        self._lock = threading.Lock()

    def put(self, key: str, body: Spooled) -> Put:
        """Link the body into place, create-only, and make that durable."""
        target = self._root / key
        try:
            self._make(target.parent)
            body.path.chmod(_READ_ONLY)
            outcome = self._link(key, target, body)
            sync_folder(target.parent)
        except OSError as error:
            raise StoreError(
                f"The footage folder {self._root} cannot take {key}: {error.strerror}."
            ) from error
        return outcome

    def _link(self, key: str, target: Path, body: Spooled) -> Put:
        try:
            os.link(body.path, target)
        except FileExistsError:
            return self.compare(key, body)
        return Put.CREATED

    def _make(self, folder: Path) -> None:
        """Make a folder and its parents, and each one's entry durable, from the root down."""
        with self._lock:
            wanted = [each for each in (folder, *folder.parents) if self._root in each.parents]
            for each in reversed([each for each in wanted if each not in self._synced]):
                each.mkdir(mode=_FOLDER, exist_ok=True)
                sync_folder(each.parent)
                self._synced.add(each)

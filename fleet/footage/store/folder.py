"""The footage store in a local folder, durable before it answers.

A put is five steps: the body is in a spool file on the same filesystem, written and synced (``spool``); it is
made read-only; a hard link gives it its name, which fails when the name is taken, so that it is create-only
on every filesystem with links; the folder is synced; the spool's name goes away. A crash leaves the object
whole or not there.

Folders that a put makes are synced into their parents too, once each in the life of the process: a crashed
process may have made one and not synced it.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from obstore.store import LocalStore

from fleet.core.files import make_folder, sync_folder
from fleet.footage.store.spool import Spooled
from fleet.footage.store.store import FootageStore

_READ_ONLY = 0o400
_FOLDER = 0o700


def folder_store(root: Path) -> FootageStore:
    """Return a store over a local folder, made if it is not there.

    Files get mode 0400, folders 0700.

    Raises:
        OSError: the folder cannot be made.
    """
    make_folder(root)
    linker = _Linker(root)
    return FootageStore(LocalStore(root), str(root), linker.create, linker.remove, linker.read)


class _Linker:
    """Links spooled bodies into place below a root folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._synced: set[Path] = set()
        self._lock = threading.Lock()

    def create(self, key: str, body: Spooled) -> bool:
        """Link the body into place and make that durable; False when the name is taken.

        Raises:
            OSError: the folder cannot take it, or a sync failed.
        """
        target = self._root / key
        self._make(target.parent)
        body.path.chmod(_READ_ONLY)
        try:
            os.link(body.path, target)
            created = True
        except FileExistsError:
            created = False
        sync_folder(target.parent)  # also when it was there: whoever linked it may have died before this
        return created

    def read(self, key: str) -> bytes:
        """Return an object's bytes.

        Raises:
            OSError: it is not there, or cannot be read.
        """
        with (self._root / key).open("rb", buffering=0) as file:
            return file.read()

    def remove(self, key: str) -> None:
        """Unlink an object and make that durable; a folder that is empty then goes too.

        Whoever makes an object in that folder at the same moment is told that it failed, and tries again.

        Raises:
            OSError: the folder cannot be written, or the sync failed.
        """
        target = self._root / key
        target.unlink(missing_ok=True)
        if target.parent.exists():
            sync_folder(target.parent)  # also when it was away: whoever unlinked it may have died before this
        self._prune(target.parent)

    def _prune(self, folder: Path) -> None:
        with self._lock:
            for each in (folder, *folder.parents):
                if self._root not in each.parents:
                    return
                try:
                    each.rmdir()
                except FileNotFoundError:
                    pass
                except OSError:
                    return  # there is something else in it
                self._synced.discard(each)

    def _make(self, folder: Path) -> None:
        """Make a folder and its parents, and each one's entry durable, from the root down."""
        with self._lock:
            wanted = [each for each in (folder, *folder.parents) if self._root in each.parents]
            for each in reversed([each for each in wanted if each not in self._synced]):
                each.mkdir(mode=_FOLDER, exist_ok=True)
                sync_folder(each.parent)
                self._synced.add(each)

"""The objects of the footage store, copied once each into a folder, as they are.

Rules:
- objects never change, so one that is there with the size and digest of the index is not read again;
- an object is durable in the folder before the index says so; the index is written as it goes, so that a copy
  that was cut off goes on where it was;
- what the database says to be deleted is deleted in the folder. What is missing in the store without that
  stays in the folder: the store has lost it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from fleet.backup.errors import BackupError
from fleet.backup.manifest import KeptFile, is_path, kept_of
from fleet.core.files import make_private_folder, sync_folder, write_file
from fleet.footage.errors import ObjectMissingError
from fleet.footage.store.store import FootageStore, Stored

FOLDER, INDEX = "footage", "footage.index"
_SCRATCH = "scratch/"

Progress = Callable[[int, int], None]
"""Is told how many bytes of how many are here."""


class FootageMirror:
    """Keeps a folder like a store."""

    def __init__(self, folder: Path) -> None:
        """Prepare it.

        Args:
            folder: the backup folder, which is there.
        """
        self._objects = folder / FOLDER
        self._index = folder / INDEX

    def update(
        self, store: FootageStore, deleted: Collection[str], progress: Progress
    ) -> tuple[KeptFile, ...]:
        """Copy what is new, delete what was deleted, and return all that is here.

        Args:
            store: the store.
            deleted: the prefixes of what was deleted, without a slash at their ends.
            progress: is told how far it is.

        Raises:
            StoreError: the store failed.
            BackupError: the store has an object of a name that none has.
            OSError: the folder cannot be written.
        """
        make_private_folder(self._objects)
        known = {each.path: each for each in self._read_index() if self._is_here(each)}
        known = self._without(known, deleted)
        wanted = [each for each in store.list("") if not each.key.startswith(_SCRATCH)]
        self._write_index(known)  # whole, and without what went: it only grows from here on
        total, done = sum(each.size for each in wanted), 0
        with self._index.open("a", encoding="utf-8") as index:
            for each in wanted:
                kept = known.get(each.key)
                if kept is None or kept.size != each.size:
                    kept = self._copy(store, each)
                    if kept is None:
                        continue  # it was deleted meanwhile
                    _append(index, kept)
                    known[each.key] = kept
                done += each.size
                progress(done, total)
        return tuple(sorted(known.values()))

    def _copy(self, store: FootageStore, each: Stored) -> KeptFile | None:
        if not is_path(each.key):
            raise BackupError(f"The footage store {store.where} has an object of a name that none has.")
        try:
            data = store.read(each.key)
        except ObjectMissingError:
            return None
        path = self._objects / each.key
        _make_folders(path.parent)
        write_file(path, data)
        return KeptFile(each.key, len(data), hashlib.sha256(data).hexdigest())

    def _without(self, known: dict[str, KeptFile], deleted: Collection[str]) -> dict[str, KeptFile]:
        prefixes = tuple(f"{each}/" for each in deleted)
        going = [path for path in known if prefixes and path.startswith(prefixes)]
        for path in going:
            (self._objects / path).unlink(missing_ok=True)
        for folder in {(self._objects / path).parent for path in going}:
            sync_folder(folder)
        return {path: each for path, each in known.items() if path not in set(going)}

    def _is_here(self, each: KeptFile) -> bool:
        try:
            return (self._objects / each.path).stat().st_size == each.size
        except OSError:
            return False

    def _read_index(self) -> Iterator[KeptFile]:
        if not self._index.exists():
            return
        for line in self._index.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                yield from kept_of([json.loads(line)])
            except (ValueError, KeyError, TypeError):
                continue  # a line that was cut off: its object is copied once more

    def _write_index(self, known: dict[str, KeptFile]) -> None:
        lines = "".join(f"{json.dumps(asdict(each))}\n" for each in sorted(known.values()))
        write_file(self._index, lines.encode("utf-8"))


def _append(index: TextIO, kept: KeptFile) -> None:
    index.write(f"{json.dumps(asdict(kept))}\n")
    index.flush()
    os.fsync(index.fileno())


def _make_folders(path: Path) -> None:
    """Make a folder durable with those above it."""
    if path.is_dir():
        return
    _make_folders(path.parent)
    path.mkdir(mode=0o700)
    sync_folder(path.parent)

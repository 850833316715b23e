"""Making a backup: the database first, then footage, then the archive that says what is there.

In this order what the database knows of is in the footage, and what was deleted in between says so by its
certificate when it is restored. The archive is last: what is cut off before that changes
no backup that there is.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import select

from fleet.audit.log import record
from fleet.backup.archive import WrittenArchive, write_archive
from fleet.backup.errors import BackupError
from fleet.backup.manifest import KeptFile, Manifest
from fleet.backup.mirror import FootageMirror, Progress
from fleet.backup.models import BackupRow
from fleet.backup.recoverable import keys_without_copy
from fleet.backup.snapshot import take_snapshot
from fleet.backup.state_files import WORK, named_elsewhere, state_files
from fleet.core.actor import Actor
from fleet.core.files import make_private_folder, write_new_file
from fleet.core.services import Services
from fleet.footage.imported.models import DeletedImport
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.store import names
from fleet.footage.store.store import FootageStore
from fleet.pki.authority import Authority
from fleet.recovery.key_file import NAME
from fleet.recovery.service import NONE, copies_of, current_key
from fleet.vault.files import VaultFiles
from protocol.footage.sealing.keys import Recipient

ENDING = ".lapel-backup"
DATABASE = "database.sqlite3"
STATE = "state"
OF_FLEET, LOCK = "of-fleet", ".backup-lock"
_NAME_BYTES = 4


@dataclass(frozen=True, slots=True)
class BackupDone:
    """A backup that is whole.

    Attributes:
        archive: its file.
        written: size and digest of that.
        manifest: what is in it.
    """

    archive: Path
    written: WrittenArchive
    manifest: Manifest


class BackupMaker:
    """Makes backups beside the running service."""

    def __init__(
        self, services: Services, authority: Authority, store: FootageStore, config_file: Path | None = None
    ) -> None:
        self._services = services
        self._authority = authority
        self._store = store
        self._config_file = config_file

    def make(self, folder: Path, *, by: Actor, with_footage: bool, progress: Progress) -> BackupDone:
        """Make one.

        Args:
            folder: the backup folder; made when it is missing.
            by: who does.
            with_footage: whether footage is copied too.
            progress: is told how far footage has come.

        Raises:
            BackupError: there is no recovery key, or something cannot be copied.
            StoreError: the footage store failed.
            OSError: the folder cannot be written, as when its disk is full; what is whole stays.
        """
        state = self._services.state
        if folder.resolve().is_relative_to(state.resolve()):
            raise BackupError(f"{folder} is in the state folder: name one on another disk.")
        recipient = self._recipient()
        make_private_folder(folder)
        claim_folder(folder, self._authority.fingerprint)
        with _alone(state, folder), _work_folder(state / WORK) as work:
            for left in folder.glob(f".*{ENDING}.part"):
                left.unlink()  # of one that was killed
            made = self._services.clock()
            database = work / DATABASE
            take_snapshot(self._services.database.engine, database)
            deleted = self._deleted()
            kept = FootageMirror(folder).update(self._store, deleted, progress) if with_footage else None
            path = folder / f"{made:%Y%m%dT%H%M%S.%fZ}-{self._services.random(_NAME_BYTES).hex()}{ENDING}"
            described: list[Manifest] = []

            def describe(files: tuple[KeptFile, ...]) -> Manifest:
                described.append(self._manifest(made, database, files, kept))
                return described[0]

            files = [(DATABASE, database), *((f"{STATE}/{name}", each) for name, each in state_files(state))]
            written = write_archive(path, recipient, files, describe, self._services.random)
        done = BackupDone(path, written, described[0])
        self._note(done, by)
        return done

    def _recipient(self) -> Recipient:
        with self._services.readers() as session:
            key = current_key(session)
            if key is None:
                raise BackupError(f"A backup is sealed to the recovery key. {NONE}")
            if not copies_of(session, key):
                raise BackupError(
                    "The vault's keys are not sealed to the recovery key yet, so it would not open the "
                    "footage of this backup: unseal the vault, and start again a minute later."
                )
            return Recipient(NAME, key.public_key)

    def _deleted(self) -> list[str]:
        query = select(Recording.camera_id, Recording.number, Recording.apart)
        with self._services.readers() as session:
            rows = session.execute(query.where(Recording.state == RecordingState.DELETED))
            found = [names.recording_prefix(names.Place(*row)) for row in rows]
            return found + [
                names.import_prefix(each) for each in session.scalars(select(DeletedImport.import_id))
            ]

    def _manifest(
        self,
        made: datetime,
        database: Path,
        files: tuple[KeptFile, ...],
        footage: tuple[KeptFile, ...] | None,
    ) -> Manifest:
        config = self._services.config
        return Manifest(
            made=made,
            product=version("lapel"),
            fleet=self._authority.fingerprint,
            entries=_entries(database),
            files=files,
            footage=footage,
            store=config.footage.store,
            database=self._services.database.engine.dialect.name,
            left_out=named_elsewhere(config, self._config_file, self._services.state),
            without_copy=keys_without_copy(VaultFiles.of(self._services.state, config).box(), database),
        )

    def _note(self, done: BackupDone, by: Actor) -> None:
        manifest, name = done.manifest, done.archive.name
        with self._services.sessions.begin() as session:
            row = BackupRow(
                id=name,
                made=manifest.made,
                sha256=done.written.sha256,
                size=done.written.size,
                footage=sum(each.size for each in manifest.footage or ()),
                has_footage=manifest.footage is not None,
                without_copy=len(manifest.without_copy or ()),
            )
            session.add(row)
            record(session, by, "backup:archive:make", name, detail={"sha256": done.written.sha256})


def forget_older(folder: Path, keep: int) -> tuple[str, ...]:
    """Delete all but the newest archives of a folder; return the names of those that went.

    Raises:
        OSError: one cannot be deleted.
    """
    found = archives(folder)
    going = found[: max(0, len(found) - keep)]
    for each in going:
        each.unlink()
    return tuple(each.name for each in going)


def archives(folder: Path) -> list[Path]:
    """Return the archives of a backup folder, the newest last."""
    return sorted(folder.glob(f"*{ENDING}"))


def _entries(database: Path) -> int:
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM audit_entries").fetchone()[0])


def claim_folder(folder: Path, fleet: str) -> None:
    """See to it that a folder has the backups of one fleet alone.

    Raises:
        BackupError: it has those of another.
        OSError: it cannot be read or written.
    """
    file = folder / OF_FLEET
    write_new_file(file, f"{fleet}\n".encode("ascii"))
    if file.read_text(encoding="utf-8", errors="replace").strip() != fleet:
        raise BackupError(f"{folder} has the backups of another fleet; name a folder of its own.")


@contextlib.contextmanager
def _alone(*folders: Path) -> Iterator[None]:
    """Hold a lock in each folder, so that no two backups are in each other's way.

    Raises:
        BackupError: another one is being made.
    """
    with contextlib.ExitStack() as stack:
        for folder in folders:
            handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            stack.callback(os.close, handle)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BackupError(
                    f"Another backup of or into {folder} is being made; wait for it."
                ) from error
        yield


@contextlib.contextmanager
def _work_folder(path: Path) -> Iterator[Path]:
    """Make a private folder that is not there afterwards; what a killed one left goes first."""
    shutil.rmtree(path, ignore_errors=True)
    make_private_folder(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)

"""Making a state folder of a backup, beside its name and put there once all of it was checked.

Rules:
- nothing that is there is changed: the folder must not exist;
- every file and every object is checked by the digests that were sealed with the archive;
- what the recovery key opens of the vault is compared with the vault's own public key;
- the database says that it was restored, and numbers of cameras are not given twice: what was enrolled since
  the backup was made has a certificate that is still good, and a name that this database does not know;
- of each camera it is found out whether it is to be enrolled anew (``enrolled``);
- versions of what is wanted of cameras are raised: else a camera would go on as it was told since;
- sessions and one-time links end: whether they were ended or used since no backup knows.

Whether the audit log holds is looked at by whoever restores, once the folder is there.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.backup.archive import read_archive
from fleet.backup.deleted_since import find_deleted
from fleet.backup.enrolled import CameraAdvice, EnrolledCamera, KeptCertificate, advise
from fleet.backup.errors import BackupError
from fleet.backup.making import DATABASE, STATE
from fleet.backup.manifest import KeptFile, Manifest
from fleet.backup.mirror import FOLDER, Progress
from fleet.backup.shown_cameras import shown_cameras
from fleet.backup.snapshot import check_sound
from fleet.cameras.models import CameraCertificate, CameraNumberFloor, CameraRow
from fleet.cameras.numbering.mark import NumberMark
from fleet.cameras.numbering.numbers import highest_known
from fleet.cameras.rules import camera_number
from fleet.core.actor import Actor
from fleet.core.database import SQLITE_NAME, now, open_database
from fleet.core.errors import StateError
from fleet.core.files import make_private_folder, sync_file, sync_folder
from fleet.migrations import upgrade
from fleet.recovery.key_file import fingerprint
from fleet.recovery.service import copies_of, current_key
from fleet.vault.copies import VaultCopy, open_copy
from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import PrivateKey
from protocol.units import MIB

CONFIG, CONFIG_KEPT = "fleet.toml", "fleet.toml.of-the-backup"
SKIPPED_NUMBERS = 100
"""So many numbers of cameras are left out: more than anybody enrols between two backups."""
RAISED_VERSIONS = 1_000_000
"""What is wanted of a camera does not change so often between two backups."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    Attributes:
        manifest: what the archive says of itself.
        footage: how many bytes of footage were put back; None where they were left where they are.
        copies: the vault's keys as they were opened by the recovery key, with their names.
        first_number: the number of the next camera that is enrolled.
        cameras: how each camera stands that is in service, or that footage beside the backup shows.
        is_shown: whether there is footage beside the backup, which may show what it does not know.
        config_aside: whether the configuration was put aside, for it names another database or store.
    """

    manifest: Manifest
    footage: int | None
    copies: tuple[tuple[str, PrivateKey], ...]
    first_number: int
    config_aside: bool
    cameras: tuple[CameraAdvice, ...]
    is_shown: bool


def restore(
    archive: Path,
    key: PrivateKey,
    state: Path,
    *,
    by: Actor,
    at: datetime,
    with_footage: bool,
    progress: Progress,
    end: Callable[[Session], None],
) -> Restored:
    """Make a state folder.

    Args:
        archive: the archive in its backup folder.
        key: the recovery key.
        state: the folder to make, which is not there.
        by: who does.
        at: wall time.
        with_footage: whether footage is put back too.
        progress: is told how far footage has come.
        end: ends in the database what may be over since the backup was made.

    Raises:
        BackupError: something is missing, was changed or cannot be used.
        StateError: it was made by a newer version.
        OSError: something cannot be read or written; nothing of it is left.
    """
    if state.exists():
        raise BackupError(f"{state} is there already; name a folder that is not, and move it afterwards.")
    with _beside(state) as folder:
        manifest = read_archive(archive, key, folder)
        _lay_out(folder)
        check_sound(folder / SQLITE_NAME)
        footage = None
        if with_footage:
            if manifest.footage is None:
                raise BackupError("This backup was made without footage; restore it without, too.")
            objects = folder / "footage" / "objects"
            footage = _put_back(
                archive.parent / FOLDER, manifest.footage, objects, _authority(folder), progress
            )
        aside = bool(manifest.store) or manifest.database != "sqlite"
        if aside and (folder / CONFIG).exists():
            (folder / CONFIG).rename(folder / CONFIG_KEPT)
        beside = archive.parent / FOLDER
        shown = shown_cameras(beside)
        copies, first, cameras = _finish_database(folder, key, manifest, by, shown, at, end)
    return Restored(manifest, footage, copies, first, aside, cameras, beside.is_dir())


def _lay_out(folder: Path) -> None:
    """Put what the archive held where a state folder has it."""
    for each in sorted((folder / STATE).iterdir()):
        each.rename(folder / each.name)
    (folder / STATE).rmdir()
    (folder / DATABASE).rename(folder / SQLITE_NAME)


def _authority(folder: Path) -> bytes:
    try:
        certificate = x509.load_pem_x509_certificate((folder / "pki" / "authority.pem").read_bytes())
    except (OSError, ValueError) as error:
        raise BackupError("The backup has no authority in it: take another one.") from error
    return certificate.public_bytes(Encoding.DER)


def _put_back(
    source: Path, kept: tuple[KeptFile, ...], target: Path, authority: bytes, progress: Progress
) -> int:
    """Copy objects, but those of recordings that were deleted since; of these what is left is copied."""
    since = find_deleted(source, authority)
    wanted = [each for each in kept if not since.covers(each.path)]
    total, done = sum(each.size for each in wanted), 0
    for each in wanted:
        if _copy(source / each.path, target / each.path) != each.sha256:
            raise BackupError(f"{source / each.path} is not what was put there; take another copy of it.")
        done += each.size
        progress(done, total)
    for key in set(since.left) - {each.path for each in wanted}:
        _copy(source / key, target / key)
    return total


def _copy(source: Path, target: Path) -> str:
    """Copy a file durably and return its SHA-256 in hex.

    Raises:
        BackupError: it is not there.
        OSError: it cannot be read, or the other cannot be written.
    """
    digest = hashlib.sha256()
    try:
        reading = source.open("rb")
    except FileNotFoundError as error:
        raise BackupError(f"{source} is missing in the backup; take another copy of it.") from error
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with reading, target.open("xb") as writing:
        target.chmod(0o600)
        while data := reading.read(MIB):
            digest.update(data)
            writing.write(data)
        sync_file(writing)
    return digest.hexdigest()


def _finish_database(
    folder: Path,
    key: PrivateKey,
    manifest: Manifest,
    by: Actor,
    shown: Mapping[str, str | None],
    at: datetime,
    end: Callable[[Session], None],
) -> tuple[tuple[tuple[str, PrivateKey], ...], int, tuple[CameraAdvice, ...]]:
    database, mark = open_database("", folder), NumberMark(folder / "pki")
    try:
        upgrade(database.engine)
        with database.sessions.begin() as session:
            opened = _opened(session, key)
            first = _skip_numbers(session, shown, mark)
            _raise_versions(session)
            end(session)
            detail: dict[str, str | int] = {"made": manifest.made.isoformat(), "entries": manifest.entries}
            record(session, by, "backup:archive:restore", manifest.fleet, detail=detail)
            cameras = _advice(session, shown, at)
        return opened, first, cameras
    finally:
        database.close()


def _opened(session: Session, key: PrivateKey) -> tuple[tuple[str, PrivateKey], ...]:
    row = current_key(session)
    if row is None or row.id != key.key_id.hex():
        raise BackupError(
            f"The backup is of a fleet that has another recovery key than {fingerprint(key.public_bytes())}."
        )
    copies: tuple[VaultCopy, ...] = copies_of(session, row)
    try:
        return tuple((copy.name, open_copy(copy, key)) for copy in copies)
    except KeysError as error:
        raise BackupError(f"A key of the vault in this backup does not open: {error}.") from error


def _skip_numbers(session: Session, shown: Iterable[str], mark: NumberMark) -> int:
    given = highest_known(session), _noted(mark)
    first = max(*given, *(camera_number(each) or 0 for each in shown)) + SKIPPED_NUMBERS
    mark.raise_to(first)
    session.add(CameraNumberFloor(number=first, since=now(session)))
    return first + 1


def _noted(mark: NumberMark) -> int:
    """Return what number is noted beside the authority; what cannot be read is made anew."""
    try:
        return mark.read() or 0
    except StateError:
        mark.file.unlink()
        return 0


def _advice(session: Session, shown: Mapping[str, str | None], at: datetime) -> tuple[CameraAdvice, ...]:
    kept: dict[str, list[KeptCertificate]] = {}
    for each in session.scalars(select(CameraCertificate).order_by(CameraCertificate.issued)):
        kept.setdefault(each.camera_id, []).append(KeptCertificate(each.sha256, each.issued, each.expires))
    rows = session.scalars(select(CameraRow).order_by(CameraRow.number)).all()
    cameras = [EnrolledCamera(each.id, tuple(kept.get(each.id, ()))) for each in rows if not each.revoked]
    return advise(cameras, revoked=[each.id for each in rows if each.revoked], shown=shown, now=at)


def _raise_versions(session: Session) -> None:
    """Have what is wanted of each camera count for newer than all it was told since the backup was made."""
    raised = CameraRow.desired_version + RAISED_VERSIONS
    session.execute(update(CameraRow).values(desired_version=raised))


@contextmanager
def _beside(state: Path) -> Iterator[Path]:
    """Make a private folder that becomes ``state`` at the end of the block, and is gone after a failure."""
    folder = state.with_name(f".{state.name}.restoring")
    shutil.rmtree(folder, ignore_errors=True)
    make_private_folder(folder)
    try:
        yield folder
        for each in folder.rglob("*"):
            if each.is_dir():
                sync_folder(each)
        sync_folder(folder)
        folder.rename(state)
        sync_folder(state.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise

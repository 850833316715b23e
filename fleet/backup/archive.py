"""The archive of a backup: a tar of files with their manifest at its end, sealed to the recovery key.

It is written beside its name and put there once it is durable and was read back; what a failure leaves is
removed.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from fleet.backup.errors import ArchiveError, BackupError
from fleet.backup.manifest import KeptFile, Manifest, is_path
from fleet.backup.sealed_stream import NAME_BYTES, SealedReader, SealedWriter
from fleet.core.files import make_private_folder, sync_file, sync_folder
from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import PrivateKey, Recipient
from protocol.units import MIB

MANIFEST = "manifest.json"
_CHUNK = MIB


@dataclass(frozen=True, slots=True)
class WrittenArchive:
    """An archive that is durable: its size in bytes and its SHA-256 in hex."""

    size: int
    sha256: str


def write_archive(
    path: Path,
    to: Recipient,
    files: Iterable[tuple[str, Path]],
    describe: Callable[[tuple[KeptFile, ...]], Manifest],
    random: Callable[[int], bytes],
) -> WrittenArchive:
    """Write an archive.

    Args:
        path: its name, which is not taken.
        to: whom it is sealed to.
        files: what goes in, by the names in it.
        describe: makes the manifest of what went in.
        random: returns that many random bytes.

    Raises:
        BackupError: it does not read back as it was written.
        OSError: it cannot be written; nothing of it is left.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("xb") as file:
            part.chmod(0o600)
            seen = _Digest(file)
            try:
                _fill(SealedWriter(cast("BinaryIO", seen), to, random(NAME_BYTES)), files, describe)
            except KeysError as error:
                raise BackupError(f"Nothing can be sealed to the recovery key: {error}.") from error
            sync_file(file)
        written = _read_back(part, seen.sha256)
        part.rename(path)
        sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return written


def read_archive(path: Path, key: PrivateKey, folder: Path) -> Manifest:
    """Unpack an archive into an empty folder, and check every file by the manifest.

    Raises:
        ArchiveError: it is not whole, was changed, or is sealed to another key.
        OSError: it cannot be read, or the folder cannot be written.
    """
    found: dict[str, KeptFile] = {}
    manifest = None
    with path.open("rb") as file, io.BufferedReader(SealedReader(file, key), _CHUNK) as plain:
        try:
            with tarfile.open(fileobj=plain, mode="r|") as tar:
                for member in tar:
                    source = tar.extractfile(member)
                    if source is None or not is_path(member.name) or manifest is not None:
                        raise ArchiveError(f"The archive holds {member.name!r}, which belongs in none.")
                    if member.name == MANIFEST:
                        manifest = Manifest.from_json(source.read())
                    else:
                        found[member.name] = _unpack(cast("BinaryIO", source), member.name, folder)
            while plain.read(_CHUNK):
                pass  # to the last block, which says that nothing was cut off
        except tarfile.TarError as error:
            raise ArchiveError("The archive opens, and its contents cannot be read.") from error
    if manifest is None or {each.path: each for each in manifest.files} != found:
        raise ArchiveError("The archive does not hold what its own list says; take another one.")
    return manifest


def _read_back(path: Path, sha256: str) -> WrittenArchive:
    if digest_of(path) != sha256:
        raise BackupError(f"{path} does not read back as it was written: its disk is not to be trusted.")
    return WrittenArchive(path.stat().st_size, sha256)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fill(
    sealed: SealedWriter,
    files: Iterable[tuple[str, Path]],
    describe: Callable[[tuple[KeptFile, ...]], Manifest],
) -> None:
    kept = []
    with tarfile.open(fileobj=cast("BinaryIO", sealed), mode="w|") as tar:
        for name, path in files:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                seen = _Digest(file)
                tar.addfile(_member(name, size), cast("BinaryIO", seen))
            kept.append(KeptFile(name, size, seen.sha256))
        text = describe(tuple(kept)).to_json()
        tar.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
    sealed.finish()


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _unpack(source: BinaryIO, name: str, folder: Path) -> KeptFile:
    path = folder / name
    if path.parent != folder:
        make_private_folder(path.parent)
    with path.open("xb") as file:
        path.chmod(0o600)
        seen = _Digest(file)
        shutil.copyfileobj(source, cast("BinaryIO", seen), _CHUNK)
        sync_file(file)
    return KeptFile(name, path.stat().st_size, seen.sha256)


class _Digest:
    """A file, of which everything that is read or written is digested."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    def write(self, data: bytes) -> int:
        self._sha256.update(data)
        return self._file.write(data)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._sha256.update(data)
        return data

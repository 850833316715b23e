"""The start-up check that the state folder can keep the promises: hard links, rename, sync of folders."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from device.errors import StateFolderError, StorageError, StorageFullError
from device.storage import durable

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Filesystem

SCRATCH = ".check"
_FIRST, _SECOND = b"first ", b"second"


def check_filesystem(filesystem: Filesystem, folder: Path) -> None:
    """Try on a scratch folder what recording needs of a filesystem.

    Raises:
        StateFolderError: Something does not work; the sentence says what and what to use.
        StorageFullError: There is not even room for this.
    """
    scratch = folder / SCRATCH
    try:
        _remove(filesystem, scratch)
        if not _works(filesystem, scratch):
            raise StateFolderError(_sentence(folder, "a hard link does not show what the file holds"))
    except StorageFullError:
        raise
    except StorageError as error:
        raise StateFolderError(_sentence(folder, f"{error.operation} failed: {error.__cause__}")) from error
    finally:
        with contextlib.suppress(OSError, StorageError):  # the next start removes it
            _remove(filesystem, scratch)


def _works(filesystem: Filesystem, scratch: Path) -> bool:
    durable.begin_folder(filesystem, scratch)
    linked = scratch / "linked.new"
    durable.begin_folder(filesystem, linked)
    file = durable.AppendFile.create(filesystem, scratch / "file")
    file.append(_FIRST)
    durable.link_into(filesystem, scratch / "file", linked)
    file.append(_SECOND)
    file.finish()
    durable.publish(filesystem, linked, scratch / "linked")
    return filesystem.read(scratch / "linked" / "file") == _FIRST + _SECOND


def _remove(filesystem: Filesystem, scratch: Path) -> None:
    if not filesystem.exists(scratch):
        return
    for name in filesystem.listdir(scratch):
        if name.startswith("linked"):
            durable.remove_folder(filesystem, scratch / name)
    durable.remove_folder(filesystem, scratch)


def _sentence(folder: Path, what: str) -> str:
    return (
        f"The filesystem of {folder} cannot keep recordings safe ({what}): "
        "put camera.state_dir on ext4, f2fs, btrfs or xfs."
    )

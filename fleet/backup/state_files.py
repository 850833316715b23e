"""Which files of a state folder belong in a backup: all but those that are made anew, or kept otherwise.

What a later version adds to the folder is in the backup without anybody thinking of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from fleet.backup.errors import BackupError
from fleet.backup.manifest import is_path
from fleet.core.config import FleetConfig
from fleet.core.database import SQLITE_NAME
from fleet.core.disk import ballast
from fleet.core.state import SETUP_LINK

WORK = ".backup-work"
"""Where a backup puts its copy of the database while it is made."""
_DATABASE = (SQLITE_NAME, f"{SQLITE_NAME}-wal", f"{SQLITE_NAME}-shm")
_APART = frozenset({"footage", "broker", "fleet.lock", SETUP_LINK, ballast.FILE, *_DATABASE})
"""Footage is copied by itself, the database as of one instant; each start writes the broker's folder."""

_PLACES = frozenset({("audit", "checkpoints"), ("audit", "second_place")})


def state_files(state: Path) -> Iterator[tuple[str, Path]]:
    """Give each file with its path below the folder.

    Raises:
        BackupError: one has a name that cannot be restored anywhere.
    """
    for path in sorted(state.rglob("*")):
        name = path.relative_to(state).as_posix()
        parts = name.split("/")
        if parts[0] in _APART or any(part.startswith(".") for part in parts):
            continue  # what begins with a dot is a file that is being written
        if path.is_symlink() or (path.is_file() and not is_path(name)):
            raise BackupError(
                f"{path} cannot be put into a backup: it is a link, or has an unusual name; move it away."
            )
        if not path.is_file():
            continue  # a folder, or a socket
        yield name, path


def named_elsewhere(config: FleetConfig, config_file: Path | None, state: Path) -> dict[str, str]:
    """Return what belongs to the fleet and lies outside its state folder, by the key that names it."""
    named = {"--config": "" if config_file is None else str(config_file)}
    for section in type(config).model_fields:
        part: BaseModel = getattr(config, section)
        for key in type(part).model_fields:
            if key.endswith("_file") or (section, key) in _PLACES:
                named[f"{section}.{key}"] = str(getattr(part, key) or "")
    here = state.absolute()
    return {
        key: each
        for key, each in named.items()
        if each and ("://" in each or not Path(each).absolute().is_relative_to(here))
    }

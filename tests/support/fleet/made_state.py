"""A fleet's state folder, copied from one that was made once.

Making keys and tables anew for each of hundreds of tests is a minute of stretching passwords and creating
tables. The vault's box is one of the lowest cost, which is as good a box: the cost is in it.
"""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from fleet.core.config import FleetConfig
from fleet.server.compose import build_services
from fleet.vault.keybox import KeyBox, lock, unlock

CHEAP = 2


def lay_out(state: Path, now: datetime) -> None:
    """Put a new fleet's state where there is none, as it would have been made at an instant, to the hour."""
    if not state.exists():
        shutil.copytree(_made(now.replace(minute=0, second=0, microsecond=0)).name, state)


@functools.cache
def _made(at: datetime) -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="lapel-state-")
    build_services(FleetConfig(), Path(folder.name), clock=lambda: at, random=os.urandom).database.close()
    _cheapen(Path(folder.name) / "vault")
    return folder


def _cheapen(vault: Path) -> None:
    """Lock the vault's key anew with what takes no time to unlock."""
    file, secret = vault / "sealing-key.json", (vault / "key-file").read_bytes()
    box = KeyBox.from_json(file.read_bytes())
    file.write_bytes(lock(unlock(box, secret), box.name, secret, os.urandom, cost=CHEAP).to_json())

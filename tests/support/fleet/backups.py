"""A fleet with a recovery key, and the commands of backups, of which keys cost little to open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typer.testing import CliRunner, Result

from fleet.cli import app
from fleet.core.actor import OPERATOR
from fleet.recovery.key_file import make_key, parse_public, public_line
from fleet.recovery.service import give
from fleet.vault.keybox import KeyBox
from tests.support.fleet.deleting import DeletingFleet, deleting_fleet
from tests.support.fleet.made_state import CHEAP

PASSPHRASE = b"seven words that were drawn by lot"


def new_box() -> KeyBox:
    """A recovery key, locked by ``PASSPHRASE``."""
    return make_key(PASSPHRASE, os.urandom, cost=CHEAP)


@contextmanager
def fleet_with_key(folder: Path, box: KeyBox) -> Iterator[DeletingFleet]:
    """A fleet that was given a recovery key, and has its vault's keys sealed to it."""
    with deleting_fleet(folder) as bench:
        sealed_to(bench, box)
        yield bench


def sealed_to(bench: DeletingFleet, box: KeyBox) -> None:
    """Give a fleet a recovery key, and have its vault's keys sealed to it."""
    with bench.services.sessions.begin() as session:
        give(session, parse_public(public_line(box.public_key)), by=OPERATOR)
    assert bench.services.recovery.step() == 1


def run(*command: str | Path) -> Result:
    """Run a command of ``lapel-fleet``."""
    return CliRunner().invoke(app, list(map(str, command)))


def restored(source: Path, state: Path, box: KeyBox, *more: str) -> Result:
    """Restore a backup folder, or one archive."""
    key = state.parent / f"{state.name}.key"
    key.write_bytes(box.to_json())
    reading, writing = os.pipe()
    try:
        os.write(writing, PASSPHRASE)
        os.close(writing)
        by_fd = ("--passphrase-fd", str(reading))
        return run("restore", "--from", source, "--state", state, "--key", key, *by_fd, *more)
    finally:
        os.close(reading)

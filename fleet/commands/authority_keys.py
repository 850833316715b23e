"""What the commands of the authority share: its keys, and writing down what was done with them."""

from __future__ import annotations

from pathlib import Path

from fleet.audit.log import record
from fleet.commands.opened import opened
from fleet.core.actor import OPERATOR
from fleet.core.config import load_config
from fleet.core.database import open_database
from fleet.core.errors import StateError
from fleet.migrations import upgrade
from fleet.pki.hardware_secret import authority_secret
from fleet.pki.key_store import KeyStore
from fleet.processes.keys import ISSUING, forget_key


def key_store_of(state: Path, config: Path | None) -> KeyStore:
    """Return the keys of a fleet.

    Raises:
        StateError: there is no fleet.
        FleetConfigError: the configuration cannot be used.
    """
    folder = state / "pki"
    if not folder.is_dir():
        raise StateError(f"There is no fleet in {state}.")
    loaded = load_config(config, state)
    return KeyStore(folder, authority_secret(folder, loaded.authority, loaded.vault))


def forget_issuing(state: Path, config: Path | None) -> None:
    """Have the issuing key of the next process that starts count as the fleet's.

    Before it is replaced: a crash in between leaves it to that process to say which counts.
    """
    database = open_database(load_config(config, state).database.url, state)
    try:
        upgrade(database.engine)
        with database.sessions.begin() as session:
            forget_key(session, ISSUING)
    finally:
        database.close()


def note_of_authority(state: Path, config: Path | None, action: str) -> None:
    """Write it into the audit log, which may open no sooner than the authority is good again."""
    with opened(state, config) as services, services.sessions.begin() as session:
        record(session, OPERATOR, action, services.authority.fingerprint)

"""The move, step by step. Each step can be done again after any end of the one before.

Order: both are marked as this move's own; then footage, checkpoints of the audit log, tables; then everything
is compared, footage byte for byte and tables row for row; then the audit log is verified where it is now,
against the checkpoints that lie outside it; then the marks go. What it is copied from is only read: its
database is held against writers meanwhile, and its service must not run.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from fleet.audit.check import CheckResult
from fleet.audit.checkpoints.bucket import open_places
from fleet.audit.checkpoints.note import NoteSigner
from fleet.audit.checkpoints.places import CheckpointPlace, copy_missing, signed_in
from fleet.audit.log import check_entries
from fleet.audit.rows import iter_stored
from fleet.core.config import FleetConfig
from fleet.core.database import SQLITE_NAME, Database, Random, open_database, reason, writing
from fleet.footage.store.folder import folder_store
from fleet.footage.store.open_store import FOLDER, open_store
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import check_create_only, versions_kept
from fleet.migrations import alembic_config, downgrade, upgrade
from fleet.moving.errors import MoveError
from fleet.moving.objects import compare_objects, copy_objects
from fleet.moving.progress import MoveStep, Progress
from fleet.moving.tables import compare_tables, copy_tables
from fleet.moving.target import mark_database, mark_store, unmark_database, unmark_store
from fleet.pki.authority import Authority, open_authority
from fleet.pki.hardware_secret import authority_secret
from fleet.processes.connection import postgres_of

OBJECTS = "objects"


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved.

    Attributes:
        objects: how many objects of footage there are.
        size: how many bytes they have.
        rows: how many rows the tables have.
        entries: how many entries the audit log has, which holds.
        checkpoints: how many checkpoints it holds against.
        warnings: what is to be known of the new place, a sentence each.
        with_footage: whether footage was moved; it stays where it is if that is a store already.
    """

    objects: int
    size: int
    rows: int
    entries: int
    checkpoints: int
    warnings: tuple[str, ...]
    with_footage: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """A fleet's move from a state folder to the database and the store of another configuration.

    Where footage lies in a store already, as after a restore without footage, its tables alone are moved.

    Attributes:
        state: the state folder; its keys stay there and are used as before.
        before: the configuration as it is.
        after: as it is to be.
        random: returns that many random bytes.
        now: when the move is begun.
    """

    state: Path
    before: FleetConfig
    after: FleetConfig
    random: Random
    now: datetime

    def run(self, progress: Progress) -> Moved:
        """Move, or go on where an earlier move ended.

        The caller holds the lock of the state folder, so that no service runs on it.

        Args:
            progress: is told how far it has come.

        Raises:
            MoveError: it cannot be moved there; what it is moved from is as it was.
            FleetError: a database, a store or a place of checkpoints failed; the move can be gone on with.
        """
        self._look()
        fleet = hashlib.sha256(self._authority().der).hexdigest()
        with tempfile.TemporaryDirectory(prefix="lapel-move-") as folder, self._source() as source:
            spool, store = Spool(Path(folder) / "spool"), open_store(self.after.footage, Path(folder))[0]
            here = folder_store(self._objects) if self._with_footage else store
            there = open_database(self.after.database.url, Path(folder))
            with contextlib.closing(there):
                progress(MoveStep.LOOK, 0, 1)
                mark_database(there.engine, fleet)
                objects = size = 0
                if self._with_footage:
                    mark_store(store, spool, fleet)
                    check_create_only(store, spool, self.random)
                    objects = copy_objects(here, self._objects, store, progress)
                places = self._checkpoints(progress)
                downgrade(
                    there.engine, "base"
                )  # what an earlier attempt has left, where rows may not be deleted
                upgrade(there.engine)
                copy_tables(source, there.engine, progress)
                rows = compare_tables(source, there.engine, progress)
                if self._with_footage:
                    size = compare_objects(here, store, progress)
                result, count = self._log(there, places, progress)
                warnings = (versions_kept(store.where),) if store.keeps_versions else ()
                progress(MoveStep.DONE, 0, 1)
                if self._with_footage:
                    unmark_store(store, fleet)
                unmark_database(there.engine)
        return Moved(objects, size, rows, result.entries, count, warnings, self._with_footage)

    @property
    def _with_footage(self) -> bool:
        return not self.before.footage.store

    @property
    def _objects(self) -> Path:
        return self.state / FOLDER / OBJECTS

    def _look(self) -> None:
        """Refuse what is no move.

        Raises:
            MoveError: it is none.
        """
        if not (self.state / SQLITE_NAME).exists() or not (self.state / "pki" / "authority.pem").exists():
            raise MoveError(f"There is no fleet in {self.state} that could be moved.")
        if self.before.database.url:
            raise MoveError(
                "This fleet does not keep its tables in its state folder: there is nothing to move."
            )
        if postgres_of(self.after.database.url) is None or not self.after.footage.store:
            raise MoveError(
                "The configuration to move to needs both: database.url with postgresql+psycopg://, and "
                "footage.store with s3://."
            )
        if self.before.footage.store and self.before.footage != self.after.footage:
            raise MoveError(
                "This fleet's footage lies in a store already, and stays there: [footage] has to be the "
                "same in the configuration to move to."
            )
        changed = self.before.model_copy(
            update={
                "database": self.after.database,
                "footage": self.after.footage,
                "audit": self.after.audit,
                "server": self.after.server,
            }
        )
        if changed != self.after:
            raise MoveError(
                "The configuration to move to changes more than [database], [footage], [audit] and [server]: "
                "take a copy of the one that is used and change those alone."
            )

    def _authority(self) -> Authority:
        folder, config = self.state / "pki", self.before
        secret = authority_secret(folder, config.authority, config.vault)
        return open_authority(folder, now=self.now, secret=secret)

    @contextlib.contextmanager
    def _source(self) -> Iterator[Connection]:
        """Open the tables as they are, and keep everybody from writing meanwhile."""
        database = open_database(self.before.database.url, self.state)
        try:
            with writing(database.engine).connect() as connection, connection.begin() as held:
                version = MigrationContext.configure(connection).get_current_revision()
                if version != ScriptDirectory.from_config(alembic_config()).get_current_head():
                    raise MoveError(
                        "The tables are of another version: start this version of the service once, stop it, "
                        "and move then."
                    )
                yield connection
                held.rollback()
        except SQLAlchemyError as error:
            raise MoveError(f"The database in {self.state} failed: {reason(error)}.") from error
        finally:
            database.close()

    def _checkpoints(self, progress: Progress) -> Sequence[CheckpointPlace]:
        """Have every checkpoint of the audit log lie where it is to lie from now on."""
        here, there = open_places(self.before, self.state), open_places(self.after, self.state)
        progress(MoveStep.CHECKPOINTS, 0, len(there))
        for place in there:
            copy_missing(here[0], place)
        return there

    def _log(
        self, there: Database, places: Sequence[CheckpointPlace], progress: Progress
    ) -> tuple[CheckResult, int]:
        """Verify the audit log where it is now, against what lies outside the database."""
        progress(MoveStep.LOG, 0, 1)
        authority = self._authority()
        name = f"lapel-fleet/{hashlib.sha256(authority.der).hexdigest()[:16]}/audit"
        signer = NoteSigner(name, authority.checkpoints_key())
        signed = signed_in(places[0], [signer.key])
        with there.readers() as session:
            result = check_entries(iter_stored(session), [each.checkpoint for each in signed])
        if result.broken is not None:
            raise MoveError(
                f"The audit log does not hold, and did not before: {result.broken.reason} Read “The audit "
                "log does not verify” in the manual; the service goes on where it was."
            )
        return result, len(signed)

"""What is looked at again and again: which imports are to go now, and what is here that should not be.

Rules:
- while deletion is off nothing is asked for but what goes on somebody's word; while the clock is in doubt
  likewise;
- whoever deletes decides it once more;
- what was described and never sent is thrown away after ``WAITS``;
- at the start, before anything is shown, the certificates of deletion in the store are compared with the
  tables: what a backup brought back is deleted again. Once a day objects are looked for that should not
  be here.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import FLEET
from fleet.core.database import announce, now
from fleet.core.services import Services
from fleet.footage.services import FootageServices
from fleet.footage.store import names
from fleet.imagery.deletion.import_certificates import ImportCertificates
from fleet.imagery.import_keepings import held_imports, import_keepings
from fleet.imagery.models import ImportRow
from fleet.imagery.receiving import STALE
from fleet.imagery.rules.kinds import ImportState
from fleet.imagery.service import JOB, WAITS, discard_import
from fleet.jobs.queue import ask
from fleet.pki.authority import Authority
from fleet.retention.clock import is_doubted
from fleet.retention.deletion.planning import is_early
from fleet.retention.holds import IMPORT as TOPIC
from fleet.retention.rules.periods import local_day
from fleet.retention.rules.switching import deletes
from fleet.retention.switch import switches_of

log = logging.getLogger(__name__)

AGAIN = "imagery:import:delete-again"
EVERY, SWEEP_EVERY = timedelta(minutes=15), timedelta(days=1)
_BLOCK = 200


class ImportTidying:
    """Looks, at most every ``EVERY``; sweeps the store at most every ``SWEEP_EVERY``."""

    def __init__(self, services: Services, authority: Authority, footage: FootageServices) -> None:
        self._services, self._store = services, footage.store
        self._certificates = ImportCertificates(authority, footage.store, footage.spool)
        self._zone = services.config.site.time_zone
        self._next: datetime | None = None
        self._next_sweep: datetime | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Compare the tables with the certificates before anything is shown.

        Raises:
            StoreError: the store failed.
        """
        await run_in_threadpool(self.apply)
        yield

    def __call__(self) -> None:
        """Look, if it is time.

        Raises:
            StoreError: the store failed.
        """
        moment = self._services.clock()
        if not is_early(self._next, moment):
            self.ask()
            self.discard(moment)
            self._next = moment + EVERY
        if self._next_sweep is None or not timedelta() < self._next_sweep - moment <= SWEEP_EVERY:
            self.sweep()
            self._next_sweep = moment + SWEEP_EVERY

    def ask(self) -> None:
        """Have deleted what may go."""
        with self._services.readers() as session:
            today = local_day(now(session), self._zone)
            by_day = deletes(switches_of(session), today, self._zone) and not is_doubted(session)
        after = ""
        while True:
            with self._services.readers() as session:
                rows = held_imports(session, after=after, most=_BLOCK, ended=not by_day)
                kept = import_keepings(session, rows, self._services.config.imports.cctv_months, self._zone)
            if not rows:
                return
            due = [name for name, each in kept.items() if each.may_go(today)]
            if due:
                with self._services.sessions.begin() as session:
                    for name in due:
                        ask(session, JOB, name)
            after = rows[-1].id

    def discard(self, moment: datetime) -> None:
        """Throw away what was described and never sent."""
        query = select(ImportRow.id).where(
            ImportRow.state == ImportState.DESCRIBED, ImportRow.described < moment - WAITS
        )
        with self._services.readers() as session:  # most rounds find nothing, and need no writer's turn
            due = session.scalars(query.where(ImportRow.attempted.is_(None))).all()
        for name in due:
            with self._services.sessions.begin() as session:
                discard_import(session, name=name, by=FLEET)

    def apply(self) -> int:
        """Mark what the certificates say to be deleted and the tables do not; return how many.

        Raises:
            StoreError: the store failed.
        """
        found = {
            names.import_of_certificate(each.key)
            for each in self._store.list(f"{names.DELETED}/{names.IMPORTS}/")
        }
        number = 0
        for name in sorted(each for each in found if each is not None):
            with self._services.readers() as session:
                row = session.get(ImportRow, name)
                is_here = row is not None and row.state in (ImportState.DESCRIBED, ImportState.HELD)
            if is_here:
                number += self._apply(name)
        return number

    def sweep(self) -> int:
        """Take away what a process stored that died at it, and mark what was deleted and is here again.

        What lies there of an import that the tables do not know stays: they may be those of an older backup.

        Returns:
            How many imports had something that should not be here.

        Raises:
            StoreError: the store failed.
        """
        number = 0
        for name in self._store.folders(f"{names.IMPORTS}/"):
            with self._services.readers() as session:
                row = session.get(ImportRow, name)
                state = "" if row is None else row.state
                stale = "" if row is None else _stale_attempt(session, row)
            if state == ImportState.DELETED and self._store.list(f"{names.import_prefix(name)}/"):
                self._mark(name, None)
                number += 1
            elif stale:
                for each in self._store.list(f"{names.import_attempt_prefix(name, stale)}/"):
                    self._store.remove(each.key)
                number += 1
        with self._services.readers() as session:
            begun = session.scalars(select(ImportRow.id).where(ImportRow.attempted.is_not(None))).all()
        for name in begun:
            with self._services.sessions.begin() as session:
                row = session.get_one(ImportRow, name, with_for_update={"of": ImportRow})
                if _stale_attempt(session, row):
                    row.attempt, row.attempted = "", None
        return number

    def _apply(self, name: str) -> bool:
        certificate = self._certificates.check(self._store.read(names.import_certificate_key(name)), name)
        if certificate is None:
            log.error(
                "%s is no certificate of this fleet and deletes nothing.", names.import_certificate_key(name)
            )
            return False
        said = {key: value for key, value in certificate.said.items() if key not in {"kind", "version"}}
        self._mark(name, said)
        return True

    def _mark(self, name: str, said: dict[str, Any] | None) -> None:
        """Have an import deleted again; ``said`` is what its certificate says, None where the row has it."""
        with self._services.sessions.begin() as session:
            row = session.get_one(ImportRow, name, with_for_update={"of": ImportRow}, populate_existing=True)
            row.state, row.begun = ImportState.DELETING, row.begun or now(session)
            row.keys_destroyed = row.bytes_deleted = None
            if said is not None:
                row.said, row.begun_why = said, str(said.get("why", ""))
            record(session, FLEET, AGAIN, row.id, row.begun_why)
            ask(session, JOB, row.id)
            announce(session, TOPIC, row.id)
        log.warning("Import %s was deleted and is here again.", name)


def _stale_attempt(session: Session, row: ImportRow) -> str:
    """Return what was stored of an import by a process that died at it; empty for nothing."""
    is_stale = row.attempted is not None and now(session) - row.attempted >= STALE
    return row.attempt if is_stale and row.state == ImportState.DESCRIBED else ""

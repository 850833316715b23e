"""Cutting a clip into seconds, as a job that any process may take up where another died (F7).

The reading process makes them (``fleet.imagery.reading.seconds``): it has no key and sees this one clip. What
it writes is looked at, encrypted as it comes under a key made of the import's own, and stored; then one
transaction keeps where it lies. Which attempt is being stored is durable before the first piece is, so that
whatever dies leaves nothing that is not found.

What cannot be cut for a reason that stays is told in a sentence; what fails for now is tried again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from fleet.core.actor import FLEET
from fleet.core.database import announce
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.imported.pieces import ImportWriter, put_pieces
from fleet.footage.imported.sealing import ImportFile, made_key
from fleet.footage.services import FootageServices
from fleet.footage.store import names
from fleet.footage.store.spool import TooLargeError
from fleet.footage.timeline.chunks import to_json
from fleet.imagery.import_keepings import held_import_bytes
from fleet.imagery.models import ImportSeconds
from fleet.imagery.opening import ImportOpener, OpenedImport
from fleet.imagery.reading.limits import ReadFacts, ReadingLimits, ReadingRefusedError
from fleet.imagery.reading.supervised import read_supervised
from fleet.imagery.rules.kinds import SecondsState
from fleet.imagery.seconds.asking import JOB
from fleet.imagery.seconds.collecting import PartsCollector
from fleet.jobs.queue import finish
from fleet.jobs.worker import JobRun
from fleet.people.secrets import new_id
from fleet.redaction.making.decoded import MOST_PIXELS
from fleet.retention.holds import IMPORT as TOPIC
from protocol.units import GIB, MIB

ACTION: Final = "imagery:import:cut"
TIMES: Final = 6
"""So many seconds of a processor a second of a clip may take, beside those that reading any file may."""
_OFTEN: Final = 20
_UNAVAILABLE = 500
_FULL = 507


class ImportCutting:
    """Does jobs of ``JOB``, whose subject is an import.

    Attributes:
        kind: of its jobs.
    """

    kind: Final = JOB

    def __init__(self, services: Services, footage: FootageServices, opener: ImportOpener) -> None:
        self._services, self._opener = services, opener
        self._store, self._spool = footage.store, footage.spool

    def __call__(self, run: JobRun) -> None:
        """Cut a clip, unless nobody wants it any more.

        Raises:
            ProblemError: it cannot be cut now.
            StoreError: the store failed.
            OSError: the disk that takes it in failed.
            LeaseLostError: another process has taken it up.
        """
        name = run.lease.subject
        with self._services.readers() as session:
            row = session.get(ImportSeconds, name)
            if row is None or row.state != SecondsState.ASKED:
                return
        try:
            purpose = "To cut it into seconds, for what is released of it"
            opened = self._opener.open(name, by=FLEET, action=ACTION, purpose=purpose)
            self._cut(opened, run)
        except (ProblemError, ReadingRefusedError) as error:
            said = error.detail if isinstance(error, ProblemError) else str(error)
            is_for_now = isinstance(error, ProblemError) and error.status >= _UNAVAILABLE
            with self._services.sessions.begin() as session:
                found = self._row(session, name)
                if found is not None:
                    found.trouble = said
                    found.state = SecondsState.ASKED if is_for_now else SecondsState.FAILED
                    announce(session, TOPIC, name)
                if not is_for_now:
                    finish(session, run.lease)
            if is_for_now:
                raise
            run.is_over = True

    def _cut(self, opened: OpenedImport, run: JobRun) -> None:
        name, attempt = opened.row.id, self._begin(opened.row.id)
        parts = 0

        def each() -> None:
            nonlocal parts
            parts += 1
            if not parts % _OFTEN:
                run.go_on()

        key = made_key(opened.key, attempt)
        limit = 2 * self._services.config.imports.max_mib * MIB
        writer = ImportWriter(self._spool, key, name, ImportFile.SECONDS, limit=limit)
        try:
            collector, plain = PartsCollector(each), opened.plain()

            def write(offset: int, data: bytes) -> None:
                collector.take(offset, data)
                writer.write_at(offset, data)

            try:
                read_supervised(plain.size, plain.reader.read, write, self._limits(opened), "seconds")
            except TooLargeError as error:
                raise ReadingRefusedError("Its seconds would be larger than a clip may be.") from error
            chunks = collector.chunks()
            self._refuse_too_many(writer.size)
            put_pieces(self._store, name, attempt, ImportFile.SECONDS, writer.finish())
            with self._services.sessions.begin() as session:
                found = self._row(session, name)
                if found is not None and found.attempt == attempt:
                    found.state, found.trouble, found.size = SecondsState.DONE, "", writer.size
                    found.chunks = to_json(chunks)
                    announce(session, TOPIC, name)
                finish(session, run.lease)
        finally:
            writer.close()
        run.is_over = True

    def _refuse_too_many(self, size: int) -> None:
        """Refuse so many bytes more, where all that may be held of imports would be exceeded by them.

        Raises:
            ProblemError: 507 they would; it is tried again, for something else may go.
        """
        most = self._services.config.imports.gib
        with self._services.readers() as session:
            held = held_import_bytes(session)
        if held + size > most * GIB:
            detail = f"All that may be held of imports is held, {most} GiB: imports.gib sets this."
            raise ProblemError(_FULL, "imports_quota", detail)

    def _begin(self, name: str) -> str:
        """Note that pieces are stored from now on, and take away what an earlier attempt stored."""
        attempt = new_id(self._services.random)
        with self._services.sessions.begin() as session:
            found = self._row(session, name)
            before = "" if found is None else found.attempt
            if found is not None:
                found.attempt = attempt
        if before:
            for each in self._store.list(f"{names.import_attempt_prefix(name, before)}/"):
                self._store.remove(each.key)
        return attempt

    def _limits(self, opened: OpenedImport) -> ReadingLimits:
        config, lasts = self._services.config.imports, ReadFacts(**opened.row.facts).duration_s or 0.0
        usual = ReadingLimits(minutes=config.minutes + 1, memory=config.memory_mib * MIB)
        return replace(usual, pixels=MOST_PIXELS, seconds=config.seconds + TIMES * round(lasts + 1))

    @staticmethod
    def _row(session: Session, name: str) -> ImportSeconds | None:
        return session.get(ImportSeconds, name, with_for_update={"of": ImportSeconds})

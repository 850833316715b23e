"""Deleting one import, as a job that any process may take up where another died (F3, F7).

Order, each step durable before the next, each of them repeatable:

1. it is looked at again, by the rules, in the transaction that decides it: from then on it is ``deleting``,
   nothing of it is shown and no hold can be placed. What goes on somebody's word goes while deletion is
   switched off and the clock in doubt too: a person decided it, and no day is waited for;
2. **its key is destroyed**, with every viewing of it;
3. **the objects go**;
4. the certificate is signed and durable in the store; then its row forgets what was said of it.

From a store that keeps old versions nothing is deleted: no certificate could be true of it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.audit.models import AuditEntry
from fleet.core.actor import FLEET
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.services import Services
from fleet.footage.errors import StoreError
from fleet.footage.imported.models import DeletedImport, ImportKey
from fleet.footage.released.keys import released_of_import
from fleet.footage.services import FootageServices
from fleet.footage.store import names
from fleet.footage.store.store import versions_kept
from fleet.imagery.deletion.import_certificates import ImportCertificates
from fleet.imagery.import_keepings import import_keepings
from fleet.imagery.models import ImportNote, ImportRow, ImportSeconds
from fleet.imagery.opening import end_viewings
from fleet.imagery.rules.kinds import EXPORTED, KIND_WORDS, VIEWED, ImportKind, ImportState
from fleet.imagery.service import JOB
from fleet.jobs.queue import finish
from fleet.jobs.worker import JobRun
from fleet.pki.authority import Authority
from fleet.retention.clock import is_doubted
from fleet.retention.deletion.facts import iso
from fleet.retention.holds import IMPORT as TOPIC
from fleet.retention.rules.keeping import Keeping
from fleet.retention.rules.periods import local_day
from fleet.retention.rules.switching import deletes
from fleet.retention.switch import switches_of

_OFTEN = 50
"""After so many objects the job is held for longer."""


class ImportDeleting:
    """Deletes imports: what does jobs of ``JOB``, whose subject is an import.

    Attributes:
        kind: of its jobs.
    """

    kind: Final = JOB

    def __init__(self, services: Services, authority: Authority, footage: FootageServices) -> None:
        self._services, self._store = services, footage.store
        self._certificates = ImportCertificates(authority, footage.store, footage.spool)
        self._zone = services.config.site.time_zone

    def __call__(self, run: JobRun) -> None:
        """Delete an import as far as is still to be done; one that is to be kept is left alone.

        Raises:
            StoreError: the store failed, and it goes on from there; or it keeps what is deleted.
            LeaseLostError: another process has taken it up.
        """
        if self._store.keeps_versions:
            raise StoreError(versions_kept(self._store.where))
        name = run.lease.subject
        if not self._begin(name):
            return
        self._destroy_key(name)
        self._delete_objects(name, run)
        self._certify(name, run)

    def _begin(self, name: str) -> bool:
        """Decide it, unless that was done; say whether there is anything to do."""
        with self._services.sessions.begin() as session:
            take_turn(session, Turn.RETENTION)
            row = session.get(ImportRow, name, with_for_update={"of": ImportRow}, populate_existing=True)
            if row is None or row.state not in (ImportState.HELD, ImportState.DELETING):
                return False
            if row.state == ImportState.DELETING:
                return True
            today = local_day(now(session), self._zone)
            kept = self._kept(session, row)
            by_day = deletes(switches_of(session), today, self._zone) and not is_doubted(session)
            if not kept.may_go(today) or not (by_day or row.ended is not None):
                return False
            row.state, row.begun, row.begun_why = ImportState.DELETING, now(session), kept.reason
            row.said = self._said(session, row, kept)
            record(session, FLEET, "imagery:import:delete", row.id, kept.reason)
            announce(session, TOPIC, row.id)
        return True

    def _kept(self, session: Session, row: ImportRow) -> Keeping:
        months = self._services.config.imports.cctv_months
        return import_keepings(session, [row], months, self._zone)[row.id]

    def _said(self, session: Session, row: ImportRow, kept: Keeping) -> dict[str, Any]:
        """Return what the certificate says, as JSON."""
        switches = switches_of(session)
        started: dict[str, Any] = {"started_by": row.ended_by, "reason": row.ended_why}
        if row.ended is None:
            started = {
                "started_by": "the fleet, by these rules",
                "deletion_switched_on_by": switches[-1].by,
                "deletion_switched_on": iso(switches[-1].at),
            }
        return {
            "import": row.id,
            "reference": row.reference,
            "what": KIND_WORDS[ImportKind(row.kind)],
            "verified": "no: no camera of ours signed it",
            "received": _maybe_iso(row.received),
            "bytes": row.size,
            "sha256": None if row.sha256 is None else row.sha256.hex(),
            "copy_bytes": row.copy_size,
            "copy_sha256": None if row.copy_sha256 is None else row.copy_sha256.hex(),
            "why": kept.reason,
            "last_day": None if kept.until is None else kept.until.isoformat(),
            "cctv_period_in_months": self._services.config.imports.cctv_months,
            **started,
            "let_out_before": {
                "viewings": _count(session, row, VIEWED),
                "exports": _count(session, row, EXPORTED),
            },
            "released_before": [
                {
                    "release": each.reference,
                    "first": iso(each.first),
                    "as_noted_at_the_import": each.is_as_noted,
                    "files": [f"{file}, {size} bytes, SHA-256 {sha256}" for file, size, sha256 in each.files],
                }
                for each in released_of_import(session, row.id)
            ],
        }

    def _destroy_key(self, name: str) -> None:
        with self._services.sessions.begin() as session:
            row = session.get_one(ImportRow, name, with_for_update={"of": ImportRow}, populate_existing=True)
            if row.keys_destroyed is not None:
                return
            end_viewings(session, name)
            session.execute(delete(ImportSeconds).where(ImportSeconds.import_id == name))
            key = session.get(ImportKey, name)
            if key is not None:
                session.delete(key)
            row.keys_destroyed = now(session)
            record(session, FLEET, "imagery:import:destroy-keys", row.id)

    def _delete_objects(self, name: str, run: JobRun) -> None:
        prefix = f"{names.import_prefix(name)}/"
        for number, each in enumerate(self._store.list(prefix)):
            self._store.remove(each.key)
            if number % _OFTEN == _OFTEN - 1:
                run.go_on()
        if self._store.list(prefix):
            raise StoreError(f"The footage store {self._store.where} shows what was deleted from it still.")
        with self._services.sessions.begin() as session:
            row = session.get_one(ImportRow, name, with_for_update={"of": ImportRow}, populate_existing=True)
            row.bytes_deleted = row.bytes_deleted or now(session)

    def _certify(self, name: str, run: JobRun) -> None:
        with self._services.readers() as session:
            text = self._certificates.make(session.get_one(ImportRow, name))
        with self._services.sessions.begin() as session:
            row = session.get_one(ImportRow, name, with_for_update={"of": ImportRow}, populate_existing=True)
            row.certificate, row.certified, row.state = text, now(session), ImportState.DELETED
            if session.get(DeletedImport, name) is None:
                session.add(DeletedImport(import_id=name, at=now(session)))
            _forget(session, row)
            digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
            record(session, FLEET, "imagery:import:deleted", row.id, detail={"certificate_sha256": digest})
            announce(session, TOPIC, row.id)
            finish(session, run.lease)
        run.is_over = True


def _forget(session: Session, row: ImportRow) -> None:
    """Forget of an import what is not needed to say that it was deleted."""
    session.execute(delete(ImportNote).where(ImportNote.import_id == row.id))
    row.source = row.purpose = row.taken_says = row.place = row.notice = row.attempt = row.ended_why = ""
    row.taken = row.noticed = row.kept_until = row.attempted = None
    row.facts = {}


def _count(session: Session, row: ImportRow, action: str) -> int:
    of = (AuditEntry.subject == row.id, AuditEntry.action == action)
    return session.scalar(select(func.count()).select_from(AuditEntry).where(*of)) or 0


def _maybe_iso(at: datetime | None) -> str | None:
    return None if at is None else iso(at)

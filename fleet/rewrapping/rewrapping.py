"""Giving recordings a key of their own, which the vault's newest key opens, as a job (F7).

Of each recording that an earlier key opens, in this order, each step durable before the next:

1. its keys are opened by that one, which is written down first (F1);
2. a new key of its own, wrapped under the newest, is in its row, and not ``ready``;
3. the table of its keys, encrypted under that, is in the store;
4. the table is read from the store, opened by what the row holds, and compared with the keys of step 1;
5. its row is ``ready``; then tables of earlier attempts go.

Until step 5 it is opened as before, and whoever begins anew makes another key under another name. Its ledger
and its footage are never touched. One that has a key of its own already has that wrapped anew, in its row.

Rules:
- a recording that cannot be done says why and is tried again an hour later; the others go on meanwhile;
- a run is short, so that other jobs get their turn: what is left is asked for again;
- while the vault is sealed nothing is done.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import FLEET
from fleet.core.database import now
from fleet.core.errors import FleetError
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.errors import ObjectMissingError, StoreError
from fleet.footage.keys.models import RecordingKey
from fleet.footage.keys.tables import KeptTable
from fleet.footage.services import FootageServices
from fleet.footage.store import names
from fleet.footage.store.ledgers import read_ledger_bytes
from fleet.footage.store.store import Put
from fleet.jobs.models import Job
from fleet.jobs.queue import ask, finish, try_again
from fleet.jobs.rules import JobState
from fleet.jobs.worker import JobRun
from fleet.rewrapping.at_rest import RecordingAtRest, locked_key, look_at_rest
from fleet.rewrapping.hanging import KIND
from fleet.rewrapping.standing import unsettled
from fleet.vault.errors import VaultError
from fleet.vault.rotation.key_wrapping import KeyWrapping, WrappedTable
from fleet.vault.rotation.wrapping import PartKeys
from fleet.vault.vault import Vault
from protocol.footage.format.errors import FormatError, KeysError
from protocol.footage.ledger.ledger import Ledger, ledger_valid_prefix, read_ledger

log = logging.getLogger(__name__)

ACTION: Final = "footage:recording:rewrap"
PURPOSE: Final = "The fleet's own: the vault's newest key is to open it; nobody is shown anything"
SLICE_S: Final = 5.0
AGAIN_AFTER: Final = timedelta(hours=1)
_BLOCK = 50


class CannotRewrapError(FleetError):
    """A recording's keys could not be put under the newest key; it is opened as before."""


class Rewrapping:
    """Does jobs of a kind, and asks for them.

    Attributes:
        kind: which.
    """

    kind: Final = KIND

    def __init__(
        self,
        services: Services,
        footage: FootageServices,
        vault: Vault,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._services = services
        self._store, self._spool = footage.store, footage.spool
        self._vault = vault
        self._wrapping: KeyWrapping = vault.wrapping
        self._seconds = seconds

    def look(self) -> None:
        """Ask for a job where there is something to do that can be done."""
        if len(self._vault.known()) == 1 or self._vault.is_sealed():
            return
        with self._services.readers() as session:
            if not self._due(session, after=0):
                return
        with self._services.sessions.begin() as session:
            job: Job = ask(session, KIND, self._current[:16])
            if job.state == JobState.STUCK:  # processes died at it: what it does bears being begun anew
                try_again(session, job.id)

    def __call__(self, run: JobRun) -> None:
        """Do what is due, for some seconds.

        Raises:
            LeaseLostError: another process has taken it up.
        """
        began, after = self._seconds(), 0
        while not self._vault.is_sealed():
            with self._services.readers() as session:
                rows = self._due(session, after=after)
            if not rows:
                return None
            for row in rows:
                self.rewrap(row)
                run.go_on()
                if self._seconds() - began >= SLICE_S:
                    return self._leave(run)
            after = rows[-1]
        return None

    def rewrap(self, row: int) -> None:
        """Do one recording; why it could not be done is kept with it."""
        seen = look_at_rest(self._services.readers, row)
        if seen is None:
            return
        try:
            self._one(seen)
            why = ""
        except (StoreError, KeysError, FormatError, CannotRewrapError, VaultError) as error:
            why = str(error)
        except ProblemError as problem:
            why = problem.detail
        if why:
            log.warning("The keys of %s stay under the earlier key: %s", seen.public_id, why)
            with self._services.sessions.begin() as session:
                self._tried(session, seen, why)

    def _one(self, seen: RecordingAtRest) -> None:
        if seen.kept is not None and seen.is_whole:
            return self._again(seen, seen.kept)
        ledger = self._ledger(seen)
        known = {each.key_id for each in self._vault.known()}
        named = [] if ledger is None else [each.key_id.hex() for each in ledger.open.recipients]
        ours = [each for each in named if each in known]
        if self._current in ours or (seen.kept is None and not ours):
            return self._settle(seen, self._current if ours else "")
        if ledger is None:
            raise CannotRewrapError("Its ledger can no longer be read.")
        with self._vault.unseal(
            recording=seen.public_id,
            load=lambda: ledger,
            actor=FLEET,
            action=ACTION,
            purpose=PURPOSE,
        ) as opening:
            keys, broken = opening.keys_that_open()
            if broken and seen.is_held:
                raise CannotRewrapError(f"Not all of its keys open: {broken}.")
            if not keys and seen.kept is None:
                return self._settle(seen, ours[0], opens=False)
            self._wrap(seen, ours[0], keys, ledger)
        return None

    def _wrap(self, seen: RecordingAtRest, sealed_to: str, keys: PartKeys, ledger: Ledger) -> None:
        made = self._wrapping.make(keys, ledger.open_digest)
        with self._services.sessions.begin() as session:
            row = locked_key(session, seen)
            if row is None:
                return
            row.sealed_to, row.covered, row.ready = sealed_to, seen.length, None
            row.wrapped_by, row.wrapped, row.bound = made.key.by, made.key.wrapped, made.key.bound
            row.name, row.trouble = made.name, ""
        key = names.key_table_key(seen.place, made.name)
        with self._spool.keep(made.table) as incoming:
            if self._store.put(key, incoming.finish()) is not Put.CREATED:
                raise CannotRewrapError("Something lies in the store where its new keys were to be.")
        self._compare(seen, made, keys)
        with self._services.sessions.begin() as session:
            row = locked_key(session, seen)
            is_mine = row is not None and row.wrapped == made.key.wrapped
            if row is not None and is_mine:
                row.ready = row.tried = now(session)
        if is_mine:
            self._sweep(seen, made.name)
        else:  # it is being deleted, has grown, or another process does it: nobody will open this table
            self._store.remove(key)

    def _compare(self, seen: RecordingAtRest, made: WrappedTable, keys: PartKeys) -> None:
        """Open the table as it is in the store, by the row as it is in the database."""
        with self._services.readers() as session:
            row = session.get(RecordingKey, seen.row)
            wrapped = None if row is None else row.wrapped
        table = self._store.read(names.key_table_key(seen.place, made.name))
        if wrapped != made.key.wrapped or self._wrapping.open(made.key, table) != dict(keys):
            raise CannotRewrapError("What the store gave back of its keys is not what it was given.")

    def _again(self, seen: RecordingAtRest, kept: KeptTable) -> None:
        """Wrap the key of its own anew, once it was seen to open the table in the store."""
        try:
            table = self._store.read(names.key_table_key(seen.place, kept.name))
        except ObjectMissingError as error:
            raise CannotRewrapError(f"The table of its keys is missing in the store: {error}") from error
        self._wrapping.open(kept.key, table)
        wrapped = self._wrapping.rewrap(kept.key)
        with self._services.sessions.begin() as session:
            row = locked_key(session, seen)
            if row is None or row.wrapped != kept.key.wrapped:
                return
            row.wrapped_by, row.wrapped, row.trouble, row.tried = (
                wrapped.by,
                wrapped.wrapped,
                "",
                now(session),
            )
            record(session, FLEET, ACTION, seen.public_id, PURPOSE)

    def _settle(self, seen: RecordingAtRest, sealed_to: str, *, opens: bool = True) -> None:
        """Note that a recording needs no other key, or that no key opens anything of it."""
        with self._services.sessions.begin() as session:
            row = locked_key(session, seen)
            if row is None:
                return
            row.sealed_to, row.covered, row.trouble = sealed_to, seen.length, ""
            row.wrapped_by = row.wrapped = row.bound = row.name = None
            row.ready = None if opens else now(session)

    def _sweep(self, seen: RecordingAtRest, name: str) -> None:
        """Remove the tables of attempts that came to nothing."""
        mine = names.key_table_key(seen.place, name)
        for each in self._store.list(names.key_table_prefix(seen.place)):
            if each.key != mine:
                self._store.remove(each.key)

    def _ledger(self, seen: RecordingAtRest) -> Ledger | None:
        """Return its ledger as far as it can be read; None where nothing can."""
        if seen.is_held:
            return read_ledger(self._store.read(names.whole_ledger_key(seen.place)))
        data = read_ledger_bytes(self._store, seen.place, seen.pieces)
        try:
            return read_ledger(data[: ledger_valid_prefix(data)])
        except FormatError:
            return None

    def _tried(self, session: Session, seen: RecordingAtRest, why: str) -> None:
        row = locked_key(session, seen)
        if row is not None:
            row.trouble, row.tried = why[:1000], now(session)

    def _due(self, session: Session, *, after: int) -> list[int]:
        """Return what is to be done, but what was tried in vain a moment ago."""
        while rows := unsettled(session, self._current, after=after, most=_BLOCK):
            vain = select(RecordingKey.recording_id).where(
                RecordingKey.recording_id.in_(rows),
                RecordingKey.trouble != "",
                RecordingKey.tried > now(session) - AGAIN_AFTER,
                RecordingKey.tried <= now(session),
            )
            skipped = set(session.scalars(vain))
            if found := [each for each in rows if each not in skipped]:
                return found
            after = rows[-1]
        return []

    def _leave(self, run: JobRun) -> None:
        """End this run, and ask for the next one behind the jobs that wait."""
        with self._services.sessions.begin() as session:
            finish(session, run.lease)
            ask(session, KIND, run.lease.subject)
        run.is_over = True

    @property
    def _current(self) -> str:
        return self._vault.known()[0].key_id

"""Receiving the file of an import: encrypted as it comes, read, and only then stored (F6, F7, F9).

In this order:

1. bytes are encrypted into pieces in the spool as they come: no plaintext touches a disk. They are counted
   against the account's allowance, the quota of all imports, and what is kept of the disk;
2. a process of its own finds out what the file is and makes the copy, encrypted likewise; what it refuses is
   gone again, and the import waits for another file;
3. the row says that pieces are being stored; they are stored, each durable; then one transaction keeps the
   key and all that was found, if all that may be held is not. Before that nothing of it opens.

Rules:
- few files at once, so that nobody fills memory and processors: another is told to come again;
- a crash leaves objects that no key opens. They are removed before the next attempt, or by ``Tidying``.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta

from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from fleet.core.actor import Actor
from fleet.core.database import Turn, now, take_turn
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.errors import StoreError
from fleet.footage.imported.models import ImportKey
from fleet.footage.imported.pieces import ImportReader, ImportWriter, put_pieces, spooled_reader
from fleet.footage.imported.sealing import KEY_BYTES, ImportFile, seal_import_key
from fleet.footage.services import FootageServices
from fleet.footage.store import names
from fleet.footage.store.spool import Spooled, TooLargeError
from fleet.imagery.import_allowance import ImportAllowance
from fleet.imagery.import_keepings import held_import_bytes
from fleet.imagery.models import ImportRow
from fleet.imagery.reading.limits import ReadFacts, ReadingLimits, ReadingRefusedError
from fleet.imagery.reading.supervised import read_supervised
from fleet.imagery.rules.formats import ImportFormat
from fleet.imagery.rules.kinds import KIND_WORDS, ImportKind, ImportState
from fleet.imagery.service import get_import, refuse_unless_waiting, tell
from fleet.people.secrets import new_id
from fleet.vault.vault import Vault
from protocol.units import MIB

AT_ONCE = 2
"""Files that one process receives or reads at a time."""
STALE = timedelta(hours=1)
"""After so long nobody stores pieces any more whose process is alive."""
_BLOCK = MIB


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A file in the spool: its length, its digest, and its pieces."""

    size: int
    sha256: bytes
    pieces: tuple[Spooled, ...]


class ImportReceiving:
    """Receives files of imports. Safe to use from several threads."""

    def __init__(
        self, services: Services, footage: FootageServices, vault: Vault, allowance: ImportAllowance
    ) -> None:
        """Prepare it.

        Args:
            services: of the core.
            footage: its store and spool.
            vault: whose key imports are sealed to; it need not be open.
            allowance: how much may be imported.
        """
        self._services, self._vault, self._allowance = services, vault, allowance
        self._store, self._spool = footage.store, footage.spool
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        config = services.config.imports
        self.limit = config.max_mib * MIB
        self.limits = ReadingLimits(
            pixels=config.megapixels * 1_000_000,
            minutes=config.minutes,
            seconds=config.seconds,
            memory=config.memory_mib * MIB,
        )

    async def receive(
        self, name: str, body: AsyncIterator[bytes], *, length: int | None, digest: bytes | None, by: Actor
    ) -> ImportRow:
        """Receive the file of an import.

        Args:
            name: the import.
            body: the file's bytes as they come.
            length: how many were announced; None where none were.
            digest: their SHA-256, as the sender states it; None where it states none.
            by: who sends it.

        Raises:
            ProblemError: 400 the file was cut, or has another digest than stated; 404 there is no such
                import; 409 its file is here, or is being stored; 413 it is too large; 422 it is not what is
                imported; 429 and 507 no more may be imported now, or the disk cannot take it;
                503 the database does not answer.
        """
        if length is not None and length > self.limit:
            raise self._too_large()
        if not self._slots.acquire(blocking=False):
            detail = f"{AT_ONCE} files are being imported now; send yours again in a minute."
            raise ProblemError(429, "imports_busy", detail, headers={"Retry-After": "60"})
        try:
            await run_in_threadpool(self._check_waits, name)
            key = bytearray(self._services.random(KEY_BYTES))
            with self._spooling(key, name) as (original, copy):
                sha256 = await self._taken_in(original, body, by)
                if digest is not None and sha256 != digest:
                    detail = "The file is not of the digest that was stated with it; nothing of it was kept."
                    raise ProblemError(400, "digest_differs", detail)
                return await run_in_threadpool(self._finish, name, key, original, copy, sha256, by)
        finally:
            self._slots.release()

    @contextmanager
    def _spooling(self, key: bytearray, name: str) -> Iterator[tuple[ImportWriter, ImportWriter]]:
        writers = [
            ImportWriter(self._spool, key, name, file, limit=2 * self.limit)
            for file in (ImportFile.ORIGINAL, ImportFile.COPY)
        ]
        try:
            yield writers[0], writers[1]
        finally:
            for each in writers:
                each.close()
            key[:] = bytes(len(key))

    def _check_waits(self, name: str) -> None:
        with self._services.readers() as session:
            refuse_unless_waiting(get_import(session, name))

    async def _taken_in(self, original: ImportWriter, body: AsyncIterator[bytes], by: Actor) -> bytes:
        sha256, block = hashlib.sha256(), bytearray()

        def write(data: bytes) -> None:
            self._allowance.take(by, len(data))
            if original.size + len(data) > self.limit:
                raise TooLargeError
            sha256.update(data)
            original.write(data)

        try:
            async for data in body:
                block += data
                if len(block) >= _BLOCK:
                    await run_in_threadpool(write, bytes(block))
                    block.clear()
            await run_in_threadpool(write, bytes(block))
        except TooLargeError as error:
            raise self._too_large() from error
        except ClientDisconnect as error:
            raise ProblemError(
                400, "body_cut", "The file was cut off before its end; send it again."
            ) from error
        except OSError as error:
            raise _no_room(error) from error
        if not original.size:
            raise ProblemError(400, "body_empty", "No file was sent, or it is empty.")
        return sha256.digest()

    def _finish(
        self,
        name: str,
        key: bytearray,
        original: ImportWriter,
        copy: ImportWriter,
        sha256: bytes,
        by: Actor,
    ) -> ImportRow:
        """Read it, store it, and keep what it is."""
        try:
            first = _Sealed(original.size, sha256, original.finish())
            facts, second = self._read(name, key, first, copy)
        except OSError as error:
            raise _no_room(error) from error
        self._check_kind(name, facts)
        attempt = self._begin(name)
        try:
            put_pieces(self._store, name, attempt, ImportFile.ORIGINAL, first.pieces)
            put_pieces(self._store, name, attempt, ImportFile.COPY, second.pieces)
            return self._keep(name, attempt, key, (first, second), facts, by)
        except BaseException:
            self._give_up(name, attempt)
            raise

    def _read(
        self, name: str, key: bytearray, first: _Sealed, copy: ImportWriter
    ) -> tuple[ReadFacts, _Sealed]:
        reader = ImportReader(spooled_reader(first.pieces), first.size, key, name, ImportFile.ORIGINAL)
        try:
            facts = read_supervised(first.size, reader.read, copy.write_at, self.limits)
        except ReadingRefusedError as error:
            raise ProblemError(422, "file_refused", str(error)) from error
        except TooLargeError as error:
            detail = "The copy would be more than twice as large as a file may be; import a shorter clip."
            raise ProblemError(422, "file_refused", detail) from error
        pieces, sha256 = copy.finish(), hashlib.sha256()
        again = ImportReader(spooled_reader(pieces), copy.size, key, name, ImportFile.COPY)
        for block in again.blocks(0, copy.size):
            sha256.update(block)
        return facts, _Sealed(copy.size, sha256.digest(), pieces)

    def _check_kind(self, name: str, facts: ReadFacts) -> None:
        with self._services.readers() as session:
            kind = ImportKind(get_import(session, name).kind)
        found = ImportKind.PHOTOGRAPH if ImportFormat(facts.format).is_picture else ImportKind.CCTV
        if kind is not found:
            detail = (
                f"By its contents the file is a {KIND_WORDS[found]}, and the import was described as a "
                f"{KIND_WORDS[kind]}; describe it anew."
            )
            raise ProblemError(422, "other_kind", detail)

    def _begin(self, name: str) -> str:
        """Note that pieces are stored from now on, and take away what a process that died has stored."""
        attempt = new_id(self._services.random)
        with self._services.sessions.begin() as session:
            row = get_import(session, name, lock=True)
            refuse_unless_waiting(row)
            if row.attempted is not None and now(session) - row.attempted < STALE:
                raise ProblemError(
                    409, "being_stored", f"Another file of {row.reference} is being stored now."
                )
            before, row.attempt, row.attempted = row.attempt, attempt, now(session)
        if before:
            self._remove(name, before)
        return attempt

    def _keep(
        self,
        name: str,
        attempt: str,
        key: bytearray,
        files: tuple[_Sealed, _Sealed],
        facts: ReadFacts,
        by: Actor,
    ) -> ImportRow:
        to = self._vault.recipients()[0]
        sealed = seal_import_key(bytes(key), name, to)
        with self._services.sessions.begin() as session:
            take_turn(session, Turn.IMPORTS)
            row = get_import(session, name, lock=True)
            refuse_unless_waiting(row)
            if row.attempt != attempt:
                raise ProblemError(
                    409, "being_stored", f"Another file of {row.reference} was stored meanwhile."
                )
            self._allowance.check(held_import_bytes(session), files[0].size + files[1].size)
            row.state, row.received, row.received_by = ImportState.HELD, now(session), by.name or by.label
            row.attempted = None
            row.size, row.sha256 = files[0].size, files[0].sha256
            row.copy_size, row.copy_sha256 = files[1].size, files[1].sha256
            row.facts = asdict(facts)
            session.add(ImportKey(import_id=row.id, sealed_to=to.key_id.hex(), sealed=sealed))
            tell(session, row, by, "imagery:import:receive")
        return row

    def _give_up(self, name: str, attempt: str) -> None:
        """Take away what was stored; where that fails too, the next attempt or ``Tidying`` does it."""
        try:
            with self._services.sessions.begin() as session:
                row = session.get(ImportRow, name, with_for_update={"of": ImportRow})
                if row is None or row.state != ImportState.DESCRIBED or row.attempt != attempt:
                    return
            self._remove(name, attempt)
            with self._services.sessions.begin() as session:
                row = session.get(ImportRow, name, with_for_update={"of": ImportRow})
                if row is not None and row.attempt == attempt and row.state == ImportState.DESCRIBED:
                    row.attempt, row.attempted = "", None
        except StoreError:
            return

    def _remove(self, name: str, attempt: str) -> None:
        for each in self._store.list(names.import_attempt_prefix(name, attempt)):
            self._store.remove(each.key)

    def _too_large(self) -> ProblemError:
        detail = f"A file to be imported has at most {self.limit // MIB} MiB; imports.max_mib sets this."
        return ProblemError(413, "body_too_large", detail)


def _no_room(error: OSError) -> ProblemError:
    detail = f"The fleet cannot store what was sent now: {error.strerror}."
    return ProblemError(507, "storage_failed", detail, headers={"Retry-After": "30"})

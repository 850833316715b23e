"""Opening imports: who looks says why first, and is shown the copy alone (F1).

Rules:
- the audit entry is committed before the key is opened;
- a viewing lasts ``LASTS``, and each answer within it opens the key anew: once the vault is sealed, the
  import deleted or the viewing over, nothing more is given;
- what is restricted is not opened, but for a legal claim; who looks as that begins is shown no more, and what
  is on its way out goes no further: that is asked again before each piece;
- the original never leaves: what is shown and given out is the copy, without what the file says of itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.one_time import is_ahead
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.imported.models import ImportKey
from fleet.footage.imported.pieces import ImportReader, stored_reader
from fleet.footage.imported.sealing import ImportFile, import_key_info, made_key
from fleet.footage.restricting.import_restrictions import refuse_restricted_import
from fleet.footage.store.store import FootageStore
from fleet.imagery.models import ImportRow, ImportViewing
from fleet.imagery.rules.kinds import VIEWED, ImportKind, ImportState
from fleet.imagery.service import get_held
from fleet.people.secrets import new_id
from fleet.retention.holds import IMPORT as TOPIC
from fleet.vault.errors import VaultError
from fleet.vault.vault import Vault
from protocol.footage.format.errors import KeysError

LASTS = timedelta(hours=1)
MEDIA_TYPES = {ImportKind.CCTV: "video/mp4", ImportKind.PHOTOGRAPH: "image/jpeg"}
_ENDS = {ImportKind.CCTV: "mp4", ImportKind.PHOTOGRAPH: "jpg"}


@dataclass(frozen=True, slots=True)
class PlainImport:
    """The plain copy of an import, an ordinary MP4 or JPEG, to be read once.

    Attributes:
        name: what its file is called.
        media_type: of it.
        size: in bytes.
        sha256: of all of its bytes.
        reader: reads spans of it.
        goes_on: raises once nothing more of it may be given.
    """

    name: str
    media_type: str
    size: int
    sha256: bytes
    reader: ImportReader
    goes_on: Callable[[], None]

    def blocks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Give all of it, or the bytes from ``start`` to ``end``, piece by piece while that may go on.

        Raises:
            KeysError: a piece does not open.
            StoreError: one cannot be read.
            ProblemError: 403 it was restricted since; 410 it was deleted; 503 the vault was sealed.
        """
        for block in self.reader.blocks(start, self.size if end is None else end):
            self.goes_on()
            yield block


@dataclass(frozen=True, slots=True)
class OpenedImport:
    """An import whose key is open: the caller keeps it for no longer than what it does takes.

    Attributes:
        row: what is known of it.
        key: that.
        store: where it lies.
        goes_on: raises once nothing more of it may be given.
    """

    row: ImportRow
    key: bytes
    store: FootageStore
    goes_on: Callable[[], None]

    def plain(self) -> PlainImport:
        """Return its plain copy."""
        return _plain(self.store, self.row, self.key, self.goes_on)

    def made(self, attempt: str, file: ImportFile, size: int) -> ImportReader:
        """Return what reads a file that was made of it later, by the attempt at making it."""
        read = stored_reader(self.store, self.row.id, attempt, file)
        return ImportReader(read, size, made_key(self.key, attempt), self.row.id, file)


class ImportOpener:
    """Opens imports. Safe to use from several threads."""

    def __init__(self, services: Services, store: FootageStore, vault: Vault) -> None:
        self._services, self._store, self._vault = services, store, vault

    def plain(self, name: str, *, by: Actor, action: str, purpose: str) -> PlainImport:
        """Write down who opens an import and why, and return its plain copy; as ``open``."""
        return self.open(name, by=by, action=action, purpose=purpose).plain()

    def open(self, name: str, *, by: Actor, action: str, purpose: str) -> OpenedImport:
        """Write down who opens an import and why, and open its key.

        Args:
            name: the import.
            by: who asks.
            action: what for, as the log words it.
            purpose: why, in the actor's words.

        Raises:
            ProblemError: 403 it is restricted; 404 there is no such import; 409 its file is not here, or does
                not open; 410 it was deleted; 422 there is no purpose; 503 the vault is sealed.
        """
        with self._services.readers() as session:
            get_held(session, name)
            refuse_restricted_import(session, name)
        self._vault.write_down(subject=name, actor=by, action=action, purpose=purpose)
        with self._services.sessions.begin() as session:
            announce(session, TOPIC, name)
        return self._opened(name)

    def view(self, name: str, *, by: Actor, purpose: str) -> str:
        """Begin a viewing, with its purpose written down; return its id.

        Raises:
            ProblemError: as for ``plain``.
        """
        self.plain(name, by=by, action=VIEWED, purpose=purpose)
        with self._services.sessions.begin() as session:
            moment = now(session)
            session.execute(delete(ImportViewing).where(ImportViewing.until <= moment))
            row = ImportViewing(
                id=new_id(self._services.random),
                import_id=name,
                actor_kind=str(by.kind),
                actor_id=by.id,
                purpose=" ".join(purpose.split()),
                opened=moment,
                until=moment + LASTS,
            )
            session.add(row)
        return row.id

    def shown(self, viewing: str, *, by: Actor) -> PlainImport:
        """Return the plain copy for a viewing that lasts; as ``opened_for``."""
        return self.opened_for(viewing, by=by).plain()

    def opened_for(self, viewing: str, *, by: Actor) -> OpenedImport:
        """Open an import's key for a viewing that lasts.

        Raises:
            ProblemError: 404 it does not last, or is not the actor's own; 403, 409, 410 and 503 as for
                ``plain``.
        """
        with self._services.readers() as session:
            name = self.viewing_of(session, viewing, by).import_id
            get_held(session, name)
            refuse_restricted_import(session, name)
        self._vault.go_on(
            subject=name,
            actor=by,
            action=VIEWED,
            stands=lambda session: session.get(ImportViewing, viewing) is not None,
        )
        return self._opened(name)

    def viewing_of(self, session: Session, viewing: str, by: Actor) -> ImportViewing:
        """Return a viewing of the actor's own that lasts.

        Raises:
            ProblemError: 404 there is none.
        """
        row = session.get(ImportViewing, viewing)
        is_own = row is not None and (row.actor_kind, row.actor_id) == (str(by.kind), by.id)
        moment = now(session)
        if row is None or not is_own or row.until <= moment or is_ahead(row.opened, moment):
            raise ProblemError(404, "viewing_ended", "That viewing has ended. Say again why you are looking.")
        return row

    def _opened(self, name: str) -> OpenedImport:
        with self._services.readers() as session:
            row, key = get_held(session, name), session.get(ImportKey, name)
        if key is None:
            raise _does_not_open(row)
        try:
            opened = self._vault.wrapping.open_sealed(key.sealed_to, key.sealed, import_key_info(name))
        except VaultError as error:
            raise ProblemError(503, "vault_sealed", str(error)) from error
        except KeysError as error:
            raise _does_not_open(row) from error
        return OpenedImport(row, opened, self._store, partial(self._go_on, name))

    def _go_on(self, name: str) -> None:
        """See that what is on its way may go on.

        Raises:
            ProblemError: 403 it was restricted since; 410 it was deleted; 503 the vault was sealed.
        """
        with self._services.readers() as session:
            get_held(session, name)
            refuse_restricted_import(session, name)
        if (sealed := self._vault.sealed()) is not None:
            raise ProblemError(503, "vault_sealed", sealed.refusal)


def end_viewings(session: Session, name: str) -> None:
    """End every viewing of an import."""
    session.execute(delete(ImportViewing).where(ImportViewing.import_id == name))


def _plain(store: FootageStore, row: ImportRow, key: bytes, goes_on: Callable[[], None]) -> PlainImport:
    if row.state != ImportState.HELD or row.copy_sha256 is None:
        raise ValueError("internal error: an import was opened that is not here")
    kind = ImportKind(row.kind)
    read = stored_reader(store, row.id, row.attempt, ImportFile.COPY)
    reader = ImportReader(read, row.copy_size, key, row.id, ImportFile.COPY)
    return PlainImport(
        f"{row.reference}.{_ENDS[kind]}", MEDIA_TYPES[kind], row.copy_size, row.copy_sha256, reader, goes_on
    )


def _does_not_open(row: ImportRow) -> ProblemError:
    detail = f"The key of {row.reference} does not open by this fleet's vault. Restore it from a backup."
    return ProblemError(409, "own_key_damaged", detail)

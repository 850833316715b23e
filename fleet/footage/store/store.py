"""The footage store: objects that are created once and never changed, in a folder or an S3-compatible store.

Rules:
- every put is create-only and atomic: nobody sees half an object, and no object is ever replaced (L2);
- when ``put`` returns, the object is durable: the fleet may acknowledge it (F7);
- at start-up ``check_create_only`` shows on a scratch object that the store really refuses to overwrite, else
  the service does not start: an S3 server that ignores ``If-None-Match`` would let footage be replaced
  silently;
- a bucket that keeps old versions is noticed there too: deleting from it would delete nothing;
- keys come from ``fleet.footage.store.names`` alone.

Reading goes through obstore, but for whole objects of a folder, which it would copy twice. Writing into a
folder does not: obstore's ``LocalStore`` (0.12) links an object into view before anything is synced and has
no option to sync, so an acknowledged object could come back from a power cut empty.
``fleet.footage.store.folder`` does it in the right order. Credentials of an S3 store come from its provider's
usual environment variables or machine role, and never from arguments, configuration or logs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store

from fleet.core.sections.store_trust import certificate_fault
from fleet.footage.errors import NotCreateOnlyError, ObjectMissingError, StoreError
from fleet.footage.store.spool import Spool, Spooled
from protocol.units import MIB

_SCRATCH = "scratch/create-only-"
_NO_VERSION = (None, "", "null")
"""What a bucket says of an object's version that keeps none, or none any more."""


class Put(StrEnum):
    """What became of a put."""

    CREATED = "created"
    SAME = "same"
    """The object was there already, with the same bytes."""
    OTHER = "other"
    """The object was there already, with other bytes; it is untouched."""


@dataclass(frozen=True, slots=True, order=True)
class Stored:
    """An object in the store: its key and its size in bytes."""

    key: str
    size: int


Create = Callable[[str, Spooled], bool]
"""Makes an object durable under a key; False when the key is taken, in which case nothing changes."""


Read = Callable[[str], bytes]
"""Returns an object's bytes; one that is not there raises ``FileNotFoundError``."""

Remove = Callable[[str], None]
"""Deletes an object durably; one that is not there may raise ``FileNotFoundError``."""


class FootageStore:
    """Create-only objects. Safe to use from several threads.

    Attributes:
        where: the folder or address, for messages.
        keeps_versions: whether it said of an object that it keeps its old versions, so that nothing which is
            deleted is really gone.
    """

    def __init__(
        self,
        objects: LocalStore | S3Store,
        where: str,
        create: Create,
        remove: Remove | None = None,
        read: Read | None = None,
    ) -> None:
        self._objects = objects
        self.where = where
        self.keeps_versions = False
        self._create = create
        self._remove = remove or (lambda key: obstore.delete(objects, key))
        self._read = read or (lambda key: obstore.get(objects, key).bytes().to_bytes())

    def put(self, key: str, body: Spooled) -> Put:
        """Create the object durably, or compare ``body`` with what is there already.

        Raises:
            StoreError: the store did not answer, or refused.
        """
        try:
            created = self._create(key, body)
        except (BaseError, OSError) as error:
            raise self._failed("write", key, error) from error
        if created:
            return Put.CREATED
        same = hashlib.sha256(self.read(key)).digest() == body.sha256
        return Put.SAME if same else Put.OTHER

    def read(self, key: str) -> bytes:
        """Return an object's bytes.

        Raises:
            ObjectMissingError: there is none.
            StoreError: the store did not answer, or refused.
        """
        try:
            return self._read(key)
        except FileNotFoundError as error:
            raise ObjectMissingError(f"The footage store {self.where} holds no object {key}.") from error
        except (BaseError, OSError) as error:
            raise self._failed("read", key, error) from error

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """Return ``length`` bytes of an object from the offset ``start``.

        Raises:
            ObjectMissingError: there is no such object.
            StoreError: it is shorter than that, or the store did not answer, or refused.
        """
        try:
            data = obstore.get_range(self._objects, key, start=start, length=length).to_bytes()
        except FileNotFoundError as error:
            raise ObjectMissingError(f"The footage store {self.where} holds no object {key}.") from error
        except (BaseError, OSError) as error:
            raise self._failed("read", key, error) from error
        if len(data) != length:
            raise StoreError(f"The object {key} in the footage store {self.where} ends too early.")
        return data

    def digest(self, key: str, size: int) -> bytes | None:
        """Read an object through and return its SHA-256; None, unread, where it is of another size.

        Raises:
            ObjectMissingError: there is none.
            StoreError: the store did not answer, or refused.
        """
        sha256 = hashlib.sha256()
        try:
            found = obstore.get(self._objects, key)
            if found.meta["size"] != size:
                return None
            for block in found.stream(min_chunk_size=MIB):
                sha256.update(block)
        except FileNotFoundError as error:
            raise ObjectMissingError(f"The footage store {self.where} holds no object {key}.") from error
        except (BaseError, OSError) as error:
            raise self._failed("read", key, error) from error
        return sha256.digest()

    def copy_new(self, source: str, key: str) -> bool:
        """Copy an object within the store to a key that is not taken; False where it is, and it is untouched.

        Raises:
            ObjectMissingError: there is no such object to copy.
            StoreError: the store did not answer, or refused.
        """
        try:
            obstore.copy(self._objects, source, key, overwrite=False)
        except AlreadyExistsError:
            return False
        except FileNotFoundError as error:
            raise ObjectMissingError(f"The footage store {self.where} holds no object {source}.") from error
        except (BaseError, OSError) as error:
            raise self._failed("write", key, error) from error
        return True

    def older(self, prefix: str, moment: datetime) -> tuple[str, ...]:
        """Return the keys below ``prefix`` of what was last written before a moment, by the store's clock.

        Raises:
            StoreError: the store did not answer, or refused.
        """
        try:
            batches = obstore.list(self._objects, prefix)
            return tuple(
                each["path"] for batch in batches for each in batch if each["last_modified"] < moment
            )
        except (BaseError, OSError) as error:
            raise self._failed("list", prefix, error) from error

    def list(self, prefix: str) -> tuple[Stored, ...]:
        """Return the objects below ``prefix``, by key.

        Raises:
            StoreError: the store did not answer, or refused.
        """
        try:
            batches = list(obstore.list(self._objects, prefix))
        except (BaseError, OSError) as error:
            raise self._failed("list", prefix, error) from error
        found = (Stored(each["path"], each["size"]) for batch in batches for each in batch)
        return tuple(sorted(found))

    def folders(self, prefix: str) -> tuple[str, ...]:
        """Return the names of what lies directly below ``prefix`` and has objects below it, by name.

        Of a folder that has none any more, a local store may still tell.

        Raises:
            StoreError: the store did not answer, or refused.
        """
        try:
            found = obstore.list_with_delimiter(self._objects, prefix)["common_prefixes"]
        except FileNotFoundError:
            return ()
        except (BaseError, OSError) as error:
            raise self._failed("list", prefix, error) from error
        return tuple(sorted(each.rstrip("/").rpartition("/")[2] for each in found))

    def remove(self, key: str) -> None:
        """Delete an object durably, or find it away; for scratch objects, and for what retention says.

        Raises:
            StoreError: the store did not answer, or refused.
        """
        try:
            self._remove(key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise self._failed("delete", key, error) from error

    def _failed(self, verb: str, key: str, error: Exception) -> StoreError:
        return StoreError(f"The footage store {self.where} cannot {verb} {key}: {reason(error)}.")


def s3_store(objects: S3Store, where: str) -> FootageStore:
    """Return a store over an S3 bucket, which promises durability itself before it answers a put."""

    def create(key: str, body: Spooled) -> bool:
        """Put with ``If-None-Match: *``, in one request: multipart uploads carry no condition."""
        try:
            made = obstore.put(objects, key, body.path, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return False
        if made["version"] not in _NO_VERSION:
            store.keeps_versions = True
        return True

    store = FootageStore(objects, where, create)
    return store


def versions_kept(where: str) -> str:
    """Say that a store keeps old versions, and what that means."""
    return (
        f"The footage store {where} was found to keep old versions of objects, so nothing is deleted from "
        "it: what was deleted would stay there. Use a bucket without versions, and start the service anew."
    )


def reason(error: Exception) -> str:
    """Return the first line of an error of obstore, without the answer's body and without its debug text."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if fault := certificate_fault(error):
        return fault
    text = str(error).strip().splitlines()
    first = text[0] if text else type(error).__name__
    return first.split(": <", maxsplit=1)[0].rstrip(". ")


def check_create_only(store: FootageStore, spool: Spool, random: Callable[[int], bytes]) -> None:
    """Show on a scratch object that the store creates, reads back, and refuses to overwrite.

    Raises:
        NotCreateOnlyError: it overwrote.
        StoreError: it does not answer, or does not give back what it was given.
    """
    key = f"{_SCRATCH}{random(16).hex()}"
    with spool.keep(b"first") as incoming:
        if store.put(key, incoming.finish()) is not Put.CREATED:
            raise StoreError(f"The footage store {store.where} says that a new object was there already.")
    try:
        with spool.keep(b"other") as incoming:
            second = store.put(key, incoming.finish())
        if second is not Put.OTHER or store.read(key) != b"first":
            raise NotCreateOnlyError(
                f"The footage store {store.where} overwrote an object that it was asked to create only, so "
                "footage in it could be replaced; use a store that honours If-None-Match on PUT."
            )
    finally:
        store.remove(key)

"""The certificate of a deletion: signed by the fleet, and kept in the store beside the database."""

from __future__ import annotations

from datetime import datetime

from fleet.footage.errors import StoreError
from fleet.footage.store import names
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import FootageStore, Put
from fleet.pki.authority import Authority
from fleet.retention.deletion.facts import iso
from fleet.retention.models import Deletion
from protocol.footage.deletion import read_deletion, sign_deletion
from protocol.footage.format.errors import FootageError
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.statement import Statement


class Certificates:
    """Makes certificates, and reads those that are kept."""

    def __init__(self, authority: Authority, store: FootageStore, spool: Spool) -> None:
        self._authority = authority
        self._store = store
        self._spool = spool

    def make(self, deletion: Deletion, place: names.Place) -> str:
        """Return the certificate of a deletion, durable in the store; the one that is there, where one is.

        Raises:
            StoreError: the store failed, or holds something else in its place.
        """
        if deletion.keys_destroyed is None or deletion.bytes_deleted is None:
            raise ValueError("internal error: a certificate was asked for before all was deleted")
        said = {
            **deletion.facts,
            "begun": iso(deletion.begun),
            "keys_destroyed": iso(deletion.keys_destroyed),
            "bytes_deleted": iso(deletion.bytes_deleted),
        }
        key, chain = self._authority.receipts_key()
        text = sign_deletion(said, ed25519_signer(key), chain)
        object_key = names.certificate_key(place)
        with self._spool.keep(text.encode("utf-8")) as incoming:
            put = self._store.put(object_key, incoming.finish())
        if put is not Put.OTHER:
            return text
        kept = self._store.read(object_key)
        if self.check(kept, place) is None:
            raise StoreError(
                f"The footage store {self._store.where} holds something else as {object_key} than this "
                "fleet's certificate; move it away."
            )
        return kept.decode("utf-8")

    def check(self, data: bytes, place: names.Place) -> Statement | None:
        """Return a certificate of this fleet for the recording of that place; None where it is none."""
        try:
            found = read_deletion(data)
        except FootageError:
            return None
        said = (found.said.get("camera"), found.said.get("number"), found.said.get("apart"))
        fits = said == (place.camera, place.number, place.apart)
        return found if fits and found.authority == self._authority.der else None


def deleted_at(text: str) -> datetime:
    """Return when the bytes of a recording went, by its certificate, whose signature was checked."""
    return datetime.fromisoformat(str(read_deletion(text.encode("utf-8")).said["bytes_deleted"]))

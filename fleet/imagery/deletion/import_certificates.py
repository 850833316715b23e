"""The certificate that an import was deleted: signed by the fleet, and kept in the store."""

from __future__ import annotations

from typing import Any

from fleet.footage.errors import StoreError
from fleet.footage.store import names
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import FootageStore, Put
from fleet.imagery.models import ImportRow
from fleet.pki.authority import Authority
from fleet.retention.deletion.facts import iso
from protocol.footage.deletion import read_deletion, sign_deletion
from protocol.footage.format.errors import FootageError
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.statement import Statement


class ImportCertificates:
    """Makes certificates, and reads those that are kept."""

    def __init__(self, authority: Authority, store: FootageStore, spool: Spool) -> None:
        self._authority, self._store, self._spool = authority, store, spool

    def make(self, row: ImportRow) -> str:
        """Return the certificate of a deletion, durable in the store; the one that is there, where one is.

        Raises:
            StoreError: the store failed, or holds something else in its place.
        """
        if row.begun is None or row.keys_destroyed is None or row.bytes_deleted is None:
            raise ValueError("internal error: a certificate was asked for before all was deleted")
        said: dict[str, Any] = {
            **row.said,
            "begun": iso(row.begun),
            "keys_destroyed": iso(row.keys_destroyed),
            "bytes_deleted": iso(row.bytes_deleted),
        }
        key, chain = self._authority.receipts_key()
        text = sign_deletion(said, ed25519_signer(key), chain)
        place = names.import_certificate_key(row.id)
        with self._spool.keep(text.encode("utf-8")) as incoming:
            put = self._store.put(place, incoming.finish())
        if put is not Put.OTHER:
            return text
        kept = self._store.read(place)
        if self.check(kept, row.id) is None:
            raise StoreError(
                f"The footage store {self._store.where} holds something else as {place} than this fleet's "
                "certificate; move it away."
            )
        return kept.decode("utf-8")

    def check(self, data: bytes, name: str) -> Statement | None:
        """Return a certificate of this fleet for that import; None where it is none."""
        try:
            found = read_deletion(data)
        except FootageError:
            return None
        fits = found.said.get("import") == name
        return found if fits and found.authority == self._authority.der else None

"""Wrapping recording keys under the vault's newest key, while the vault is open.

Nothing here gives a key away: what comes out is wrapped, or the keys of one recording's parts, or of one
import, for whoever has written down why (``Vault.write_down``, or rewrapping).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fleet.core.problems import ProblemError
from fleet.vault.errors import VaultError
from fleet.vault.rotation.earlier import HeldKey
from fleet.vault.rotation.wrapping import (
    PartKeys,
    WrappedKey,
    new_recording_key,
    open_table,
    seal_table,
    table_name,
    unwrap,
    wrap,
)
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Ledger
from protocol.footage.sealing.keys import PrivateKey

_SEALED = "The vault is sealed: no key can be wrapped."


@dataclass(frozen=True, slots=True)
class WrappedTable:
    """The keys of a recording's parts, under a key of its own.

    Attributes:
        key: that, wrapped.
        name: what the table is called.
        table: the encrypted keys.
    """

    key: WrappedKey
    name: str
    table: bytes


class KeyWrapping:
    """Wraps recording keys with whatever keys ``held`` returns, the one that counts last."""

    def __init__(self, held: Callable[[], Sequence[HeldKey]], random: Callable[[int], bytes]) -> None:
        self._held = held
        self._random = random

    def make(self, keys: PartKeys, bound: bytes) -> WrappedTable:
        """Put the keys of a recording's parts under a new key of its own, and that under the vault's newest.

        Raises:
            VaultError: the vault is sealed.
        """
        key = new_recording_key(self._random)
        wrapped = wrap(key, self._newest().private, bound, self._random)
        return WrappedTable(wrapped, table_name(key), seal_table(keys, key, bound))

    def rewrap(self, key: WrappedKey) -> WrappedKey:
        """Wrap a recording key under the vault's newest key; it was opened again from there.

        Raises:
            VaultError: the vault is sealed, or has not the key that it is wrapped under.
            KeysError: it does not open.
        """
        plain = self._unwrap(key)
        wrapped = wrap(plain, self._newest().private, key.bound, self._random)
        if self._unwrap(wrapped) != plain:
            raise KeysError("internal error: a recording's key did not come back")
        return wrapped

    def open(self, key: WrappedKey, table: bytes) -> dict[tuple[int, Track], bytes]:
        """Return the keys of a recording's parts.

        Raises:
            VaultError: the vault is sealed, or has not the key that it is wrapped under.
            KeysError: they do not open.
        """
        return open_table(table, self._unwrap(key), key.bound)

    def open_sealed(self, by: str, sealed: bytes, info: bytes) -> bytes:
        """Return what was sealed to a key of the vault.

        Args:
            by: the id of that key, in hex.
            sealed: what was sealed.
            info: what it was bound to.

        Raises:
            VaultError: the vault is sealed, or has not that key.
            KeysError: it does not open.
        """
        return self._private(by).decrypt(sealed, info)

    def _unwrap(self, key: WrappedKey) -> bytes:
        return unwrap(key, self._private(key.by))

    def _private(self, by: str) -> PrivateKey:
        found = next((each for each in self._held() if each.key_id == by), None)
        if found is None:
            raise VaultError(_SEALED if not self._held() else f"The vault has no key {by[:16]}.")
        return found.private

    def _newest(self) -> HeldKey:
        held = self._held()
        if not held:
            raise VaultError(_SEALED)
        return held[-1]


def _no_key() -> tuple[WrappedKey, bytes] | None:
    return None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is to be opened of a recording.

    Attributes:
        ledger: its ledger.
        own: reads the recording's own key and the table that it opens, where it has one; called where no key
            of the vault opens the ledger.
    """

    ledger: Ledger
    own: Callable[[], tuple[WrappedKey, bytes] | None] = _no_key

    def own_keys(self, wrapping: KeyWrapping) -> PartKeys | None:
        """Return the keys of its parts by its own key; None where it has none.

        Raises:
            ProblemError: 409 it has one, and that does not open them.
        """
        found = self.own()
        if found is None:
            return None
        try:
            return wrapping.open(*found)
        except (KeysError, VaultError) as error:
            detail = f"The key of this recording's own does not open it: {error}. Restore it from a backup."
            raise ProblemError(409, "own_key_damaged", detail) from error

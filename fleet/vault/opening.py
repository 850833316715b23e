"""A recording that the vault has opened: the keys of its parts, for as long as somebody needs them."""

from __future__ import annotations

import threading
from typing import Self

from fleet.core.problems import ProblemError
from fleet.vault.rotation.wrapping import PartKeys
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Ledger
from protocol.footage.sealing.keys import PrivateKey, unseal_keys
from protocol.footage.sealing.opening import granted_tracks


class Opening:
    """A recording that the vault has opened: gives the key of each part, until it is closed.

    Safe to use from several threads.

    Attributes:
        ledger: the recording's ledger, as it was when opened or last renewed.
    """

    def __init__(self, ledger: Ledger, key: PrivateKey | PartKeys) -> None:
        """Open it.

        Args:
            ledger: the recording's ledger.
            key: the private key that opens what is sealed in it; or the keys of its parts, where they were
                opened by a key of the recording's own.
        """
        self.ledger = ledger
        self._is_open = True
        self._keys: dict[tuple[int, Track], bytearray] = {}
        self._private = key if isinstance(key, PrivateKey) else None
        if isinstance(key, PrivateKey):
            self._tracks = granted_tracks(ledger, key)
        else:
            self._keys = {place: bytearray(each) for place, each in key.items()}
            self._tracks = frozenset(track for _, track in self._keys)
        self._sealed = ""
        self._lock = threading.Lock()

    @property
    def was_sealed(self) -> bool:
        """Whether the vault was sealed meanwhile; it gives no keys from then on."""
        return bool(self._sealed)

    @property
    def tracks(self) -> frozenset[Track]:
        """The tracks that the vault was given."""
        return self._tracks

    def key(self, seq: int, track: Track) -> bytearray:
        """Return the key of a chunk's track.

        Raises:
            KeysError: there is none, it does not open, or the opening was closed.
            ProblemError: 503 the vault was sealed meanwhile.
        """
        with self._lock:
            if (seq, track) not in self._keys:
                self._open_range(seq)
            found = self._keys.get((seq, track))
        if found is None:
            raise KeysError(f"there is no key for the {track} of chunk {seq}")
        return found

    def renew(self, ledger: Ledger) -> None:
        """Go on with a longer version of the same recording's ledger, as it grows.

        Raises:
            KeysError: it is another recording's.
        """
        if ledger.open_digest != self.ledger.open_digest:
            raise KeysError("this is the ledger of another recording")
        self.ledger = ledger

    def open_all(self) -> int:
        """Open the keys of every range of the ledger; return how many keys there are.

        Raises:
            KeysError: a range does not open, named by its chunks.
            ProblemError: 503 the vault was sealed meanwhile.
        """
        with self._lock:
            self._still_open()
            if (private := self._private) is not None:
                try:
                    keys = unseal_keys(self.ledger, private)
                except KeysError as error:
                    raise self._named(error, private) from error
                self._keys |= {place: bytearray(key) for place, key in keys.items()}
            return len(self._keys)

    def keys_that_open(self) -> tuple[dict[tuple[int, Track], bytes], str]:
        """Return the keys of all parts that open, and why others do not; empty where all do.

        Raises:
            KeysError: the opening was closed.
            ProblemError: 503 the vault was sealed meanwhile.
        """
        broken = ""
        for each in self.ledger.keys:
            with self._lock:
                try:
                    self._open_range(each.first_seq)
                except KeysError as error:
                    if not self._is_open:
                        raise
                    broken = broken or str(error)
        with self._lock:
            self._still_open()
            return {place: bytes(key) for place, key in self._keys.items()}, broken

    def close(self) -> None:
        """Overwrite and forget every key, and give none from now on."""
        with self._lock:
            self._forget()

    def seal(self, sentence: str) -> None:
        """Close it because the vault was sealed; whoever asks for a key is told so by that sentence."""
        with self._lock:
            if self._is_open:
                self._sealed = sentence
            self._forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _open_range(self, seq: int) -> None:
        self._still_open()
        if (private := self._private) is None:
            return
        for each in self.ledger.keys:
            if each.first_seq <= seq <= each.last_seq:
                keys = unseal_keys(self.ledger, private, first=each.first_seq, last=each.last_seq)
                self._keys |= {place: bytearray(key) for place, key in keys.items()}

    def _forget(self) -> None:
        self._private, self._is_open = None, False
        for key in self._keys.values():
            key[:] = bytes(len(key))
        self._keys.clear()

    def _still_open(self) -> None:
        if self._sealed:
            raise ProblemError(503, "vault_sealed", self._sealed)
        if not self._is_open:
            raise KeysError("this recording was closed again")

    def _named(self, error: KeysError, private: PrivateKey) -> KeysError:
        """Say of which chunks the keys do not open."""
        for each in self.ledger.keys:
            try:
                unseal_keys(self.ledger, private, first=each.first_seq, last=each.last_seq)
            except KeysError as found:
                return KeysError(
                    f"the keys of chunks {each.first_seq} to {each.last_seq} do not open: {found}"
                )
        return error

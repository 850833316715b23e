"""The masked parts of a release, kept sealed from its making on: what goes out is what was made then.

An encoder of another version makes other bytes of the same plan. So each part in which something is hidden is
kept beside the recording as it was made and checked, and handed over like that for as long as the release may
be.

Rules:
- a part is AES-256-GCM under a key that HKDF-SHA256 (RFC 5869) makes of the key of the part that it stands
  for, of the release, and of the digest of what was approved. No key of its own is kept anywhere: it opens
  while the vault opens the recording, and with the recording's keys it is destroyed;
- the key of the original never goes out with the masked part, for then it would open the original. Whoever
  got it by another release has the original, which shows more;
- an object is made once. Where there is one already, as after a crash, that is the part;
- whether what comes back is what was signed, the package finds out, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fleet.footage.errors import MediaError
from fleet.footage.store import names
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import FootageStore
from fleet.footage.watching.opened_recording import OpenedRecording
from protocol.footage.format.model import Track

_DOMAIN: Final = b"lapel masked part v1\0"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


def seal_masked_part(content: bytes, key: bytes, bound: bytes, random: Callable[[int], bytes]) -> bytes:
    """Return a masked part, encrypted.

    Args:
        content: the part.
        key: that of the part it stands for.
        bound: which part of which release it is, and of what was approved.
        random: returns that many random bytes.
    """
    nonce = random(_NONCE_BYTES)
    return nonce + AESGCM(_derived(key, bound)).encrypt(nonce, content, bound)


def open_masked_part(sealed: bytes, key: bytes, bound: bytes) -> bytes:
    """Return what ``seal_masked_part`` was given.

    Raises:
        MediaError: it is not that part, or was changed.
    """
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(_derived(key, bound)).decrypt(nonce, ciphertext, bound)
    except (InvalidTag, ValueError) as error:
        raise MediaError("A masked part that was kept is damaged, or not what was kept.") from error


class KeptParts:
    """The masked parts that a release keeps of one recording. Safe to use from several threads."""

    def __init__(
        self,
        opened: OpenedRecording,
        store: FootageStore,
        spool: Spool,
        random: Callable[[int], bytes],
        *,
        release: str,
        approved: str,
    ) -> None:
        """Look which are here.

        Args:
            opened: the recording; it stays open for as long as parts are asked for.
            store: where it lies.
            spool: takes parts in.
            random: returns that many random bytes.
            release: the release's id.
            approved: SHA-256 of the copy that was approved, in hex.

        Raises:
            StoreError: the store failed.
        """
        self._opened, self._store, self._spool, self._random = opened, store, spool, random
        self._place = opened.arrived.summary.place
        self._release, self._approved = release, approved
        prefix = names.masked_prefix(self._place, release)
        self._here = {each.key for each in store.list(prefix)}

    def has_all(self, parts: AbstractSet[tuple[int, Track]]) -> bool:
        """Say whether each of these is here."""
        return all(self._key(*each) in self._here for each in parts)

    def changed(self, seq: int, track: Track) -> bytes | None:
        """Return what stands in a part's place; None where none is kept.

        Raises:
            MediaError: it was changed since it was kept.
            PlaybackError: the recording has no such part.
            KeysError: that does not open.
            StoreError: the store failed.
        """
        name = self._key(seq, track)
        if name not in self._here:
            return None
        sealed = self._store.read(name)
        return open_masked_part(sealed, self._opened.part_key(seq, track), self._bound(seq, track))

    def keep(self, seq: int, track: Track, content: bytes) -> bytes:
        """Keep a part that was made and checked, durably; return it, or the one that was kept before.

        Raises:
            OSError: the disk is full, or what is left of it is kept for the database.
            Exception: as ``changed`` does.
        """
        name, key = self._key(seq, track), self._opened.part_key(seq, track)
        sealed = seal_masked_part(content, key, self._bound(seq, track), self._random)
        with self._spool.receive(len(sealed)) as incoming:
            incoming.write(sealed)
            self._store.put(name, incoming.finish())  # one that is there already stays as it is
        self._here.add(name)
        return self.changed(seq, track) or content

    def _key(self, seq: int, track: Track) -> str:
        return names.masked_key(self._place, self._release, self._approved, seq, str(track))

    def _bound(self, seq: int, track: Track) -> bytes:
        return _DOMAIN + f"{self._release}\0{self._approved}\0{seq}\0{track}".encode()


def _derived(key: bytes, bound: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=bound).derive(key)

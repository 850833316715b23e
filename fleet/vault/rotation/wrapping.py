"""A recording's own key: it opens a table of the keys of the recording's parts, and the vault's key opens it.

Rules:
- a recording key is made for one recording, once, and is random: who destroys its one wrapped copy has
  destroyed the table, wherever that lies;
- it is wrapped by AES-256-GCM under a key that HKDF makes of one of the vault's private keys: whoever wraps
  has opened the vault anyway, and 60 bytes are all that rotating the vault's key has to touch;
- wrapped key and table are bound to the ledger's first record, so that neither can pass for another's;
- the table's nonce is made of its contents: the same table is the same bytes, and no nonce comes twice for
  two tables.

All of it is pure; randomness is passed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track
from protocol.footage.sealing.keys import PART_KEY_BYTES, PrivateKey

PartKeys = Mapping[tuple[int, Track], bytes | bytearray]
"""The key of each part, by its chunk's number and its track."""

KEY_BYTES = 32
_NONCE_BYTES = 12
_SEQ_BYTES = 8
_ENTRY_BYTES = _SEQ_BYTES + 1 + PART_KEY_BYTES
_WRAP_INFO = b"lapel recording key v1\0"
_TABLE_DOMAIN = b"lapel recording keys v1\0"
_NAME_DOMAIN = b"lapel recording key name v1\0"
_TRACKS = tuple(Track)


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A recording key, wrapped.

    Attributes:
        by: the id of the vault's key that opens it, in hex.
        wrapped: the recording key, encrypted.
        bound: the digest of the ledger's first record, which it belongs to.
    """

    by: str
    wrapped: bytes
    bound: bytes


def new_recording_key(random: Callable[[int], bytes]) -> bytes:
    """Return a new recording key."""
    return random(KEY_BYTES)


def wrap(key: bytes, private: PrivateKey, bound: bytes, random: Callable[[int], bytes]) -> WrappedKey:
    """Wrap a recording key under one of the vault's."""
    nonce = random(_NONCE_BYTES)
    wrapped = nonce + _wrapper(private).encrypt(nonce, key, _WRAP_INFO + bound)
    return WrappedKey(private.key_id.hex(), wrapped, bound)


def unwrap(key: WrappedKey, private: PrivateKey) -> bytes:
    """Return a recording key.

    Raises:
        KeysError: it was wrapped under another key, or was changed.
    """
    nonce, ciphertext = key.wrapped[:_NONCE_BYTES], key.wrapped[_NONCE_BYTES:]
    try:
        return _wrapper(private).decrypt(nonce, ciphertext, _WRAP_INFO + key.bound)
    except (InvalidTag, ValueError) as error:
        raise KeysError("the recording's key does not open: it was changed, or is another's") from error


def table_name(key: bytes) -> str:
    """Return what the table of a recording key is called; it says nothing of the key."""
    return hashlib.sha256(_NAME_DOMAIN + key).hexdigest()[:32]


def seal_table(keys: PartKeys, key: bytes, bound: bytes) -> bytes:
    """Encrypt the keys of a recording's parts under its own key."""
    plain = bytearray()
    for (seq, track), part_key in sorted(keys.items()):
        if len(part_key) != PART_KEY_BYTES:
            raise KeysError(f"the {track} key of chunk {seq} has {len(part_key)} bytes")
        plain += seq.to_bytes(_SEQ_BYTES, "big") + bytes([_TRACKS.index(track)]) + part_key
    nonce = hashlib.sha256(_TABLE_DOMAIN + key + plain).digest()[:_NONCE_BYTES]
    try:
        return nonce + AESGCM(key).encrypt(nonce, bytes(plain), _TABLE_DOMAIN + bound)
    finally:
        plain[:] = bytes(len(plain))


def open_table(table: bytes, key: bytes, bound: bytes) -> dict[tuple[int, Track], bytes]:
    """Return the keys of a recording's parts.

    Raises:
        KeysError: the table is another recording's, or was changed.
    """
    nonce, ciphertext = table[:_NONCE_BYTES], table[_NONCE_BYTES:]
    try:
        plain = AESGCM(key).decrypt(nonce, ciphertext, _TABLE_DOMAIN + bound)
    except (InvalidTag, ValueError) as error:
        raise KeysError("the table of the recording's keys does not open: it was changed") from error
    if len(plain) % _ENTRY_BYTES:
        raise KeysError("the table of the recording's keys has another length than any")
    entries = (plain[at : at + _ENTRY_BYTES] for at in range(0, len(plain), _ENTRY_BYTES))
    return {
        (int.from_bytes(each[:_SEQ_BYTES], "big"), _TRACKS[each[_SEQ_BYTES]]): each[_SEQ_BYTES + 1 :]
        for each in entries
    }


def _wrapper(private: PrivateKey) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_WRAP_INFO)
    return AESGCM(derived.derive(private.to_bytes()))

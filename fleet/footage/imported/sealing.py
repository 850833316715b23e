"""How an import is encrypted: pieces under a key of its own, and that sealed to the vault. Pure.

Rules:
- the key is random and is used for one import once: each piece has a nonce of its own under it, made of which
  file of the import it is of and of its number;
- a piece is AES-256-GCM, bound to the import, so that it can pass neither for another import's nor for
  another piece;
- what the fleet makes of an import later lies under keys of their own, each made of the import's key and of
  the name of the attempt at making it: who destroys the one has destroyed the others;
- the key is sealed by HPKE as keys of footage are, bound to the import. To take something in, the vault need
  not be open.
"""

from __future__ import annotations

from enum import IntEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import Recipient
from protocol.units import MIB

KEY_BYTES = 32
PIECE = 4 * MIB
"""Bytes of a piece before it is encrypted; the last one of a file is shorter."""
TAG = 16
"""Bytes by which a piece is longer once it is encrypted."""
_DOMAIN = b"lapel import v1\0"
_KEY_DOMAIN = b"lapel import key v1\0"
_MADE_DOMAIN = b"lapel import made v1\0"


class ImportFile(IntEnum):
    """A file of an import."""

    ORIGINAL = 1
    """As it was sent, with all that it says of itself."""
    COPY = 2
    """Made of that by the fleet: the picture and the sound alone."""
    SECONDS = 3
    """The copy of a clip, cut into seconds."""
    RELEASED = 4
    """What was made of it for a release."""


def seal_import_key(key: bytes, name: str, to: Recipient) -> bytes:
    """Seal an import's key to a key of the vault.

    Args:
        key: the import's.
        name: the import's id.
        to: the vault's.

    Raises:
        KeysError: the recipient's key is malformed.
    """
    return to.encrypt(key, import_key_info(name))


def import_key_info(name: str) -> bytes:
    """Return what an import's key is bound to where it is sealed; ``name`` is the import's id."""
    return _KEY_DOMAIN + name.encode()


def made_key(key: bytes | bytearray, attempt: str) -> bytes:
    """Return the key of what is made of an import later; ``attempt`` is random, and names it in the store."""
    info = _MADE_DOMAIN + attempt.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(bytes(key))


def seal_piece(key: bytes | bytearray, name: str, file: ImportFile, number: int, data: bytes) -> bytes:
    """Return a piece, encrypted; ``number`` counts from 0."""
    return AESGCM(key).encrypt(_nonce(file, number), data, _DOMAIN + name.encode())


def open_piece(key: bytes | bytearray, name: str, file: ImportFile, number: int, data: bytes) -> bytes:
    """Return what a piece holds.

    Raises:
        KeysError: it is not that piece of that import, or was changed.
    """
    try:
        return AESGCM(key).decrypt(_nonce(file, number), data, _DOMAIN + name.encode())
    except InvalidTag as error:
        raise KeysError(f"piece {number} of the import is damaged, or not what was stored") from error


def pieces_in(size: int) -> int:
    """Return of how many pieces a file of that many bytes consists.

    >>> pieces_in(1), pieces_in(PIECE), pieces_in(PIECE + 1)
    (1, 1, 2)
    """
    return -(-size // PIECE)


def _nonce(file: ImportFile, number: int) -> bytes:
    return bytes([file]) + bytes(3) + number.to_bytes(8, "big")

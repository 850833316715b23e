"""A stream sealed to the recovery key, block by block, so that neither end holds more than one.

The file: a line that says what it is; 16 random bytes that name the stream; the SHA-256 of the public key
that it is sealed to; then blocks, each its length in four bytes and an HPKE ciphertext as keys of footage
are. What ties a block to its place (HPKE's ``info``) is the stream's name, the block's number and whether it
is the last: blocks cannot be changed, swapped, left out or cut off unseen. Who made the stream it does not
say: anybody with the public key can make one.
"""

from __future__ import annotations

import io
from typing import BinaryIO, Final

from fleet.backup.errors import ArchiveError
from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import SEALED_OVERHEAD, PrivateKey, Recipient
from protocol.units import MIB

HEAD: Final = b"lapel backup archive 1\n"
NAME_BYTES: Final = 16
BLOCK_BYTES: Final = 4 * MIB
_KEY_ID_BYTES, _LENGTH_BYTES, _NUMBER_BYTES = 32, 4, 8
_DOMAIN: Final = b"lapel backup block v1\0"


class SealedWriter(io.RawIOBase):
    """Seals what is written to it. ``finish`` writes the last block, without which it is not whole."""

    def __init__(self, file: BinaryIO, to: Recipient, name: bytes, *, block: int = BLOCK_BYTES) -> None:
        """Begin a stream.

        Args:
            file: where it is written.
            to: whom it is sealed to.
            name: 16 random bytes, never used before.
            block: bytes of a block.
        """
        self._file = file
        self._to = to
        self._name = name
        self._block = block
        self._held = bytearray()
        self._number = 0
        file.write(HEAD + name + to.key_id)

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer, in the stubs
        """Take bytes in, and seal each block as it is full."""
        self._held += data
        while len(self._held) > self._block:  # the last block is known to be that when the stream ends
            self._seal(bytes(self._held[: self._block]), is_last=False)
            del self._held[: self._block]
        return len(data)

    def finish(self) -> None:
        """Seal what is left, and say that it is the last."""
        self._seal(bytes(self._held), is_last=True)
        self._held.clear()

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        sealed = self._to.encrypt(plain, _place(self._name, self._number, is_last=is_last))
        self._file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        self._number += 1


class SealedReader(io.RawIOBase):
    """Opens a stream block by block; its end is only reached where the last block was."""

    def __init__(self, file: BinaryIO, key: PrivateKey) -> None:
        """Read the beginning.

        Raises:
            ArchiveError: it is no archive, or is sealed to another key.
        """
        self._file = file
        self._key = key
        if file.read(len(HEAD)) != HEAD:
            raise ArchiveError("This is no archive of a backup of this version.")
        self._name, key_id = self._read(NAME_BYTES), self._read(_KEY_ID_BYTES)
        if key_id != key.key_id:
            raise ArchiveError(
                f"The archive is sealed to the recovery key {key_id.hex()[:16]}, and this is "
                f"{key.key_id.hex()[:16]}."
            )
        self._plain = memoryview(b"")
        self._number = 0
        self._is_over = False

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer, in the stubs
        """Give plain bytes.

        Raises:
            ArchiveError: the next block is not whole, was changed, or is not there.
        """
        while not self._plain and not self._is_over:
            self._plain = memoryview(self._next())
        count = min(len(buffer), len(self._plain))
        buffer[:count] = self._plain[:count]
        self._plain = self._plain[count:]
        return count

    def _next(self) -> bytes:
        length = int.from_bytes(self._read(_LENGTH_BYTES), "big")
        if not SEALED_OVERHEAD <= length <= BLOCK_BYTES + SEALED_OVERHEAD:
            raise self._broken()
        sealed = self._read(length)
        ahead = self._file.read(1)
        if ahead:
            self._file.seek(-1, io.SEEK_CUR)
        try:
            plain = self._key.decrypt(sealed, _place(self._name, self._number, is_last=not ahead))
        except KeysError as error:
            raise self._broken() from error
        self._number += 1
        self._is_over = not ahead
        return plain

    def _read(self, count: int) -> bytes:
        data = self._file.read(count)
        if len(data) != count:
            raise ArchiveError("The archive ends too early; take another one, or another copy of it.")
        return data

    def _broken(self) -> ArchiveError:
        return ArchiveError(
            f"The archive was changed or is cut off at block {self._number + 1}; take another one."
        )


def _place(name: bytes, number: int, *, is_last: bool) -> bytes:
    return _DOMAIN + name + number.to_bytes(_NUMBER_BYTES, "big") + bytes([is_last])

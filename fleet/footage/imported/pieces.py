"""Writing a file of an import as sealed pieces, and reading any span of it.

Rule: no plaintext of it touches a disk. What is being received lies encrypted in the spool, and what is read
is decrypted in memory, a piece at a time.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterator

from fleet.footage.imported.sealing import PIECE, TAG, ImportFile, open_piece, pieces_in, seal_piece
from fleet.footage.store import names
from fleet.footage.store.spool import Incoming, Spool, Spooled, TooLargeError
from fleet.footage.store.store import FootageStore

_KEPT = 2
"""So many pieces are kept open by one reader: whoever seeks to and fro needs two."""


class ImportWriter:
    """Encrypts what is written into pieces in the spool. ``close`` removes them again, stored or not.

    The first piece is kept in memory until the end: a file of which the beginning is written last, as that of
    an MP4 is, is written by ``write_at``.
    """

    def __init__(
        self, spool: Spool, key: bytes | bytearray, name: str, file: ImportFile, *, limit: int
    ) -> None:
        """Begin a file.

        Args:
            spool: where its pieces lie.
            key: the import's.
            name: the import's id.
            file: which file of it.
            limit: its greatest length in bytes.
        """
        self._spool, self._key, self._name, self._file = spool, key, name, file
        self._limit = limit
        self._first: bytearray = bytearray()
        self._last: bytearray = bytearray()
        self._incoming: list[Incoming] = []
        self._pieces: list[Spooled] = []
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append bytes.

        Raises:
            TooLargeError: the file exceeds the limit.
            OSError: the disk is full, or what is left of it is kept, or it is failing.
        """
        if self.size + len(data) > self._limit:
            raise TooLargeError
        self.size += len(data)
        rest = memoryview(data)
        if (room := PIECE - len(self._first)) > 0:
            self._first += rest[:room]
            rest = rest[room:]
        while rest:
            room = PIECE - len(self._last)
            self._last += rest[:room]
            rest = rest[room:]
            if len(self._last) == PIECE:
                self._seal(1 + len(self._pieces), self._last)
                self._last = bytearray()

    def write_at(self, offset: int, data: bytes) -> None:
        """Write over bytes of the first piece, or append at the end.

        Raises:
            ValueError: it is neither.
            TooLargeError: as for ``write``.
            OSError: as for ``write``.
        """
        if offset == self.size:
            self.write(data)
        elif offset >= 0 and offset + len(data) <= len(self._first):
            self._first[offset : offset + len(data)] = data
        else:
            raise ValueError("internal error: a file of an import was written over in its middle")

    def finish(self) -> tuple[Spooled, ...]:
        """Return the pieces, the first in front, each of them durable.

        Raises:
            OSError: as for ``write``.
        """
        if self._last:
            self._seal(1 + len(self._pieces), self._last)
        if self._first:
            self._seal(0, self._first)
            self._pieces.insert(0, self._pieces.pop())
        self._first, self._last = bytearray(), bytearray()
        return tuple(self._pieces)

    def close(self) -> None:
        """Remove the pieces from the spool; objects that were made of them stay."""
        for each in self._incoming:
            with contextlib.suppress(OSError):
                each.close()

    def _seal(self, number: int, data: bytearray) -> None:
        incoming = self._spool.receive(PIECE + TAG)
        self._incoming.append(incoming)
        incoming.write(seal_piece(self._key, self._name, self._file, number, bytes(data)))
        self._pieces.append(incoming.finish())


class ImportReader:
    """Reads spans of a file of an import. Not for several threads at once.

    Attributes:
        size: its length in bytes.
    """

    def __init__(
        self,
        read: Callable[[int], bytes],
        size: int,
        key: bytes | bytearray,
        name: str,
        file: ImportFile,
    ) -> None:
        """Prepare it.

        Args:
            read: returns a piece as it is stored, by its number.
            size: the length of the file.
            key: the import's.
            name: the import's id.
            file: which file of it.
        """
        self._read, self._key, self._name, self._file = read, key, name, file
        self.size = size
        self._open: OrderedDict[int, bytes] = OrderedDict()

    def read(self, offset: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``offset``; fewer at the end of the file.

        Raises:
            KeysError: a piece does not open.
            StoreError: it cannot be read.
            OSError: likewise, of the spool.
        """
        end = min(self.size, offset + length)
        return b"".join(self.blocks(offset, end)) if 0 <= offset < end else b""

    def blocks(self, start: int, end: int) -> Iterator[bytes]:
        """Give the bytes from ``start`` to ``end``, in blocks of at most a piece.

        Raises:
            KeysError: as for ``read``.
            StoreError: as for ``read``.
            OSError: as for ``read``.
        """
        for number in range(start // PIECE, pieces_in(end)):
            begin = number * PIECE
            yield self._piece(number)[max(0, start - begin) : end - begin]

    def _piece(self, number: int) -> bytes:
        if number in self._open:
            self._open.move_to_end(number)
            return self._open[number]
        data = open_piece(self._key, self._name, self._file, number, self._read(number))
        self._open[number] = data
        while len(self._open) > _KEPT:
            self._open.popitem(last=False)
        return data


def spooled_reader(pieces: tuple[Spooled, ...]) -> Callable[[int], bytes]:
    """Return what reads pieces that lie in the spool still."""
    return lambda number: pieces[number].read()


def stored_reader(store: FootageStore, name: str, attempt: str, file: ImportFile) -> Callable[[int], bytes]:
    """Return what reads pieces from the store."""
    return lambda number: store.read(names.import_piece_key(name, attempt, file, number))


def put_pieces(
    store: FootageStore, name: str, attempt: str, file: ImportFile, pieces: tuple[Spooled, ...]
) -> None:
    """Store pieces, each of them durable when this returns.

    Raises:
        StoreError: the store failed.
    """
    for number, each in enumerate(pieces):
        store.put(names.import_piece_key(name, attempt, file, number), each)

"""Hashes of a Merkle tree, and the tree as it grows. Pure.

RFC 9162, section 2.1.1: the hash of a leaf is the SHA-256 of a zero byte and its data, that of a node the
SHA-256 of a one byte and the hashes of its two children; the left child of a tree of n leaves has the largest
power of two below n. The tree of no leaf is the SHA-256 of nothing.

Only the right edge is kept, which is all that appending needs: at most 64 hashes, however long the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()
_LEAF, _NODE = b"\x00", b"\x01"
_HIGHEST = 62


class UnalignedError(ValueError):
    """A part of a tree was put where no part of its height begins."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node by those of its children."""
    return hashlib.sha256(_NODE + left + right).digest()


class Frontier:
    """The right edge of a tree: the hashes of the whole trees that it is made of, the largest first.

    Attributes:
        size: how many leaves the tree has.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Begin with a tree of ``size`` leaves.

        Raises:
            ValueError: so many hashes do not belong to a tree of that size.
        """
        if size < 0 or len(peaks) != size.bit_count() or any(len(each) != HASH_BYTES for each in peaks):
            raise ValueError("internal error: these hashes are not the edge of a tree of that size")
        self.size = size
        heights = [height for height in range(size.bit_length() - 1, -1, -1) if size >> height & 1]
        self._peaks = list(zip(heights, peaks, strict=True))

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The hashes of the whole trees, the largest first."""
        return tuple(peak for _, peak in self._peaks)

    def append(self, leaf: bytes) -> None:
        """Add a leaf by its hash."""
        self._push(0, leaf)

    def append_tree(self, height: int, root: bytes) -> None:
        """Add the whole tree of ``2 ** height`` leaves that has this hash.

        Raises:
            UnalignedError: no tree of that height begins after the leaves that are there.
        """
        if not 0 <= height <= _HIGHEST or self.size % (1 << height):
            raise UnalignedError(f"no tree of 2 ** {height} leaves begins after {self.size}")
        self._push(height, root)

    def _push(self, height: int, root: bytes) -> None:
        self.size += 1 << height
        while self._peaks and self._peaks[-1][0] == height:
            root = node_hash(self._peaks.pop()[1], root)
            height += 1
        self._peaks.append((height, root))

    def root(self) -> bytes:
        """Return the hash of the whole tree."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def to_bytes(self) -> bytes:
        """Return the hashes behind each other; the size says how many there are."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Frontier:
        """Read what ``to_bytes`` wrote.

        Raises:
            ValueError: it is not the edge of a tree of that size.
        """
        pieces = [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
        return cls(size, pieces)

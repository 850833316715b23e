"""Proofs over the tree: that a leaf is in it, and that one tree begins with another. Pure.

RFC 9162, sections 2.1.3 (inclusion) and 2.1.4 (consistency). A proof is a list of hashes of ranges of
leaves; which ranges these are depends on the sizes alone. So a proof is made in one pass over the leaves,
in order and without holding more than a few hashes (``RangeHashes``). A leaf's index counts from 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from fleet.audit.merkle.tree import EMPTY, Frontier, node_hash

Range = tuple[int, int]
"""From the first leaf to before the last one."""


class ProofError(ValueError):
    """A proof does not prove what it is said to; the message says why, as a part of a sentence."""


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the ranges whose hashes prove that a leaf is in a tree, from the leaf's sibling upwards.

    Raises:
        ProofError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"a log of {size} entries has no entry {index + 1}")
    start, end, found = 0, size, list[Range]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """Return the ranges whose hashes prove that a tree of ``new`` leaves begins with the one of ``old``.

    Raises:
        ProofError: the old tree is not the smaller one.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a log of {new} entries cannot begin with {old}")
    if old in {0, new}:
        return []
    start, end, whole, found = 0, new, True, list[Range]()
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    if not whole:
        found.append((start, end))
    return found[::-1]


class RangeHashes:
    """Hashes of ranges of leaves, from one pass over the leaves. The ranges do not overlap."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._wanted = list(ranges)
        self._order = sorted(self._wanted)
        self._at = 0
        self._done: dict[Range, bytes] = {}
        self._frontier = Frontier()

    def add(self, index: int, leaf: bytes) -> None:
        """Take the next leaf, by its hash; every one from 0 on."""
        if self._at == len(self._order):
            return
        start, end = self._order[self._at]
        if index < start:
            return
        self._frontier.append(leaf)
        if index + 1 == end:
            self._done[start, end] = self._frontier.root()
            self._frontier = Frontier()
            self._at += 1

    def hashes(self) -> list[bytes]:
        """Return the hashes in the order of the ranges.

        Raises:
            ProofError: there were too few leaves.
        """
        if len(self._done) != len(self._wanted):
            raise ProofError("the log ends before what the proof is about")
        return [self._done[each] for each in self._wanted]


def root_by_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """Return the root that a tree of that size must have if the path holds (RFC 9162, section 2.1.3.2).

    Raises:
        ProofError: the path is too short or too long, or there is no such leaf.
    """
    ranges = inclusion_ranges(index, size)
    if len(path) != len(ranges):
        raise ProofError(f"the path has {len(path)} hashes where {len(ranges)} are needed")
    root = leaf
    for (start, _end), sibling in zip(ranges, path, strict=True):
        root = node_hash(root, sibling) if start > index else node_hash(sibling, root)
    return root


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Check that the tree of ``new`` leaves begins with that of ``old`` (RFC 9162, section 2.1.4.2).

    Raises:
        ProofError: it is not shown to.
    """
    ranges = consistency_ranges(old, new)
    if len(path) != len(ranges):
        raise ProofError(f"the path has {len(path)} hashes where {len(ranges)} are needed")
    if not ranges:
        if old == new and old_root != new_root:
            raise ProofError("two checkpoints of the same size differ")
        if old == 0 and old_root != EMPTY:
            raise ProofError("the root of an empty log is another")
        return
    hashes = list(path)
    # A whole power of two is in no proof: the old root is its hash.
    before = old_root if ranges[0][0] >= old else hashes.pop(0)
    if ranges[0][0] < old:
        ranges = ranges[1:]
    after = before
    for (start, _end), sibling in zip(ranges, hashes, strict=True):
        if start >= old:
            after = node_hash(after, sibling)
        else:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
    if before != old_root:
        raise ProofError("the older checkpoint's root does not follow from the path")
    if after != new_root:
        raise ProofError("the newer checkpoint's root does not follow from the path")


def _split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1

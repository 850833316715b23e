"""Puts a segment in order that a failure left writable: at the next start, or when its recording is given up.

Rules:

- A segment that is read-only is in order and is left alone.
- A chunk that nobody can open goes: one without keys, or the remainder of a failed write.

It decides nothing about recordings, and does not look at ledgers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from device import durable
from device.errors import StorageFullError
from device.filesystem import READ_ONLY
from device.torn import whole_chunks
from protocol.footage.errors import FormatError
from protocol.footage.segment import RunEntry, iter_segment

if TYPE_CHECKING:
    from pathlib import Path

    from device.filesystem import Filesystem

HEAD_BYTES = 256 * 1024
"""More than a segment's first record can take."""

_WRITE_BITS = 0o222


def is_writable(filesystem: Filesystem, path: Path) -> bool:
    """Whether a file's mode says that it may still have to be put in order."""
    return filesystem.mode(path) & _WRITE_BITS != 0


def first_chunk(filesystem: Filesystem, segment: Path) -> int:
    """The number of a segment's first chunk.

    Raises:
        FormatError: It does not begin with a run record.
    """
    entry = next(iter_segment(filesystem.read(segment, 0, HEAD_BYTES)))
    if not isinstance(entry, RunEntry):
        raise TypeError("internal error: a segment's first item is its run record")
    return entry.record.first_seq


def begins_at(filesystem: Filesystem, segment: Path, before: int) -> bool:
    """Whether nothing in a segment can be opened: it was linked, and the power went before its first keys.

    Where the card had failed, the link may come and go with the power. The shelf has never shown it.

    Args:
        filesystem: The disk.
        segment: The segment.
        before: The first chunk that there are no keys for.
    """
    try:
        return first_chunk(filesystem, segment) >= before
    except FormatError:
        return False


def repair_segment(filesystem: Filesystem, path: Path, before: int | None) -> int | None:
    """Cut off a writable segment what nobody can open, and make it read-only.

    Args:
        filesystem: The disk.
        path: The segment.
        before: The first chunk of the next segment, or the first that there are no keys for: what comes from
            there on is the remainder of a failed write, or nobody can open it. None to keep all whole chunks.

    Returns:
        The segment's first chunk, or ``before`` when nothing of it is left.

    Raises:
        StorageError: The system refused; it is as it was.
        FormatError: A read-only one does not begin with a run record.
    """
    if not is_writable(filesystem, path):
        return first_chunk(filesystem, path)
    chunks = whole_chunks(filesystem.read(path))
    kept = [chunk for chunk in chunks if before is None or chunk.header.seq < before]
    if not kept:
        durable.remove(filesystem, path)
        return before
    write_anew(filesystem, path, kept[-1].end)
    return kept[0].header.seq


def openable_length(filesystem: Filesystem, path: Path, length: int, before: int) -> int:
    """How many bytes of a segment hold chunks that have keys.

    Args:
        filesystem: The disk.
        path: The segment.
        length: How many of its bytes are durable.
        before: The first chunk that there are no keys for.

    Raises:
        OSError: It cannot be read.
    """
    chunks = whole_chunks(filesystem.read(path, 0, length))
    return max((chunk.end for chunk in chunks if chunk.header.seq < before), default=0)


def write_anew(filesystem: Filesystem, path: Path, length: int) -> None:
    """Put a segment's first ``length`` bytes, read-only, in its place.

    It is not cut where it lies: after a failed sync of it no later one can be trusted, and when the process
    has ended without the machine, a power cut could still bring back what was cut. On a card without that
    much room it has to do.

    Raises:
        StorageError: The system refused; it is as it was, or cut.
    """
    try:
        durable.replace(filesystem, path, filesystem.read(path, 0, length), READ_ONLY)
    except StorageFullError:
        durable.cut_tail(filesystem, path, length)

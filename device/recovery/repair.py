"""Puts a file in order that a failure left behind: at the next start, or when its recording is given up.

Rules:

- A segment that is read-only is in order, and only the last of a recording is looked into.
- A chunk that nobody can open goes: one without keys, or the remainder of a failed write.
- Damage is left as it is, for the verifier to say.

It decides nothing about recordings, and does not look at ledgers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.errors import StorageFullError
from device.recovery.truncation import whole_chunks
from device.storage import durable
from device.storage.filesystem import READ_ONLY
from device.storage.layout import HEAD_BYTES
from protocol.footage.format.errors import FormatError
from protocol.footage.format.segment import RunEntry, iter_segment

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Filesystem

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
    first = _known_first(filesystem, segment)
    return first is not None and first >= before


@dataclass(frozen=True, slots=True)
class RepairedSegment:
    """A segment that was put in order.

    Attributes:
        first: Its first chunk, or that of the next segment when nothing of it is left or nobody knows.
        in_order: Whether chunks that nobody can open are gone. On a full card they stay until there is room.
    """

    first: int | None
    in_order: bool = True


def repair_segment(
    filesystem: Filesystem, path: Path, after: int | None, before: int | None
) -> RepairedSegment:
    """Cut off a segment what nobody can open, and make it read-only.

    One that is read-only is in order, but for the last one of a recording: after a failed sync its mode may
    be there and what was done before it not.

    Args:
        filesystem: The disk.
        path: The segment.
        after: The first chunk of the next segment: what comes from there on is the remainder of a failed
            write. None for the last one.
        before: The first chunk that there are no keys for. None to keep all whole chunks.

    Raises:
        StorageError: The system refused; it is as it was.
    """
    writable = is_writable(filesystem, path)
    if not writable and after is not None:
        first = _known_first(filesystem, path)
        return RepairedSegment(after if first is None else first)
    chunks = whole_chunks(filesystem.read(path))
    whole = [chunk for chunk in chunks if after is None or chunk.header.seq < after]
    kept = [chunk for chunk in whole if before is None or chunk.header.seq < before]
    if not kept:
        if writable and _known_first(filesystem, path) is None:  # its first append was truncated
            durable.remove(filesystem, path)
        return RepairedSegment(after)
    due = min((each for each in (after, before) if each is not None), default=0)
    if kept[-1].header.seq + 1 < due:  # what has keys was durable: damage, not a truncated tail
        return RepairedSegment(kept[0].header.seq)
    in_order = True
    if writable:
        written = write_anew(filesystem, path, kept[-1].end, whole[-1].end)
        in_order = written or len(kept) == len(whole)
    elif len(kept) < len(chunks):
        try:
            durable.replace(filesystem, path, filesystem.read(path, 0, kept[-1].end), READ_ONLY)
        except StorageFullError:
            in_order = False
    return RepairedSegment(kept[0].header.seq, in_order)


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


def write_anew(filesystem: Filesystem, path: Path, length: int, most: int) -> bool:
    """Put a file's first ``length`` bytes, read-only, in its place.

    It is not cut where it lies: after a failed sync of it no later one can be trusted, and when the process
    has ended without the machine, a power cut could still bring back what was cut. On a card without that
    much room it has to do; but then another recording may have the same file, so that no whole chunk goes.

    Returns:
        Whether there was room; else it was cut to ``most`` bytes where it lies.

    Raises:
        StorageError: The system refused; it is as it was, or cut to ``most`` bytes.
    """
    try:
        durable.replace(filesystem, path, filesystem.read(path, 0, length), READ_ONLY)
    except StorageFullError:
        durable.cut_tail(filesystem, path, most)
        return False
    return True


def sync_ledger(filesystem: Filesystem, ledger: Path) -> None:
    """Make a ledger durable that a killed process may not have synced. One that is read-only is.

    Raises:
        StorageError: The card refuses.
    """
    if is_writable(filesystem, ledger):
        durable.sync_file(filesystem, ledger)


def _known_first(filesystem: Filesystem, segment: Path) -> int | None:
    """The number of a segment's first chunk; None for a damaged one, which the verifier will say."""
    try:
        return first_chunk(filesystem, segment)
    except FormatError:
        return None

"""What a crash left half done in ``recordings/``: presses, publications and removals, finished or discarded.

Rules:

- A claim that is whole was acknowledged, or nobody knows whether it was: it gets its folder. It goes when its
  folder is there already, when its press was tried again and kept, or when it is not whole: then it was never
  acknowledged.
- A folder that was not published holds all of a recording, or goes.
- A removal is finished: its receipt is durable.
- Nothing that a claim needs is taken from the ring before its folder is durable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.errors import StorageFullError
from device.recovery.inspection import HEAD_BYTES, numbers_in, segments_in
from device.recovery.repair import first_chunk, is_writable
from device.recovery.truncation import whole_chunks
from device.storage import durable
from device.storage.claim import publish_claim
from device.storage.durable import NEW_SUFFIX
from device.storage.layout import CLAIM_SUFFIX, GONE_SUFFIX
from protocol.footage.format.errors import FormatError
from protocol.footage.format.segment import parse_segment_name
from protocol.footage.ledger.ledger import (
    LEDGER_NAME,
    EventKind,
    Open,
    iter_ledger,
    ledger_valid_prefix,
    read_ledger,
)

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder


@dataclass(frozen=True, slots=True)
class ClaimedRange:
    """Which chunks a claim is for: from ``first_seq`` to ``last_seq`` of a run; none if that comes first."""

    run: bytes
    first_seq: int
    last_seq: int


def finish_removals(filesystem: Filesystem, folders: StateFolder) -> None:
    """Finish the removals that were not finished.

    Raises:
        StorageError: The card refuses.
    """
    for number in numbers_in(filesystem, folders.recordings, GONE_SUFFIX):
        durable.remove_folder(filesystem, folders.removed(number))


def finish_claims(filesystem: Filesystem, folders: StateFolder, receipts: frozenset[int]) -> frozenset[str]:
    """Give the claims their folders, the newest first, or let them go.

    Args:
        filesystem: The disk.
        folders: Where things are.
        receipts: The numbers of which there is a receipt.

    Returns:
        The segments that have to stay in the ring: on a full card a claim waits for the next start.

    Raises:
        StorageError: The card refuses; the claim stands.
        OSError: A file cannot be read.
    """
    numbers = numbers_in(filesystem, folders.recordings, CLAIM_SUFFIX)
    kept: set[str] = set()
    for number in reversed(numbers):
        kept.update(_finish_claim(filesystem, folders, number, done=number in receipts))
    if numbers:  # what goes from the ring next must not be missed by a claim that comes back
        durable.sync_dir(filesystem, folders.recordings)
    return frozenset(kept)


def finish_folders(filesystem: Filesystem, folders: StateFolder, receipts: frozenset[int]) -> None:
    """Publish the folders that hold all of a recording and have no claim, and remove the others.

    Raises:
        StorageError: The card refuses.
        OSError: A file cannot be read.
    """
    for number in numbers_in(filesystem, folders.recordings, NEW_SUFFIX):
        unpublished = folders.unpublished(number)
        if filesystem.exists(folders.claim(number)):  # which waits for room, and needs what is there
            continue
        published = filesystem.exists(folders.recording(number))
        if published or number in receipts or not is_whole_commit(filesystem, unpublished):
            durable.remove_folder(filesystem, unpublished)
        elif _tried_again(filesystem, folders, number, unpublished / LEDGER_NAME):
            _discard_whole(filesystem, folders, number)
        else:
            _sync(filesystem, unpublished / LEDGER_NAME)
            durable.publish(filesystem, unpublished, folders.recording(number))


def _finish_claim(
    filesystem: Filesystem, folders: StateFolder, number: int, *, done: bool
) -> tuple[str, ...]:
    """Give one claim its folder, or let it go; return the segments that it needs still."""
    claim = folders.claim(number)
    if done or filesystem.exists(folders.recording(number)):
        durable.remove(filesystem, claim)
        return ()
    claimed = claimed_range(filesystem.read(claim))
    if claimed is None or _tried_again(filesystem, folders, number, claim):
        durable.remove(filesystem, claim)
        return ()
    _sync(filesystem, claim)
    segments = _segments_of(filesystem, folders.ring, claimed)
    try:
        _publish(filesystem, folders, number, segments)
    except StorageFullError:
        return segments
    durable.remove(filesystem, claim)
    return ()


def _publish(filesystem: Filesystem, folders: StateFolder, number: int, segments: tuple[str, ...]) -> None:
    """Publish a claim, with the reserve's room if there is no other.

    Raises:
        StorageError: The card refuses.
    """
    try:
        publish_claim(filesystem, folders, number, segments)
    except StorageFullError:
        if not filesystem.exists(folders.reserve):
            raise
        durable.remove(filesystem, folders.reserve)
        publish_claim(filesystem, folders, number, segments)


def _sync(filesystem: Filesystem, ledger: Path) -> None:
    """Make a ledger durable that a killed process may not have synced. One that is read-only is."""
    if is_writable(filesystem, ledger):
        durable.sync_file(filesystem, ledger)


def claimed_range(data: bytes) -> ClaimedRange | None:
    """The chunks that a claim is for, as far as it is whole; None where not all of its press is there.

    Args:
        data: What the claim's file holds: live chunks and a truncated end may follow the press.
    """
    whole = ledger_valid_prefix(data) if data else 0
    if not whole:
        return None
    ledger = read_ledger(data[:whole])
    opening = ledger.open
    pressed = any(event.kind is EventKind.PRESS for event in ledger.events)
    if not pressed or (opening.last_seq >= opening.first_seq and not ledger.keys):
        return None
    last_seq = ledger.keys[-1].last_seq if ledger.keys else opening.last_seq
    return ClaimedRange(opening.run, opening.first_seq, last_seq)


def _segments_of(filesystem: Filesystem, ring: Path, claimed: ClaimedRange) -> tuple[str, ...]:
    """The segments of the ring that hold a range of chunks, in order."""
    if claimed.last_seq < claimed.first_seq:
        return ()
    begins: list[tuple[str, int]] = []
    for name in segments_in(filesystem, ring):
        parsed = parse_segment_name(name)
        if (
            parsed is not None
            and parsed[0] == claimed.run
            and (first := _first(filesystem, ring / name)) is not None
        ):
            begins.append((name, first))
    following = [first for _, first in begins[1:]]
    ends = [*following, claimed.last_seq + 1] if begins else []
    return tuple(
        name
        for (name, first), end in zip(begins, ends, strict=True)
        if first <= claimed.last_seq and end > claimed.first_seq
    )


def _first(filesystem: Filesystem, segment: Path) -> int | None:
    """A segment's first chunk; None where not even its run record is whole."""
    try:
        return first_chunk(filesystem, segment)
    except FormatError:
        return None


def _tried_again(filesystem: Filesystem, folders: StateFolder, number: int, ledger: Path) -> bool:
    """Whether a later recording is of the same press as this one, with the same window."""
    pressed = _press(filesystem, ledger)
    later = (each for each in numbers_in(filesystem, folders.recordings, "") if each > number)
    return any(_press(filesystem, folders.ledger(each)) == pressed for each in later)


def _press(filesystem: Filesystem, ledger: Path) -> tuple[bytes, int] | None:
    """The run and the moment of a recording's press; None where its ledger cannot be read."""
    try:
        entry = next(iter_ledger(filesystem.read(ledger, 0, HEAD_BYTES)))
    except (FormatError, OSError, StopIteration):
        return None
    return (entry.record.run, entry.record.press_ns) if isinstance(entry.record, Open) else None


def _discard_whole(filesystem: Filesystem, folders: StateFolder, number: int) -> None:
    """Remove a folder that was tried again under a later number, with the same window.

    It was published once, and a sync failed: the card may show it under that name too. So it takes that name
    again, leaves it durably, and is taken apart only then.
    """
    durable.move(filesystem, folders.unpublished(number), folders.recording(number))
    durable.move(filesystem, folders.recording(number), folders.removed(number))
    durable.sync_dir(filesystem, folders.recordings)
    durable.remove_folder(filesystem, folders.removed(number))


def is_whole_commit(filesystem: Filesystem, folder: Path) -> bool:
    """Whether an unpublished folder holds all of a commit: ledger, press, and every chunk that it names."""
    names = filesystem.listdir(folder)
    if LEDGER_NAME not in names:
        return False
    data = filesystem.read(folder / LEDGER_NAME)
    if not data or ledger_valid_prefix(data) != len(data):  # empty: its name came before its bytes
        return False
    ledger = read_ledger(data)
    if not any(event.kind is EventKind.PRESS for event in ledger.events):
        return False
    opening = ledger.open
    return opening.last_seq < opening.first_seq or (
        bool(ledger.keys) and _covers(filesystem, folder, opening.first_seq, opening.last_seq)
    )


def _covers(filesystem: Filesystem, folder: Path, first_seq: int, last_seq: int) -> bool:
    """Whether a folder's segments hold a range of chunks. Only the last can end too early."""
    names = segments_in(filesystem, folder)
    indices = [parsed[1] for parsed in map(parse_segment_name, names) if parsed is not None]
    if not names or indices != list(range(indices[0], indices[0] + len(indices))):
        return False
    try:
        begins = first_chunk(filesystem, folder / names[0])
        chunks = whole_chunks(filesystem.read(folder / names[-1]))
    except FormatError:
        return False
    return begins <= first_seq and bool(chunks) and chunks[-1].header.seq >= last_seq

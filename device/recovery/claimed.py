"""What a recording's ledger claims, and whether it is there. It changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.recovery.inspection import numbers_in, segments_in
from device.recovery.repair import first_chunk
from device.recovery.truncation import whole_chunks
from device.storage.layout import HEAD_BYTES
from protocol.footage.format.errors import FormatError
from protocol.footage.format.segment import parse_segment_name
from protocol.footage.ledger.ledger import EventKind, Open, iter_ledger, ledger_valid_prefix, read_ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder


@dataclass(frozen=True, slots=True)
class ClaimedRange:
    """Which chunks a ledger is for: from ``first_seq`` to ``last_seq`` of a run; none if that comes first.

    ``pressed_seq`` is the last of those that the press committed, or ``first_seq - 1``.
    """

    run: bytes
    first_seq: int
    pressed_seq: int
    last_seq: int


def claimed_range(data: bytes) -> ClaimedRange | None:
    """The chunks that a ledger is for, as far as it is whole; None where not all of its press is there.

    Args:
        data: What the file holds: live chunks and a truncated end may follow the press.
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
    return ClaimedRange(opening.run, opening.first_seq, opening.last_seq, last_seq)


def segments_of(filesystem: Filesystem, ring: Path, claimed: ClaimedRange) -> tuple[str, ...]:
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


def covers(filesystem: Filesystem, folder: Path, names: Sequence[str], first_seq: int, last_seq: int) -> bool:
    """Whether segments of a folder, in order, hold a range of chunks. Only the last can end too early."""
    if last_seq < first_seq:
        return True
    indices = [parsed[1] for parsed in map(parse_segment_name, names) if parsed is not None]
    if not names or indices != list(range(indices[0], indices[0] + len(indices))):
        return False
    try:
        begins = first_chunk(filesystem, folder / names[0])
        chunks = whole_chunks(filesystem.read(folder / names[-1]))
    except FormatError:
        return False
    return begins <= first_seq and bool(chunks) and chunks[-1].header.seq >= last_seq


def tried_again(filesystem: Filesystem, folders: StateFolder, number: int, ledger: Path) -> bool:
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

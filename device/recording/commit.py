"""The commit: the durable step that makes the ring part of a recording.

Steps, each durable before the next matters:

1. a new folder ``NNNNNNNN.new``;
2. hard links in it to the segments of the window; no footage is copied (C4), its chunks are durable already;
3. the ledger in it: ``open``, the sealed keys, steps of the clock and the press, in one write and one sync;
4. sync the folder, rename it to ``NNNNNNNN``, sync ``recordings/``.

Only then may the press be acknowledged (C3). A failure before the rename leaves nothing. When the last sync
fails nobody can say whether the name is on the card: the folder gets its unpublished name back and stays
whole, so that a power cut leaves all of it under one name or the other, and recovery decides about it.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.errors import StorageError
from device.recording.recording import OpenRecording
from device.storage import durable
from device.storage.durable import AppendFile
from protocol.footage.ledger.ledger import LEDGER_NAME, Event, Keys, Open
from protocol.footage.ledger.writer import LedgerWriter

if TYPE_CHECKING:
    from device.ring.ring import RingRange
    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder
    from protocol.footage.format.signing import Signer
    from protocol.footage.sealing.keys import Recipient


@dataclass(frozen=True, slots=True)
class CommitPlan:
    """What is to be committed.

    Attributes:
        opening: The ledger's first record.
        recipients: Whom the recording is sealed to.
        held: The durable pre-record; None when there is none.
        keys: Its sealed keys; None when there is none.
        events: The clock's steps within it, then what started it.
    """

    opening: Open
    recipients: tuple[Recipient, ...]
    held: RingRange | None
    keys: Keys | None
    events: tuple[Event, ...]


def commit(filesystem: Filesystem, folders: StateFolder, plan: CommitPlan, sign: Signer) -> OpenRecording:
    """Make the plan a recording, durably.

    Raises:
        StorageError: It is not acknowledged. When its folder still exists, under either name, its number is
            used up.
    """
    number = plan.opening.number
    temporary, folder = folders.unpublished(number), folders.recording(number)
    writer = LedgerWriter(sign)
    ledger: AppendFile | None = None
    try:
        durable.begin_folder(filesystem, temporary)
        for name in plan.held.segments if plan.held else ():
            durable.link_into(filesystem, folders.ring / name, temporary)
        ledger = AppendFile.create(filesystem, temporary / LEDGER_NAME)
        opening = writer.append(plan.opening)
        digest = writer.head
        ledger.append(opening + _records(writer, plan))
        durable.publish(filesystem, temporary, folder)
    except StorageError:
        if ledger is not None:
            ledger.abandon()
        _take_back(filesystem, folders, number)
        raise
    ledger.path = folders.ledger(number)
    return OpenRecording(
        filesystem,
        folder,
        plan.opening,
        recipients=plan.recipients,
        open_digest=digest,
        ledger=ledger,
        writer=writer,
        held=plan.held,
    )


def _records(writer: LedgerWriter, plan: CommitPlan) -> bytes:
    records: tuple[Keys | Event, ...] = (*(() if plan.keys is None else (plan.keys,)), *plan.events)
    return b"".join(writer.append(record) for record in records)


def _take_back(filesystem: Filesystem, folders: StateFolder, number: int) -> None:
    """Remove what an unfinished commit left, or hide what was visible; recovery does it when this cannot."""
    temporary, folder = folders.unpublished(number), folders.recording(number)
    with contextlib.suppress(OSError, StorageError):
        if filesystem.exists(folder):
            durable.move(filesystem, folder, temporary)
        elif filesystem.exists(temporary):
            durable.remove_folder(filesystem, temporary)

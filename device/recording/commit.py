"""The commit: the one durable file that makes the window part of a recording.

It holds the recording's ``open``, the sealed keys of the window, steps of the clock and the press. Once it
is durable the press may be acknowledged (C3); no footage is read, written or even linked for it (C4). What
follows is in ``device.storage.claim``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.recording.recording import OpenRecording
from device.recording.recording_files import RecordingFiles
from device.storage.claim import write_claim
from protocol.footage.ledger.writer import LedgerWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from device.ring.ring import RingRange
    from device.storage.durable import AppendFile
    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder
    from protocol.footage.format.signing import Signer
    from protocol.footage.ledger.ledger import Keys, LedgerEvent, Open
    from protocol.footage.sealing.keys import Recipient


@dataclass(frozen=True, slots=True)
class CommitPlan:
    """What is to be committed.

    Attributes:
        opening: The ledger's first record.
        recipients: Whom the recording is sealed to.
        held: The durable pre-record; None when there is none.
        keys: Its sealed keys; None when there is none.
        events: The clock's steps within it, what started it, then what was wrong with picture or sound,
            then which numbers before its own the card never confirmed.
    """

    opening: Open
    recipients: tuple[Recipient, ...]
    held: RingRange | None
    keys: Keys | None
    events: tuple[LedgerEvent, ...]

    @property
    def segments(self) -> Sequence[str]:
        """The segments of the ring that it claims, in order."""
        return self.held.segments if self.held else ()


def commit(
    filesystem: Filesystem,
    folders: StateFolder,
    plan: CommitPlan,
    sign: Signer,
    prepared: AppendFile | None = None,
) -> OpenRecording:
    """Make the plan a recording, durably.

    Args:
        filesystem: The disk.
        folders: Where things are.
        plan: What is to be committed.
        sign: The camera's signer.
        prepared: The file for it, if it was made before (see ``prepare_claim``).

    Raises:
        StorageError: It is not acknowledged (see ``write_claim``).
    """
    number, writer = plan.opening.number, LedgerWriter(sign)
    opening = writer.append(plan.opening)
    digest = writer.head
    ledger = write_claim(filesystem, folders, number, opening + _records(writer, plan), prepared)
    return OpenRecording(
        plan.opening,
        RecordingFiles(filesystem, folders, number, plan.segments),
        recipients=plan.recipients,
        open_digest=digest,
        ledger=ledger,
        writer=writer,
        held=plan.held,
    )


def _records(writer: LedgerWriter, plan: CommitPlan) -> bytes:
    records: tuple[Keys | LedgerEvent, ...] = (*(() if plan.keys is None else (plan.keys,)), *plan.events)
    return b"".join(writer.append(record) for record in records)

"""What the camera holds, as the uploader sees it; and the receipts that let a recording go.

Rules:

- A snapshot never shows more than is durable.
- A receipt is checked against the fleet's authority and against the recording itself, and is durable in
  ``receipts/``, before anything is removed (C8). Receipts stay for ever: their numbers are never used again.
- A receipt for a recording that is still being made is refused.

Callbacks run in the thread that made the change, after it, with no lock held; they must return at once.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from device.errors import DeviceError
from device.storage import durable
from protocol.footage.format.errors import FootageError
from protocol.footage.ledger.ledger import LEDGER_NAME, open_digest
from protocol.footage.receipt import RECEIPT_NAME, read_receipt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder
    from device.storage.segment import ClosedSegment
    from protocol.footage.receipt import Receipt
    from protocol.messages.uploads import Ended


class ReceiptRefusedError(DeviceError):
    """A receipt does not verify, or is not for the recording that the camera holds."""


@dataclass(frozen=True, slots=True)
class ShelvedRecording:
    """A recording on the camera.

    Attributes:
        number: The camera's counter.
        folder: Where its files are.
        ledger_length: Durable length of the ledger in bytes; it only grows.
        closed_segments: The segments that will not change any more, in order.
        ended: How it ended; None while it is being made.
        receipt: Whether the fleet's receipt for it has been stored.
        bookmarks: For each bookmark of this run, the segment that was the recording's last at that moment.
    """

    number: int
    folder: Path
    ledger_length: int
    closed_segments: tuple[ClosedSegment, ...]
    ended: Ended | None
    receipt: bool
    bookmarks: tuple[str, ...] = ()


class Shelf:
    """All recordings on the camera. Thread-safe.

    Attributes:
        delete: Whether footage goes once its receipt is durable.
    """

    def __init__(
        self,
        filesystem: Filesystem,
        folders: StateFolder,
        authority: bytes,
        *,
        delete: bool = False,
        held: tuple[ShelvedRecording, ...] = (),
    ) -> None:
        """Set the shelf up.

        Args:
            filesystem: The disk.
            folders: Where things are.
            authority: The fleet authority's certificate (DER).
            delete: Whether footage goes once its receipt is durable.
            held: What recovery found.
        """
        self._filesystem = filesystem
        self._folders = folders
        self._authority = authority
        self.delete = delete
        self._held = {each.number: each for each in held}
        self._callbacks: tuple[Callable[[], None], ...] = ()
        self._guard = threading.Lock()
        self._receipts = threading.Lock()

    def recordings(self) -> tuple[ShelvedRecording, ...]:
        """Everything on the camera, by number."""
        with self._guard:
            return tuple(self._held[number] for number in sorted(self._held))

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` after every change."""
        with self._guard:
            self._callbacks = (*self._callbacks, callback)

    def put(self, recording: ShelvedRecording) -> None:
        """Show a recording as it is now."""
        with self._guard:
            self._held[recording.number] = recording
        self._tell()

    def accept_receipt(self, number: int, receipt: bytes) -> None:
        """Store the fleet's receipt for a recording, then keep or remove the footage as configured.

        A receipt that has been stored before is fine.

        Raises:
            ReceiptRefusedError: It does not verify, or is not for what the camera holds.
            StorageError: It could not be stored; the footage stays.
        """
        with self._receipts:
            held = self._get(number)
            if held is None or held.receipt:
                return
            self._check(held, self._read(receipt))
            durable.replace(self._filesystem, self._folders.receipt(number), receipt)
            with self._guard:
                self._held[number] = replace(held, receipt=True)
            settle(self._filesystem, self._folders, number, receipt, delete=self.delete)
            if self.delete:
                with self._guard:
                    del self._held[number]
        self._tell()

    def _get(self, number: int) -> ShelvedRecording | None:
        with self._guard:
            return self._held.get(number)

    def _read(self, receipt: bytes) -> Receipt:
        try:
            return read_receipt(receipt, self._authority)
        except FootageError as error:
            raise ReceiptRefusedError(f"The fleet's receipt does not verify: {error}.") from error

    def _check(self, held: ShelvedRecording, receipt: Receipt) -> None:
        """Compare a receipt with the recording: its number, its ledger and its segments' names and sizes."""
        if held.ended is None:
            raise ReceiptRefusedError(
                f"The receipt for recording {held.number} came before the recording ended."
            )
        ledger = self._filesystem.read(held.folder / LEDGER_NAME, 0, held.ledger_length)
        same = (
            receipt.number == held.number
            and receipt.ledger_length == len(ledger)
            and receipt.ledger_sha256 == hashlib.sha256(ledger).digest()
            and receipt.open_digest == open_digest(ledger)
            and {segment.name: segment.size for segment in receipt.segments} == dict(held.closed_segments)
        )
        if not same:
            raise ReceiptRefusedError(
                f"The receipt for recording {held.number} is not for what it holds: the footage stays."
            )

    def _tell(self) -> None:
        with self._guard:
            callbacks = self._callbacks
        for callback in callbacks:
            callback()


def settle(
    filesystem: Filesystem, folders: StateFolder, number: int, receipt: bytes, *, delete: bool
) -> None:
    """With a receipt durable in ``receipts/``, put it beside the footage or remove the footage.

    Raises:
        StorageError: It did not finish, and recovery finishes it.
    """
    if delete:
        remove_recording(filesystem, folders, number)
    else:
        durable.replace(filesystem, folders.recording(number) / RECEIPT_NAME, receipt)


def remove_recording(filesystem: Filesystem, folders: StateFolder, number: int) -> None:
    """Remove a recording whose receipt is durable.

    Raises:
        StorageError: The system refused; recovery finishes it.
    """
    removed = folders.removed(number)
    if not filesystem.exists(removed):
        durable.move(filesystem, folders.recording(number), removed)
    durable.sync_dir(filesystem, folders.recordings)  # else a part of it could come back under its own name
    durable.remove_folder(filesystem, removed)

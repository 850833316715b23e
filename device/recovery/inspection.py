"""What is on the card: the recordings that are not being made, and the numbers that were ever used.

It reads the ends of ledgers alone, so that a full card costs little. It changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.shelf import ShelvedRecording
from device.storage.layout import HEAD_BYTES, number_of
from device.storage.segment import ClosedSegment
from protocol.footage.format.cbor import Reader
from protocol.footage.format.errors import FootageError, FormatError
from protocol.footage.format.limits import MAX_BODY_BYTES
from protocol.footage.format.segment import parse_segment_name
from protocol.footage.format.sizes import SIGNATURE_BYTES
from protocol.footage.ledger.ledger import LEDGER_NAME, open_digest
from protocol.footage.ledger.record import take_record
from protocol.footage.receipt import parse_receipt
from protocol.units import KIB

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder

_TAIL_BYTES = 8 * KIB
"""More than a close record can take."""

_CLOSE_HEAD = b"\x83\x65close"
"""How a close record begins in CBOR: an array of three, the first the text "close"."""


def inspect_recording(
    filesystem: Filesystem, folders: StateFolder, number: int, *, receipt: bool = False
) -> ShelvedRecording:
    """Describe a recording that is not being made.

    Args:
        filesystem: The disk.
        folders: Where things are.
        number: Which.
        receipt: Whether its receipt is durable.

    Raises:
        OSError: It cannot be read.
    """
    folder = folders.recording(number)
    length = filesystem.size(folder / LEDGER_NAME)
    return ShelvedRecording(
        number=number,
        folder=folder,
        ledger_length=length,
        closed_segments=tuple(
            ClosedSegment(name, filesystem.size(folder / name)) for name in segments_in(filesystem, folder)
        ),
        ended="closed" if _is_closed(filesystem, folder / LEDGER_NAME, length) else "cut off",
        receipt=receipt,
    )


def numbers_in(filesystem: Filesystem, folder: Path, suffix: str) -> tuple[int, ...]:
    """The numbers of which there is a name with a suffix in ``recordings/`` or ``receipts/``, in order."""
    found = (number_of(name) for name in filesystem.listdir(folder))
    return tuple(number for number, ending in filter(None, found) if ending == suffix)


def segments_in(filesystem: Filesystem, folder: Path) -> tuple[str, ...]:
    """The names of a folder's segments, in order."""
    return tuple(name for name in filesystem.listdir(folder) if parse_segment_name(name))


def last_open(filesystem: Filesystem, folders: StateFolder, numbers: list[int]) -> bytes | None:
    """The digest of the newest ``open`` there is, from the recording or from its receipt."""
    for number in reversed(numbers):
        try:
            for ledger in (folders.ledger(number), folders.claim(number)):
                if filesystem.exists(ledger):
                    return open_digest(filesystem.read(ledger, 0, HEAD_BYTES))
            return parse_receipt(filesystem.read(folders.receipt(number))).receipt.open_digest
        except (FootageError, FileNotFoundError):
            continue  # damaged: the one before is the best there is
    return None


def _is_closed(filesystem: Filesystem, ledger: Path, length: int) -> bool:
    """Whether a ledger ends with a close record, without reading the rest of it."""
    offset = max(0, length - _TAIL_BYTES)
    tail = filesystem.read(ledger, offset)
    at = tail.rfind(_CLOSE_HEAD)
    if at < 0:
        return False
    try:
        reader = Reader(tail[at:])
        reader.array(3)
        reader.key("close")
        take_record("close", reader.bytes_(limit=MAX_BODY_BYTES), base=0)
        reader.bytes_(exactly=SIGNATURE_BYTES)
        reader.end()
    except FormatError:
        return False
    return True

"""What a camera is told of a recording that was deleted here, while it still holds it (C8).

Rules:
- a recording that the fleet had signed for is answered by its receipt, which outlives it: the camera compares
  that with what it holds, byte for byte, and only then lets it go;
- one that the fleet never signed for is refused, with the reason: the camera keeps what was never
  acknowledged as whole, and says so until a person resets it;
- nothing that it sends of either is taken in.
"""

from __future__ import annotations

from fleet.footage.errors import ObjectMissingError, StoreError
from fleet.footage.recordings.gone import refuse_gone
from fleet.footage.recordings.models import GONE, Recording, RecordingState
from fleet.footage.store import names
from fleet.footage.store.store import FootageStore
from protocol.footage.format.errors import FormatError
from protocol.footage.receipt import parse_receipt
from protocol.messages.uploads import SegmentInfo, UploadedRecording, UploadState


def receipt_of_deleted(store: FootageStore, place: names.Place) -> bytes:
    """Return the receipt of a recording that was deleted, or is being.

    Raises:
        StoreError: the store failed, or has lost it.
    """
    try:
        return store.read(names.deleted_receipt_key(place))
    except ObjectMissingError:
        return store.read(names.receipt_key(place))  # it is only about to be deleted


def told_of_deleted(store: FootageStore, row: Recording) -> UploadedRecording:
    """Say to its camera what the fleet held of a deleted recording, by its receipt.

    Raises:
        ProblemError: 410 the fleet never signed for it.
        StoreError: the store failed.
    """
    if row.receipt_sha256 is None:
        refuse_gone(row)
    data = receipt_of_deleted(store, row.place)
    try:
        receipt = parse_receipt(data).receipt
    except FormatError as error:
        raise StoreError(
            f"The footage store {store.where} gave back other bytes as the receipt of recording {row.number} "
            f"of {row.camera_id} than were signed; restore it from a copy."
        ) from error
    return UploadedRecording(
        state=UploadState.DELETED,
        segments=tuple(
            SegmentInfo(name=each.name, size=each.size, sha256=each.sha256.hex()) for each in receipt.segments
        ),
        ledger_length=receipt.ledger_length,
        receipt=True,
    )


def told_state(row: Recording) -> UploadState:
    """Return the state as cameras are told it: one that somebody ended goes on for a camera that has more."""
    if row.state == RecordingState.STOPPED:
        return UploadState.UPLOADING
    return UploadState.DELETED if row.state in GONE else UploadState(row.state)

"""The names of recordings and of their objects in the store.

Rules:
- every name that came from outside is checked here before it becomes part of a key; nothing else builds keys;
- the keys are ``recordings/{camera}/{number:08d}/segments/{name}``, ``…/ledger/{offset:012d}`` and
  ``…/receipt.cbor``;
- where two devices with one identity use a number twice, the second recording is below
  ``recordings/{camera}/{number:08d}.{recording}``, so that neither is in the other's way;
- numbers are padded, so that listing by name lists by number and by offset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import RECEIPT_NAME
from protocol.naming import CAMERA_NAME, RECORDING_ID, SEGMENT_NAME

MAX_NUMBER = 99_999_999
MAX_OFFSET = 999_999_999_999

_CAMERA = re.compile(CAMERA_NAME)
_SEGMENT = re.compile(SEGMENT_NAME)
_RECORDING = re.compile(RECORDING_ID)
_FALLBACK = re.compile(rf"({CAMERA_NAME})\.([0-9]{{8}})")


def is_segment_name(name: str) -> bool:
    """Say whether ``name`` is a segment's: the run in hex, the number of the segment in it, ``.seg``."""
    return _SEGMENT.fullmatch(name) is not None


def is_recording_id(text: str) -> bool:
    """Say whether ``text`` is a recording's id: 16 bytes in lower-case hex."""
    return _RECORDING.fullmatch(text) is not None


def public_id(recording: str | None, camera: str, number: int) -> str:
    """Return what a recording is called in addresses: its id, or camera and number until that is known."""
    return recording if recording is not None else f"{camera}.{number:08d}"


def parse_fallback(text: str) -> tuple[str, int] | None:
    """Read camera and number out of what ``public_id`` made before the recording's own id was known."""
    match = _FALLBACK.fullmatch(text)
    return (match[1], int(match[2])) if match else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where what is kept of a recording lies.

    Attributes:
        camera: the camera's id.
        number: that camera's own count.
        apart: empty, or the id of a recording that is kept apart from the first one of this number.
    """

    camera: str
    number: int
    apart: str = ""


def recording_prefix(place: Place) -> str:
    """Return the prefix of all keys of a recording.

    Raises:
        ValueError: the camera's name, the number or the id is not one; a caller should have checked.
    """
    named = _CAMERA.fullmatch(place.camera) is not None and 0 <= place.number <= MAX_NUMBER
    if not named or not (place.apart == "" or is_recording_id(place.apart)):
        raise ValueError("internal error: a key was asked for something that is not a recording")
    prefix = f"recordings/{place.camera}/{place.number:08d}"
    return f"{prefix}.{place.apart}" if place.apart else prefix


def segment_key(place: Place, name: str) -> str:
    """Return the key of a segment.

    Raises:
        ValueError: the name is not a segment's; a caller should have checked.
    """
    if not is_segment_name(name):
        raise ValueError("internal error: a key was asked for something that is not a segment")
    return f"{recording_prefix(place)}/segments/{name}"


def ledger_key(place: Place, offset: int) -> str:
    """Return the key of the piece of a ledger that begins at ``offset`` bytes.

    Raises:
        ValueError: the offset is out of range; a caller should have checked.
    """
    if not 0 <= offset <= MAX_OFFSET:
        raise ValueError("internal error: a key was asked for an impossible offset")
    return f"{recording_prefix(place)}/ledger/{offset:012d}"


def whole_ledger_key(place: Place) -> str:
    """Return the key of the ledger in one object, which is made of its pieces once they verify."""
    return f"{recording_prefix(place)}/{LEDGER_NAME}"


def receipt_key(place: Place) -> str:
    """Return the key of a recording's receipt."""
    return f"{recording_prefix(place)}/{RECEIPT_NAME}"

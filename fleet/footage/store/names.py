"""The names of recordings and of their objects in the store.

Rules:
- every name that came from outside is checked here before it becomes part of a key; nothing else builds keys;
- the keys are ``recordings/{camera}/{number:08d}/segments/{name}``, ``…/ledger/{offset:012d}`` and
  ``…/receipt.cbor``;
- tables of a recording's keys that its own key opens are ``…/keys/{name}``;
- parts of a release in which something is hidden are ``…/masked/{release}/{approved}/{chunk:020d}.{track}``,
  so that they go with the recording whatever becomes of the release;
- where two devices with one identity use a number twice, the second recording is below
  ``recordings/{camera}/{number:08d}.{recording}``, so that neither is in the other's way;
- what is left of a deleted recording lies below ``deleted/`` under the same names: its receipt and its
  certificate of deletion, so that nothing at all is left in its own place;
- what was imported lies as ``imports/{import}/{attempt}/{file}/{number:06d}``, and its certificate of
  deletion as ``deleted/imports/{import}.json``, whose name has 16 digits where a recording's has 8;
- what a camera puts straight into the store lies below ``scratch/arriving/`` until it was looked at, under
  the names of its camera, recording and segment, its size and its digest: nothing else can be put there;
- numbers are padded, so that listing by name lists by number and by offset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import RECEIPT_NAME
from protocol.naming import CAMERA_NAME, RECORDING_ID, SEGMENT_NAME

ARRIVING = "scratch/arriving"
DELETED = "deleted"
IMPORTS = "imports"
MAX_NUMBER = 99_999_999
MAX_OFFSET = 999_999_999_999

_CAMERA = re.compile(CAMERA_NAME)
_SEGMENT = re.compile(SEGMENT_NAME)
_RECORDING = re.compile(RECORDING_ID)
_FOLDER = re.compile(rf"([0-9]{{8}})(?:\.({RECORDING_ID}))?")
_CERTIFICATE = re.compile(rf"deleted/({CAMERA_NAME})/([0-9]{{8}})(?:\.({RECORDING_ID}))?\.json")
_IMPORT = re.compile(r"[0-9a-f]{16}")
_IMPORT_CERTIFICATE = re.compile(r"deleted/imports/([0-9a-f]{16})\.json")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TRACK = re.compile(r"[a-z]{1,20}")
MOST_PIECES = 999_999
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
    return f"recordings/{_of_place(place)}"


def deleted_receipt_key(place: Place) -> str:
    """Return the key under which the receipt of a deleted recording is kept.

    Raises:
        ValueError: as for ``recording_prefix``.
    """
    return f"{DELETED}/{_of_place(place)}.receipt.cbor"


def certificate_key(place: Place) -> str:
    """Return the key of the certificate that a recording was deleted.

    Raises:
        ValueError: as for ``recording_prefix``.
    """
    return f"{DELETED}/{_of_place(place)}.json"


def place_of_certificate(key: str) -> Place | None:
    """Return the place of the recording whose certificate of deletion lies under a key; None of another."""
    match = _CERTIFICATE.fullmatch(key)
    return Place(match[1], int(match[2]), match[3] or "") if match else None


def place_below(camera: str, folder: str) -> Place | None:
    """Return the place of the recording whose folder has that name; None of another folder."""
    match = _FOLDER.fullmatch(folder)
    return Place(camera, int(match[1]), match[2] or "") if match else None


def camera_prefix(camera: str) -> str:
    """Return the prefix of all keys of a camera's recordings.

    Raises:
        ValueError: the camera's name is none; a caller should have checked.
    """
    if _CAMERA.fullmatch(camera) is None:
        raise ValueError("internal error: a prefix was asked for something that is not a camera")
    return f"recordings/{camera}"


def _of_place(place: Place) -> str:
    named = _CAMERA.fullmatch(place.camera) is not None and 0 <= place.number <= MAX_NUMBER
    if not named or not (place.apart == "" or is_recording_id(place.apart)):
        raise ValueError("internal error: a key was asked for something that is not a recording")
    name = f"{place.camera}/{place.number:08d}"
    return f"{name}.{place.apart}" if place.apart else name


def segment_key(place: Place, name: str) -> str:
    """Return the key of a segment.

    Raises:
        ValueError: the name is not a segment's; a caller should have checked.
    """
    if not is_segment_name(name):
        raise ValueError("internal error: a key was asked for something that is not a segment")
    return f"{recording_prefix(place)}/segments/{name}"


def arriving_key(place: Place, name: str, size: int, sha256: str) -> str:
    """Return the key under which a camera may put a segment before the fleet has looked at it.

    Raises:
        ValueError: one of them is none; a caller should have checked.
    """
    if not is_segment_name(name) or size < 0 or _DIGEST.fullmatch(sha256) is None:
        raise ValueError("internal error: a key was asked for something that is not a segment")
    return f"{ARRIVING}/{_of_place(place)}/{name}/{size}.{sha256}"


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


def key_table_prefix(place: Place) -> str:
    """Return the prefix of the tables of keys of a recording, each under the recording's own key."""
    return f"{recording_prefix(place)}/keys/"


def key_table_key(place: Place, name: str) -> str:
    """Return the key of a table of a recording's keys.

    Raises:
        ValueError: the name is not a table's; a caller should have checked.
    """
    if _RECORDING.fullmatch(name) is None:  # as long as an id, and of the same letters
        raise ValueError("internal error: a key was asked for something that is not a table of keys")
    return f"{key_table_prefix(place)}{name}"


def masked_prefix(place: Place, release: str) -> str:
    """Return the prefix of the masked parts of a recording that a release keeps.

    Raises:
        ValueError: the release's id is none; a caller should have checked.
    """
    if _IMPORT.fullmatch(release) is None:  # as long as an import's, and of the same letters
        raise ValueError("internal error: a key was asked for something that is not a release")
    return f"{recording_prefix(place)}/masked/{release}/"


def masked_key(place: Place, release: str, approved: str, seq: int, track: str) -> str:
    """Return the key of a part in which something is hidden.

    Args:
        place: the recording's.
        release: the release's id.
        approved: SHA-256 of the copy that was approved, in hex.
        seq: the chunk's number.
        track: the name of its track.

    Raises:
        ValueError: as for ``masked_prefix``, or one of the others is none.
    """
    if _DIGEST.fullmatch(approved) is None or not 0 <= seq < 2**64 or _TRACK.fullmatch(track) is None:
        raise ValueError("internal error: a key was asked for something that is not a masked part")
    return f"{masked_prefix(place, release)}{approved}/{seq:020d}.{track}"


def receipt_key(place: Place) -> str:
    """Return the key of a recording's receipt."""
    return f"{recording_prefix(place)}/{RECEIPT_NAME}"


def import_prefix(name: str) -> str:
    """Return the prefix of all objects of an import.

    Raises:
        ValueError: it is no import's id; a caller should have checked.
    """
    if _IMPORT.fullmatch(name) is None:
        raise ValueError("internal error: a key was asked for something that is not an import")
    return f"{IMPORTS}/{name}"


def import_attempt_prefix(name: str, attempt: str) -> str:
    """Return the prefix of what was stored when an import's file was received once.

    Raises:
        ValueError: as for ``import_prefix``.
    """
    if _IMPORT.fullmatch(attempt) is None:
        raise ValueError("internal error: a key was asked for something that is not an attempt")
    return f"{import_prefix(name)}/{attempt}"


def import_piece_key(name: str, attempt: str, file: int, number: int) -> str:
    """Return the key of a piece of a file of an import.

    Raises:
        ValueError: as for ``import_prefix``, or the number is none.
    """
    if not 0 <= number <= MOST_PIECES:
        raise ValueError("internal error: a key was asked for an impossible piece")
    return f"{import_attempt_prefix(name, attempt)}/{int(file)}/{number:06d}"


def import_certificate_key(name: str) -> str:
    """Return the key of the certificate that an import was deleted.

    Raises:
        ValueError: as for ``import_prefix``.
    """
    return f"{DELETED}/{import_prefix(name)}.json"


def import_of_certificate(key: str) -> str | None:
    """Return the id of the import whose certificate of deletion lies under a key; None of another."""
    match = _IMPORT_CERTIFICATE.fullmatch(key)
    return match[1] if match else None

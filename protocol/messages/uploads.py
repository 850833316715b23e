"""The bodies of the upload conversation, which a camera has with the fleet's cameras listener.

Segments and ledger pieces travel as raw bytes with a ``Content-Digest`` (RFC 9530) and are created once;
these are the documents around them.
"""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, StrictBool, StringConstraints

from protocol.messages.base import MAX_UTC_US, Count, LongText, Message, RecordingId, SegmentName, Sha256Hex
from protocol.units import MIB

_PREFIX: Final = "sha-256=:"
_DIGEST_BYTES: Final = 32

MAX_SEGMENTS: Final = 20_000
"""Of one recording: four hours of segments of a second are 14,400."""
MAX_JSON_BYTES: Final = 4 * MIB
"""Of a document that a camera sends: the list of so many segments has less."""

MAX_AUTHORITY_CHARACTERS: Final = 65_536
MAX_ADDRESS_CHARACTERS: Final = 8_192

Ended = Literal["closed", "cut off"]
"""How a recording came to its end: with a close record, or by a power cut."""


class UploadState(StrEnum):
    """How far a recording has come in the fleet."""

    UNKNOWN = "unknown"
    ANNOUNCED = "announced"
    UPLOADING = "uploading"
    VERIFYING = "verifying"
    HELD = "held"
    FAILED = "failed"
    DELETED = "deleted"


class SegmentInfo(Message):
    """One segment file."""

    name: SegmentName
    size: Count
    sha256: Sha256Hex


class DirectOffer(Message):
    """The fleet's word that its store takes segments from cameras, by addresses that the fleet signs.

    Attributes:
        authority_pem: Certificates of the authorities that vouch for the store, and no other does; empty
            where the store is on this machine and speaks plain HTTP.
        from_bytes: Shorter segments go through the fleet.
    """

    authority_pem: Annotated[str, StringConstraints(max_length=MAX_AUTHORITY_CHARACTERS)]
    from_bytes: Count


class DirectSegment(Message):
    """A segment that is to go, or has gone, straight to the store: its size in bytes and its SHA-256."""

    size: Annotated[int, Field(strict=True, ge=1, le=MAX_UTC_US)]
    sha256: Sha256Hex


class DirectAddress(Message):
    """Where a segment may be put once. The address is a secret for as long as it is good.

    Attributes:
        held: Whether the fleet holds these bytes already; then there is nothing to send.
        url: The address, signed; empty where they are held.
    """

    held: StrictBool
    url: Annotated[str, StringConstraints(max_length=MAX_ADDRESS_CHARACTERS), Field(repr=False)]


class UploadedRecording(Message):
    """What the fleet has of a recording: the answer to ``GET …/recordings/{n}``.

    Attributes:
        state: How far it has come.
        segments: The segments that are durable.
        ledger_length: How many bytes of the ledger are durable, from its start.
        receipt: Whether a receipt can be fetched.
        direct: How segments may go straight to the store; left out unless the camera asked for it.
    """

    state: UploadState
    segments: tuple[SegmentInfo, ...] = ()
    ledger_length: Count = 0
    receipt: StrictBool = False
    direct: DirectOffer | None = None


class StoredObject(Message):
    """The answer to a ``PUT``: what is now durable, and whether this request made it so."""

    name: str
    size: Count
    sha256: Sha256Hex
    created: StrictBool


class LedgerProgress(Message):
    """The answer to a ledger piece, and part of the refusal of one that leaves a hole: the next offset."""

    ledger_length: Count


class CompleteRequest(Message):
    """A camera's word that it has sent everything.

    Attributes:
        recording: The recording's id.
        ended: How it ended: closed, or cut off, which is without an end, whatever the reason.
        ledger_length: The ledger's whole length.
        ledger_sha256: SHA-256 of the whole ledger.
        segments: Every segment, in order.
    """

    recording: RecordingId
    ended: Ended
    ledger_length: Count
    ledger_sha256: Sha256Hex
    segments: Annotated[tuple[SegmentInfo, ...], Field(max_length=MAX_SEGMENTS)]


class CompleteResponse(Message):
    """The answer: verification was queued, is under way, or is done."""

    state: UploadState
    detail: LongText = ""


def direct_headers(size: int, sha256: bytes) -> dict[str, str]:
    """Return the headers with which a segment is put to a signed address; the store refuses any other."""
    return {
        "Content-Length": str(size),
        "If-None-Match": "*",
        "x-amz-checksum-sha256": base64.b64encode(sha256).decode(),
    }


def content_digest(sha256: bytes) -> str:
    """Return the value of a ``Content-Digest`` header (RFC 9530 §2)."""
    return f"{_PREFIX}{base64.b64encode(sha256).decode()}:"


def parse_content_digest(value: str) -> bytes:
    """Return the SHA-256 of a ``Content-Digest`` header.

    Raises:
        ValueError: It holds no sha-256 as RFC 9530 writes it.
    """
    for member in value.split(","):
        entry = member.strip()
        if entry.startswith(_PREFIX) and entry.endswith(":"):
            try:
                digest = base64.b64decode(entry[len(_PREFIX) : -1], validate=True)
            except binascii.Error as error:
                raise ValueError("the Content-Digest is not valid base64") from error
            if len(digest) == _DIGEST_BYTES:
                return digest
    raise ValueError("the Content-Digest header needs a sha-256 of 32 bytes, as sha-256=:BASE64:")

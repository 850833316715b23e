"""A run record: how a segment begins, with all that it takes to judge the segment on its own.

Record: ``["run", body, signature]``. The body holds the certificates that the signatures of the segment are
checked with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.format.cbor import Buffer, Reader, Value, encode
from protocol.footage.format.fields import (
    label_value,
    take_camera,
    take_certificates,
    take_digest,
    take_id,
    take_label,
    take_version,
)
from protocol.footage.format.limits import MAX_HEADER_BYTES, VERSION
from protocol.footage.format.signing import Domain, Signer, sign
from protocol.footage.format.sizes import SIGNATURE_BYTES

if TYPE_CHECKING:
    from protocol.footage.format.model import ClockLabel

KIND: Final = "run"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How a segment begins.

    Attributes:
        camera: The camera's id.
        run: The run's 16 bytes.
        index: The segment's number in the run, from 0.
        first_seq: The number of its first chunk.
        previous: That chunk's ``previous``: the digest of the last chunk before this segment.
        certificates: DER, the camera's first, then its authority's.
        window_ns: How much pre-record the camera keeps.
        label: Wall time when the segment was begun.
        started_ns: Boot-clock time when it was begun.
    """

    camera: str
    run: bytes
    index: int
    first_seq: int
    previous: bytes
    certificates: tuple[bytes, ...]
    window_ns: int
    label: ClockLabel
    started_ns: int


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run record as read: with what was signed, and where it lies in the file."""

    record: RunRecord
    body: bytes
    signature: bytes
    offset: int
    end: int
    body_offset: int


def write_run_record(record: RunRecord, sign_with: Signer) -> bytes:
    """Return the bytes that begin a segment.

    Raises:
        FormatError: The record breaks a limit of the format.
    """
    body = encode(_value(record))
    data = encode([KIND, body, sign(sign_with, Domain.RUN, body)])
    take_run(Reader(data))  # refuses here what every reader would refuse later
    return data


def take_run(reader: Reader) -> RunEntry:
    """Take a run record.

    Raises:
        FormatError: What is next is not a complete run record.
    """
    offset = reader.offset
    reader.array(3)
    reader.key(KIND)
    body = reader.bytes_(limit=MAX_HEADER_BYTES)
    body_offset = reader.offset - len(body)
    record = _take_body(body, base=body_offset)
    signature = bytes(reader.bytes_(exactly=SIGNATURE_BYTES))
    return RunEntry(record, bytes(body), signature, offset, reader.offset, body_offset)


def _value(record: RunRecord) -> Value:
    return {
        "v": VERSION,
        "run": record.run,
        "index": record.index,
        "label": label_value(record.label),
        "camera": record.camera,
        "previous": record.previous,
        "first_seq": record.first_seq,
        "window_ns": record.window_ns,
        "started_ns": record.started_ns,
        "certificates": list(record.certificates),
    }


def _take_body(body: Buffer, *, base: int) -> RunRecord:
    reader = Reader(body, base=base)
    reader.map(10)
    take_version(reader)
    reader.key("run")
    run = take_id(reader)
    reader.key("index")
    index = reader.uint()
    reader.key("label")
    label = take_label(reader)
    reader.key("camera")
    camera = take_camera(reader)
    reader.key("previous")
    previous = take_digest(reader)
    reader.key("first_seq")
    first_seq = reader.uint()
    reader.key("window_ns")
    window_ns = reader.uint()
    reader.key("started_ns")
    started_ns = reader.uint()
    reader.key("certificates")
    certificates = take_certificates(reader)
    reader.end()
    return RunRecord(camera, run, index, first_seq, previous, certificates, window_ns, label, started_ns)

"""A ledger's first record, ``open``: what the press committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.format.errors import FormatError
from protocol.footage.format.fields import (
    label_value,
    take_camera,
    take_certificates,
    take_digest,
    take_enum,
    take_id,
    take_label,
    take_text,
    take_version,
)
from protocol.footage.format.limits import MAX_RECIPIENTS
from protocol.footage.format.model import ClockLabel, GapCause, Track
from protocol.footage.ledger.links import Links

if TYPE_CHECKING:
    from protocol.footage.format.cbor import Reader, Value

MAX_MARKS: Final = 8
MAX_MISSING: Final = 64


ROLL_OVER: Final = "roll over"
"""The trigger of a recording that goes on from another, which had become too long: no press began it."""

WITHOUT_A_PRESS: Final = frozenset({ROLL_OVER, "storage fault", "internal fault"})
"""The triggers of recordings that nobody pressed for."""


@dataclass(frozen=True, slots=True)
class Missing:
    """How much of the pre-record that was asked for is not there, and why (promise C7)."""

    duration_ns: int
    reason: GapCause


@dataclass(frozen=True, slots=True)
class RecipientInfo:
    """Whom a recording is sealed to: SHA-256 of the public key, a name for people, the tracks it may open."""

    key_id: bytes
    name: str
    tracks: frozenset[Track]


@dataclass(frozen=True, slots=True)
class Open:
    """The first record: what the press committed.

    Attributes:
        recording: 16 random bytes that name the recording.
        number: The camera's own counter of recordings, from 1.
        previous_open: The digest of the ``open`` of the camera's recording before, None for its first.
        camera: The camera's id.
        run: The run's 16 bytes.
        assignment: Which assignment the camera was under, where any.
        trigger: What started it, such as ``button``.
        marks: What a reader should know at once: ``unassigned``, ``safety override``.
        asked_ns: The pre-record that was asked for.
        first_seq: The recording's first chunk.
        last_seq: The last chunk that was durable at the press; ``first_seq - 1`` when none was.
        held_ns: The durable pre-record that the recording holds.
        missing: Why ``held_ns`` falls short of ``asked_ns``, where it does.
        press_ns: The boot-clock time of the press.
        label: Wall time of the press.
        recipients: Whom the keys are sealed to.
        certificates: DER, the camera's first, then its authority's; the ledger is signed by the first
            throughout.
    """

    recording: bytes
    number: int
    previous_open: bytes | None
    camera: str
    run: bytes
    assignment: str | None
    trigger: str
    marks: tuple[str, ...]
    asked_ns: int
    first_seq: int
    last_seq: int
    held_ns: int
    missing: tuple[Missing, ...]
    press_ns: int
    label: ClockLabel
    recipients: tuple[RecipientInfo, ...]
    certificates: tuple[bytes, ...]


def open_value(record: Open) -> dict[str, Value]:
    """Return the fields of an ``open`` as they are encoded."""
    return {
        "run": record.run,
        "label": label_value(record.label),
        "marks": list(record.marks),
        "camera": record.camera,
        "number": record.number,
        "held_ns": record.held_ns,
        "missing": [{"reason": str(each.reason), "duration_ns": each.duration_ns} for each in record.missing],
        "trigger": record.trigger,
        "asked_ns": record.asked_ns,
        "last_seq": record.last_seq,
        "press_ns": record.press_ns,
        "first_seq": record.first_seq,
        "recording": record.recording,
        "assignment": record.assignment,
        "recipients": [_recipient_value(each) for each in record.recipients],
        "certificates": list(record.certificates),
        "previous_open": record.previous_open,
    }


def _recipient_value(recipient: RecipientInfo) -> Value:
    tracks = [str(track) for track in Track if track in recipient.tracks]
    return {"name": recipient.name, "key_id": recipient.key_id, "tracks": tracks}


def take_open(reader: Reader) -> tuple[Open, Links]:
    """Take the body of an ``open``; it follows nothing."""
    reader.map(18)
    take_version(reader)
    reader.key("run")
    run = take_id(reader)
    reader.key("label")
    label = take_label(reader)
    reader.key("marks")
    marks = tuple(take_text(reader) for _ in range(reader.count(MAX_MARKS)))
    reader.key("camera")
    camera = take_camera(reader)
    reader.key("number")
    number = reader.uint()
    reader.key("held_ns")
    held_ns = reader.uint()
    reader.key("missing")
    missing = tuple(_take_missing(reader) for _ in range(reader.count(MAX_MISSING)))
    reader.key("trigger")
    trigger = take_text(reader)
    reader.key("asked_ns")
    asked_ns = reader.uint()
    reader.key("last_seq")
    last_at, last_seq = reader.offset, reader.int_()
    reader.key("press_ns")
    press_ns = reader.uint()
    reader.key("first_seq")
    first_seq = reader.uint()
    _refuse_backwards(first_seq, last_seq, last_at)
    reader.key("recording")
    recording = take_id(reader)
    reader.key("assignment")
    assignment = None if reader.null() else take_text(reader)
    reader.key("recipients")
    recipients = _take_recipients(reader)
    reader.key("certificates")
    certificates = take_certificates(reader)
    reader.key("previous_open")
    previous_open = None if reader.null() else take_digest(reader)
    return Open(
        recording=recording,
        number=number,
        previous_open=previous_open,
        camera=camera,
        run=run,
        assignment=assignment,
        trigger=trigger,
        marks=marks,
        asked_ns=asked_ns,
        first_seq=first_seq,
        last_seq=last_seq,
        held_ns=held_ns,
        missing=missing,
        press_ns=press_ns,
        label=label,
        recipients=recipients,
        certificates=certificates,
    ), Links()


def _refuse_backwards(first_seq: int, last_seq: int, last_at: int) -> None:
    """Refuse a pre-record that ends before it begins; an empty one ends with the chunk before its first."""
    if last_seq < first_seq - 1:
        raise FormatError(
            last_at, f"the pre-record cannot end with chunk {last_seq} and begin with {first_seq}"
        )


def _take_missing(reader: Reader) -> Missing:
    reader.map(2)
    reader.key("reason")
    reason = take_enum(reader, GapCause, "reason for missing pre-record")
    reader.key("duration_ns")
    return Missing(duration_ns=reader.uint(), reason=reason)


def _take_recipients(reader: Reader) -> tuple[RecipientInfo, ...]:
    start = reader.offset
    recipients = tuple(_take_recipient(reader) for _ in range(reader.count(MAX_RECIPIENTS)))
    if len({each.key_id for each in recipients}) != len(recipients):
        raise FormatError(start, "a recipient is named twice")
    return recipients


def _take_recipient(reader: Reader) -> RecipientInfo:
    reader.map(3)
    reader.key("name")
    name = take_text(reader)
    reader.key("key_id")
    key_id = take_digest(reader)
    reader.key("tracks")
    start = reader.offset
    tracks = [take_enum(reader, Track, "track") for _ in range(reader.count(len(Track)))]
    if tracks != [track for track in Track if track in tracks]:
        raise FormatError(start, "a recipient's tracks are each named at most once, video before audio")
    return RecipientInfo(key_id=key_id, name=name, tracks=frozenset(tracks))

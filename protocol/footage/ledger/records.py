"""The bodies of a ledger's records in CBOR: encoding and strict decoding of what ``ledger_types`` defines."""

from collections.abc import Callable, Mapping
from typing import Final

from protocol.footage.format.cbor import Buffer, Reader, Value
from protocol.footage.format.errors import FormatError
from protocol.footage.format.fields import (
    label_value,
    take_camera,
    take_certificates,
    take_digest,
    take_enum,
    take_gap,
    take_id,
    take_label,
    take_text,
    take_version,
)
from protocol.footage.format.limits import (
    MAX_BODY_BYTES,
    MAX_DETAILS,
    MAX_KEYS_RANGE,
    MAX_RECIPIENTS,
    MAX_TEXT_BYTES,
    VERSION,
)
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.record_types import (
    Close,
    Event,
    EventKind,
    Keys,
    Links,
    Missing,
    Open,
    RecipientInfo,
    Record,
    SealedKeys,
    kind_of,
)

__all__ = [
    "KINDS",
    "Close",
    "Event",
    "EventKind",
    "Keys",
    "Links",
    "Missing",
    "Open",
    "RecipientInfo",
    "Record",
    "SealedKeys",
    "gap_of_event",
    "kind_of",
    "record_value",
    "take_record",
]

MAX_MARKS: Final = 8
MAX_MISSING: Final = 64


def record_value(record: Record, links: Links) -> Value:
    """Return a record's body as it is encoded."""
    if isinstance(record, Open):
        return {"v": VERSION, **_open_value(record)}
    fields = _keys_value(record) if isinstance(record, Keys) else _other_value(record)
    chained = {"v": VERSION, "previous": links.previous, **fields}
    return {**chained, "ledger": links.ledger} if isinstance(record, Close) else chained


def _open_value(record: Open) -> dict[str, Value]:
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


def _keys_value(record: Keys) -> dict[str, Value]:
    sealed: list[Value] = [
        {"track": str(each.track), "key_id": each.key_id, "ciphertext": each.ciphertext}
        for each in record.sealed
    ]
    return {"sealed": sealed, "last_seq": record.last_seq, "first_seq": record.first_seq}


def _other_value(record: Event | Close) -> dict[str, Value]:
    common: dict[str, Value] = {"at_ns": record.at_ns, "label": label_value(record.label)}
    if isinstance(record, Event):
        return {**common, "kind": str(record.kind), "detail": dict(record.detail)}
    return {
        **common,
        "reason": record.reason,
        "chunks": record.chunks,
        "last_seq": record.last_seq,
        "segments": record.segments,
        "duration_ns": record.duration_ns,
    }


def take_record(kind: str, body: Buffer, *, base: int) -> tuple[Record, Links]:
    """Decode a record's body, strictly.

    Args:
        kind: One of ``KINDS``.
        body: The body's bytes.
        base: Where they begin in the ledger.

    Raises:
        FormatError: They are not exactly one body of that kind within the limits.
    """
    reader = Reader(body, base=base)
    taken = _TAKERS[kind](reader)
    reader.end()
    return taken


def _take_open(reader: Reader) -> tuple[Open, Links]:
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
    if last_seq < first_seq - 1:
        raise FormatError(
            last_at, f"the pre-record cannot end with chunk {last_seq} and begin with {first_seq}"
        )
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


def _take_keys(reader: Reader) -> tuple[Keys, Links]:
    reader.map(5)
    take_version(reader)
    reader.key("sealed")
    sealed = tuple(_take_sealed(reader) for _ in range(reader.count(MAX_RECIPIENTS * len(Track))))
    reader.key("last_seq")
    last_at, last_seq = reader.offset, reader.uint()
    reader.key("previous")
    previous = take_digest(reader)
    reader.key("first_seq")
    first_seq = reader.uint()
    if not first_seq <= last_seq < first_seq + MAX_KEYS_RANGE:
        raise FormatError(
            last_at, f"chunks {first_seq} to {last_seq} are not a range of 1 to {MAX_KEYS_RANGE}"
        )
    return Keys(first_seq=first_seq, last_seq=last_seq, sealed=sealed), Links(previous=previous)


def _take_sealed(reader: Reader) -> SealedKeys:
    reader.map(3)
    reader.key("track")
    track = take_enum(reader, Track, "track")
    reader.key("key_id")
    key_id = take_digest(reader)
    reader.key("ciphertext")
    ciphertext = bytes(reader.bytes_(limit=MAX_BODY_BYTES))
    return SealedKeys(key_id=key_id, track=track, ciphertext=ciphertext)


def _take_event(reader: Reader) -> tuple[Event, Links]:
    reader.map(6)
    take_version(reader)
    reader.key("kind")
    kind = take_enum(reader, EventKind, "kind of event")
    reader.key("at_ns")
    at_ns = reader.uint()
    reader.key("label")
    label = take_label(reader)
    reader.key("detail")
    detail = _take_detail(reader)
    reader.key("previous")
    previous = take_digest(reader)
    return Event(kind=kind, at_ns=at_ns, label=label, detail=detail), Links(previous=previous)


def gap_of_event(body: Buffer, *, base: int) -> Gap:
    """Decode what the body of a ``gap`` event states as missing.

    Its detail is a gap as chunk headers hold them, and not an empty one. ``take_record`` does not demand
    that, so that a ledger stays readable and recovery keeps all of it whatever a camera said; the verifier
    does.

    Args:
        body: The body, which ``take_record`` has taken.
        base: Where it begins in the ledger.

    Raises:
        FormatError: The detail is not exactly such a gap.
    """
    reader = Reader(body, base=base)
    reader.map(6)
    for _ in range(4):  # v, kind, at_ns and label come before it
        reader.value()
        reader.value()
    reader.key("detail")
    start, gap = reader.offset, take_gap(reader)
    if not gap.duration_ns:
        raise FormatError(start, "a gap of 0 ns is none")
    return gap


def _take_detail(reader: Reader) -> dict[str, str | int]:
    detail: dict[str, str | int] = {}
    name = None
    for _ in range(reader.map_size(MAX_DETAILS)):
        name = reader.key_after(name, MAX_TEXT_BYTES)
        detail[name] = reader.text(MAX_TEXT_BYTES) if reader.next_is_text() else reader.int_()
    return detail


def _take_close(reader: Reader) -> tuple[Close, Links]:
    reader.map(10)
    take_version(reader)
    reader.key("at_ns")
    at_ns = reader.uint()
    reader.key("label")
    label = take_label(reader)
    reader.key("chunks")
    chunks = reader.uint()
    reader.key("ledger")
    ledger = take_digest(reader)
    reader.key("reason")
    reason = take_text(reader)
    reader.key("last_seq")
    last_seq = reader.int_()
    reader.key("previous")
    previous = take_digest(reader)
    reader.key("segments")
    segments = reader.uint()
    reader.key("duration_ns")
    close = Close(reason, at_ns, label, last_seq, chunks, segments, duration_ns=reader.uint())
    return close, Links(previous=previous, ledger=ledger)


_TAKERS: Final[Mapping[str, Callable[[Reader], tuple[Record, Links]]]] = {
    "open": _take_open,
    "keys": _take_keys,
    "event": _take_event,
    "close": _take_close,
}
KINDS: Final = tuple(_TAKERS)

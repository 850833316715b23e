"""A ledger's last record, ``close``: why the recording ended, and how much of it there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.format.fields import label_value, take_digest, take_label, take_text, take_version
from protocol.footage.ledger.links import Links

if TYPE_CHECKING:
    from protocol.footage.format.cbor import Reader, Value
    from protocol.footage.format.model import ClockLabel


@dataclass(frozen=True, slots=True)
class Close:
    """The last record. The verifier checks every total, so they mean exactly this.

    Attributes:
        reason: Why the recording ended, such as ``stopped``.
        at_ns: Boot-clock time of the end. Chunks reach it, or gaps, unless the recording rolled over.
        label: Wall time of the end.
        last_seq: The recording's last chunk; the open's ``first_seq - 1`` when it has none.
        chunks: How many chunks it has.
        segments: How many segment files its folder holds.
        duration_ns: From the start of its first chunk to the end of its last.
    """

    reason: str
    at_ns: int
    label: ClockLabel
    last_seq: int
    chunks: int
    segments: int
    duration_ns: int


def close_value(record: Close) -> dict[str, Value]:
    """Return the fields of a ``close`` as they are encoded."""
    return {
        "at_ns": record.at_ns,
        "label": label_value(record.label),
        "chunks": record.chunks,
        "reason": record.reason,
        "last_seq": record.last_seq,
        "segments": record.segments,
        "duration_ns": record.duration_ns,
    }


def take_close(reader: Reader) -> tuple[Close, Links]:
    """Take the body of a ``close``."""
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

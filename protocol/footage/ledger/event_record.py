"""A ledger's ``event`` record: something that happened to the recording, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from protocol.footage.format.cbor import Buffer, Reader, Value
from protocol.footage.format.errors import FormatError
from protocol.footage.format.fields import (
    label_value,
    take_digest,
    take_enum,
    take_gap,
    take_label,
    take_version,
)
from protocol.footage.format.limits import MAX_DETAILS, MAX_TEXT_BYTES
from protocol.footage.ledger.links import Links

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.footage.format.model import ClockLabel, Gap


class EventKind(StrEnum):
    """What can happen to a recording."""

    PRESS = "press"
    BOOKMARK = "bookmark"
    CATEGORY = "category"
    MUTE = "mute"
    UNMUTE = "unmute"
    CONSENT_GIVEN = "consent given"
    CONSENT_REFUSED = "consent refused"
    CONSENT_OVERRIDDEN = "consent overridden"
    GAP = "gap"
    CLOCK_STEP = "clock step"
    LOW_BATTERY = "low battery"
    LOW_STORAGE = "low storage"
    FAULT = "fault"
    ROLLED_OVER = "rolled over"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """Something that happened, at a boot-clock time; ``detail`` says more where the kind calls for it.

    That of a ``gap`` holds the fields of a ``Gap``: what is missing where no chunk comes that could state it.
    """

    kind: EventKind
    at_ns: int
    label: ClockLabel
    detail: Mapping[str, str | int] = field(default_factory=dict)


def event_value(record: LedgerEvent) -> dict[str, Value]:
    """Return the fields of an ``event`` as they are encoded."""
    return {
        "kind": str(record.kind),
        "at_ns": record.at_ns,
        "label": label_value(record.label),
        "detail": dict(record.detail),
    }


def take_event(reader: Reader) -> tuple[LedgerEvent, Links]:
    """Take the body of an ``event``."""
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
    return LedgerEvent(kind=kind, at_ns=at_ns, label=label, detail=detail), Links(previous=previous)


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

"""What a ledger says: its four kinds of record, as types.

Encoding and decoding them is ``ledger_records``'s; signing and chaining them in order is ``ledger``'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from protocol.footage.format.model import ClockLabel, GapCause, Track


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


@dataclass(frozen=True, slots=True)
class SealedKeys:
    """One HPKE ciphertext: the keys of one track over a range of chunks, for one recipient."""

    key_id: bytes
    track: Track
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class Keys:
    """The sealed keys of chunks ``first_seq`` to ``last_seq``, both included."""

    first_seq: int
    last_seq: int
    sealed: tuple[SealedKeys, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, at a boot-clock time; ``detail`` says more where the kind calls for it.

    That of a ``gap`` holds the fields of a ``Gap``: what is missing where no chunk comes that could state it.
    """

    kind: EventKind
    at_ns: int
    label: ClockLabel
    detail: Mapping[str, str | int] = field(default_factory=dict)


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


Record: TypeAlias = Open | Keys | Event | Close


@dataclass(frozen=True, slots=True)
class Links:
    """What ties a record to those before it: the last digest; in a ``close``, the hash of all their bytes."""

    previous: bytes | None = None
    ledger: bytes | None = None


def kind_of(record: Record) -> str:
    """Return the word that begins a record in the file."""
    return type(record).__name__.lower()

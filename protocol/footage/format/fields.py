"""Reading and writing the fields that several kinds of record share.

Each ``take_*`` reads one item from a ``Reader`` and raises ``FormatError`` with the item's offset when it
is not what the format allows. Keys are asked for in their one deterministic order (shorter first, then
alphabetical).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from protocol.footage.format.errors import FormatError
from protocol.footage.format.limits import (
    MAX_CERTIFICATE_BYTES,
    MAX_CERTIFICATES,
    MAX_GAPS,
    MAX_TEXT_BYTES,
    VERSION,
)
from protocol.footage.format.model import ClockLabel, Gap, GapCause, Track
from protocol.footage.format.sizes import DIGEST_BYTES, RUN_BYTES
from protocol.naming import is_camera_id

if TYPE_CHECKING:
    from protocol.footage.format.cbor import Reader, Value

_CODEC: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}")
_Enum = TypeVar("_Enum", bound=StrEnum)


def take_version(reader: Reader) -> None:
    """Take ``v``, which sorts first in every body, so that another version is refused first of all."""
    reader.key("v")
    start, found = reader.offset, reader.uint()
    if found != VERSION:
        raise FormatError(start, f"format version {found} is not known, only {VERSION} is")


def take_enum(reader: Reader, kind: type[_Enum], what: str) -> _Enum:
    """Take a text string that must be one of an enumeration's values."""
    start, found = reader.offset, reader.text(MAX_TEXT_BYTES)
    try:
        return kind(found)
    except ValueError as error:
        raise FormatError(start, f"{found!r} is not a known {what}") from error


def take_digest(reader: Reader) -> bytes:
    """Take 32 bytes."""
    return bytes(reader.bytes_(exactly=DIGEST_BYTES))


def take_id(reader: Reader) -> bytes:
    """Take the 16 bytes of a run's or a recording's id."""
    return bytes(reader.bytes_(exactly=RUN_BYTES))


def take_camera(reader: Reader) -> str:
    """Take a camera's id."""
    start, found = reader.offset, reader.text(MAX_TEXT_BYTES)
    if not is_camera_id(found):
        raise FormatError(start, f"{found!r} is not a camera id")
    return found


def take_codec(reader: Reader) -> str:
    """Take an RFC 6381 codec string."""
    start, found = reader.offset, reader.text(MAX_TEXT_BYTES)
    if _CODEC.fullmatch(found) is None:
        raise FormatError(start, f"{found!r} is not a codec string")
    return found


def take_text(reader: Reader) -> str:
    """Take a text string of bounded length."""
    return reader.text(MAX_TEXT_BYTES)


def take_label(reader: Reader) -> ClockLabel:
    """Take a clock label."""
    reader.map(3)
    reader.key("utc_us")
    utc_us = reader.int_()
    reader.key("error_us")
    error_us = None if reader.null() else reader.uint()
    reader.key("synchronised")
    return ClockLabel(utc_us=utc_us, synchronised=reader.bool_(), error_us=error_us)


def label_value(label: ClockLabel) -> Value:
    """Return a clock label as it is encoded."""
    return {"utc_us": label.utc_us, "error_us": label.error_us, "synchronised": label.synchronised}


def take_gaps(reader: Reader) -> tuple[Gap, ...]:
    """Take a list of gaps."""
    return tuple(take_gap(reader) for _ in range(reader.count(MAX_GAPS)))


def take_gap(reader: Reader) -> Gap:
    """Take a gap."""
    reader.map(4)
    reader.key("cause")
    cause = take_enum(reader, GapCause, "cause of a gap")
    reader.key("track")
    track = take_enum(reader, Track, "track")
    reader.key("start_ns")
    start_ns = reader.uint()
    reader.key("duration_ns")
    return Gap(track=track, start_ns=start_ns, duration_ns=reader.uint(), cause=cause)


def gap_value(gap: Gap) -> Value:
    """Return a gap as it is encoded."""
    return {
        "cause": str(gap.cause),
        "track": str(gap.track),
        "start_ns": gap.start_ns,
        "duration_ns": gap.duration_ns,
    }


def take_certificates(reader: Reader) -> tuple[bytes, ...]:
    """Take a certificate chain, the signer's first, each as DER."""
    start, count = reader.offset, reader.count(MAX_CERTIFICATES)
    if not count:
        raise FormatError(start, "there is no certificate")
    return tuple(bytes(reader.bytes_(limit=MAX_CERTIFICATE_BYTES)) for _ in range(count))

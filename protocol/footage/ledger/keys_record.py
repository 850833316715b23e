"""A ledger's ``keys`` record: the sealed keys of a range of chunks; ``sealing`` seals and opens them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.format.errors import FormatError
from protocol.footage.format.fields import take_digest, take_enum, take_version
from protocol.footage.format.limits import MAX_BODY_BYTES, MAX_KEYS_RANGE, MAX_RECIPIENTS
from protocol.footage.format.model import Track
from protocol.footage.format.sizes import DIGEST_BYTES
from protocol.footage.ledger.links import Links

if TYPE_CHECKING:
    from protocol.footage.format.cbor import Reader, Value

_MAX_SEALED: Final = MAX_RECIPIENTS * len(Track)

_PAST_INTEGERS: Final = 1 << 64
"""The first number that is no integer of the format."""


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


def keys_value(record: Keys) -> dict[str, Value]:
    """Return the fields of a ``keys`` as they are encoded."""
    sealed: list[Value] = [
        {"track": str(each.track), "key_id": each.key_id, "ciphertext": each.ciphertext}
        for each in record.sealed
    ]
    return {"sealed": sealed, "last_seq": record.last_seq, "first_seq": record.first_seq}


def check_keys(record: Keys) -> None:
    """Refuse what ``take_keys`` would refuse, without a look at the sealed keys themselves.

    A press writes 100 kB of them, and somebody waits for it.

    Raises:
        FormatError: The record breaks a limit of the format.
    """
    _check_range(0, record.first_seq, record.last_seq)
    if len(record.sealed) > _MAX_SEALED:
        raise FormatError(0, f"{len(record.sealed)} items are more than the {_MAX_SEALED} allowed")
    for each in record.sealed:
        if len(each.key_id) != DIGEST_BYTES:
            raise FormatError(0, f"expected {DIGEST_BYTES} bytes, found {len(each.key_id)}")


def _check_range(offset: int, first_seq: int, last_seq: int) -> None:
    if not 0 <= first_seq <= last_seq < min(first_seq + MAX_KEYS_RANGE, _PAST_INTEGERS):
        raise FormatError(
            offset, f"chunks {first_seq} to {last_seq} are not a range of 1 to {MAX_KEYS_RANGE}"
        )


def take_keys(reader: Reader) -> tuple[Keys, Links]:
    """Take the body of a ``keys``."""
    reader.map(5)
    take_version(reader)
    reader.key("sealed")
    sealed = tuple(_take_sealed(reader) for _ in range(reader.count(_MAX_SEALED)))
    reader.key("last_seq")
    last_at, last_seq = reader.offset, reader.uint()
    reader.key("previous")
    previous = take_digest(reader)
    reader.key("first_seq")
    first_seq = reader.uint()
    _check_range(last_at, first_seq, last_seq)
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

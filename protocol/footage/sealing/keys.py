"""Sealing part keys to recipients, and opening them again.

One HPKE ciphertext per recipient and track, over the keys of a range of chunks laid end to end, 32 zero bytes
where a chunk lacks the track. ``info`` binds it to the recording, the range, the track and the recipient, so
that it cannot be moved elsewhere.

Python may copy bytes behind our back: buffers made here are wiped after use, which shortens the exposure and
does not remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.footage.format.cbor import Buffer, encode
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track
from protocol.footage.ledger.keys_record import Keys, SealedKeys
from protocol.footage.sealing.part import NO_KEY, PART_KEY_BYTES, new_part_key
from protocol.footage.sealing.private_key import PRIVATE_KEY_BYTES, PrivateKey, generate_private_key
from protocol.footage.sealing.recipient import PUBLIC_KEY_BYTES, Recipient
from protocol.footage.sealing.suite import SEALED_OVERHEAD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protocol.footage.ledger.ledger import Ledger

__all__ = [
    "PART_KEY_BYTES",
    "PRIVATE_KEY_BYTES",
    "PUBLIC_KEY_BYTES",
    "SEALED_OVERHEAD",
    "PrivateKey",
    "Recipient",
    "generate_private_key",
    "keys_context",
    "new_part_key",
    "seal_key_range",
    "seal_keys",
    "unseal_keys",
]

KEYS_DOMAIN: Final = b"lapel sealed keys v1\0"


def seal_keys(
    recipients: Sequence[Recipient],
    *,
    recording: bytes,
    first_seq: int,
    last_seq: int,
    keys: Mapping[tuple[int, Track], Buffer],
) -> Keys:
    """Seal the keys of a range of chunks to every recipient.

    Args:
        recipients: Whom to seal to, as the ledger's open lists them.
        recording: The recording's 16 bytes.
        first_seq: The range's first chunk.
        last_seq: Its last, included.
        keys: The 32-byte key of each chunk's track; a track that a chunk lacks has none.

    Raises:
        KeysError: The range is empty, a key has the wrong length, or a recipient's public key is malformed.
    """
    laid_out = {track: bytearray(max(0, last_seq - first_seq + 1) * PART_KEY_BYTES) for track in Track}
    try:
        for track, plain in laid_out.items():
            _lay_out(memoryview(plain), first_seq, track, keys)
        return seal_key_range(
            recipients, recording=recording, first_seq=first_seq, last_seq=last_seq, laid_out=laid_out
        )
    finally:
        for plain in laid_out.values():
            plain[:] = bytes(len(plain))


def seal_key_range(
    recipients: Sequence[Recipient],
    *,
    recording: bytes,
    first_seq: int,
    last_seq: int,
    laid_out: Mapping[Track, bytearray],
) -> Keys:
    """Seal the keys of a range of chunks that lie end to end already: no key is looked at on its own.

    Args:
        recipients: Whom to seal to, as the ledger's open lists them.
        recording: The recording's 16 bytes.
        first_seq: The range's first chunk.
        last_seq: Its last, included.
        laid_out: Of each track, the 32-byte keys of the range in order, zeros where a chunk lacks the track.

    Raises:
        KeysError: The range is empty, the keys of a track have the wrong length, or a recipient's public key
            is malformed.
    """
    if last_seq < first_seq:
        raise KeysError(f"there are no chunks from {first_seq} to {last_seq} to seal keys for")
    sealed: list[SealedKeys] = []
    for track in Track:
        plain = laid_out[track]
        if len(plain) != (last_seq - first_seq + 1) * PART_KEY_BYTES:
            raise KeysError(f"{len(plain)} bytes are not the {track} keys of {first_seq} to {last_seq}")
        for recipient in recipients:
            if track in recipient.tracks:
                info = keys_context(recording, first_seq, last_seq, track, recipient.key_id)
                sealed.append(SealedKeys(recipient.key_id, track, recipient.encrypt(plain, info)))
    return Keys(first_seq=first_seq, last_seq=last_seq, sealed=tuple(sealed))


def unseal_keys(
    ledger: Ledger,
    private: PrivateKey,
    *,
    first: int | None = None,
    last: int | None = None,
) -> dict[tuple[int, Track], bytes]:
    """Open the keys that a ledger holds for a private key.

    Args:
        ledger: The ledger; verify the recording first, this checks no signature.
        private: A recipient's private key.
        first: The first chunk whose keys are wanted, else the recording's first.
        last: The last, else the recording's last. ``keys`` records outside the range are not opened.

    Returns:
        The key of each chunk and track that the recipient was given.

    Raises:
        KeysError: The private key is none of the recording's recipients, or sealed keys do not open.
    """
    key_id = private.key_id
    if all(recipient.key_id != key_id for recipient in ledger.open.recipients):
        raise KeysError("this private key is none of those that the recording was sealed to")
    opened: dict[tuple[int, Track], bytes] = {}
    for record in ledger.keys:
        if (first is not None and record.last_seq < first) or (last is not None and record.first_seq > last):
            continue
        for sealed in record.sealed:
            if sealed.key_id == key_id:
                opened.update(_open_range(ledger.open.recording, record, sealed, private))
    return {
        place: key
        for place, key in opened.items()
        if (first is None or place[0] >= first) and (last is None or place[0] <= last)
    }


def keys_context(recording: bytes, first_seq: int, last_seq: int, track: Track, key_id: bytes) -> bytes:
    """Return the HPKE ``info`` that ties sealed keys to their place."""
    return KEYS_DOMAIN + encode(
        {
            "track": str(track),
            "key_id": key_id,
            "last_seq": last_seq,
            "first_seq": first_seq,
            "recording": recording,
        }
    )


def _open_range(
    recording: bytes, record: Keys, sealed: SealedKeys, private: PrivateKey
) -> dict[tuple[int, Track], bytes]:
    info = keys_context(recording, record.first_seq, record.last_seq, sealed.track, sealed.key_id)
    plain = private.decrypt(sealed.ciphertext, info)
    count = record.last_seq - record.first_seq + 1
    if len(plain) != count * PART_KEY_BYTES:
        raise KeysError(f"sealed keys of {count} chunks have the wrong length")
    keys = (plain[at : at + PART_KEY_BYTES] for at in range(0, len(plain), PART_KEY_BYTES))
    return {(record.first_seq + at, sealed.track): key for at, key in enumerate(keys) if key != NO_KEY}


def _lay_out(
    plain: memoryview, first_seq: int, track: Track, keys: Mapping[tuple[int, Track], Buffer]
) -> None:
    """Put the keys end to end into zeroes.

    Through a view: a ``bytearray`` makes a copy of what is assigned to a part of it, and leaves it behind.
    """
    for at in range(0, len(plain), PART_KEY_BYTES):
        seq = first_seq + at // PART_KEY_BYTES
        key = keys.get((seq, track))
        if key is None:
            continue
        if len(key) != PART_KEY_BYTES:
            raise KeysError(f"the {track} key of chunk {seq} has {len(key)} bytes, not {PART_KEY_BYTES}")
        plain[at : at + PART_KEY_BYTES] = key

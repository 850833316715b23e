"""Sealing part keys to recipients, and opening them again.

HPKE (RFC 9180, base mode) with the hybrid KEM MLKEM768-X25519, HKDF-SHA256 and AES-256-GCM: one ciphertext
per recipient and track, over the keys of a range of chunks laid end to end, 32 zero bytes where a chunk
lacks the track. ``info`` binds it to the recording, the range, the track and the recipient, so that it
cannot be moved elsewhere.

A camera holds public keys alone (promise C9). Python may copy bytes behind our back: buffers made here are
wiped after use, which shortens the exposure and does not remove it.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from protocol.footage.format.cbor import Buffer, encode
from protocol.footage.format.chunk import PART_KEY_BYTES
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Ledger
from protocol.footage.ledger.record_types import Keys, RecipientInfo, SealedKeys

KEYS_DOMAIN: Final = b"lapel sealed keys v1\0"
ENCAPSULATED_BYTES: Final = 1088 + 32
SEALED_OVERHEAD: Final = ENCAPSULATED_BYTES + 16
"""A sealed range of n chunks is this much longer than its 32 n bytes of keys."""

_MLKEM_PUBLIC_BYTES: Final = 1184
_MLKEM_SEED_BYTES: Final = 64
_X25519_BYTES: Final = 32
PUBLIC_KEY_BYTES: Final = _MLKEM_PUBLIC_BYTES + _X25519_BYTES
PRIVATE_KEY_BYTES: Final = _MLKEM_SEED_BYTES + _X25519_BYTES
_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_NO_KEY: Final = bytes(PART_KEY_BYTES)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A public key that footage is sealed to.

    Attributes:
        name: A name for people.
        public_key: ML-KEM-768 encapsulation key, then X25519 public key: 1216 bytes.
        tracks: The tracks whose keys it is given.
    """

    name: str
    public_key: bytes
    tracks: frozenset[Track] = frozenset(Track)

    @property
    def key_id(self) -> bytes:
        """SHA-256 of the public key."""
        return hashlib.sha256(self.public_key).digest()

    @property
    def info(self) -> RecipientInfo:
        """What the ledger's open says of it."""
        return RecipientInfo(key_id=self.key_id, name=self.name, tracks=self.tracks)


class PrivateKey:
    """A recipient's private key: the ML-KEM-768 seed (64 bytes), then the X25519 key (32 bytes)."""

    __slots__ = ("_mlkem", "_x25519")

    def __init__(self, mlkem: MLKEM768PrivateKey, x25519: X25519PrivateKey) -> None:
        """Join the two halves."""
        self._mlkem = mlkem
        self._x25519 = x25519

    @classmethod
    def from_bytes(cls, data: Buffer) -> "PrivateKey":
        """Restore a key.

        Raises:
            KeysError: These are not the 96 bytes of one.
        """
        if len(data) != PRIVATE_KEY_BYTES:
            raise KeysError(f"a private sealing key has {PRIVATE_KEY_BYTES} bytes, not {len(data)}")
        seed, scalar = data[:_MLKEM_SEED_BYTES], data[_MLKEM_SEED_BYTES:]
        return cls(MLKEM768PrivateKey.from_seed_bytes(seed), X25519PrivateKey.from_private_bytes(scalar))

    def to_bytes(self) -> bytes:
        """Return the key's 96 bytes, to be kept encrypted."""
        return self._mlkem.private_bytes_raw() + self._x25519.private_bytes_raw()

    def public_bytes(self) -> bytes:
        """Return the public key's 1216 bytes."""
        mlkem = self._mlkem.public_key().public_bytes_raw()
        return mlkem + self._x25519.public_key().public_bytes_raw()

    @property
    def key_id(self) -> bytes:
        """SHA-256 of the public key."""
        return hashlib.sha256(self.public_bytes()).digest()

    def decrypt(self, ciphertext: bytes, info: bytes) -> bytes:
        """Open one HPKE ciphertext.

        Raises:
            KeysError: It was not sealed to this key with this info.
        """
        try:
            return _SUITE.decrypt(ciphertext, MLKEM768X25519PrivateKey(self._mlkem, self._x25519), info=info)
        except (InvalidTag, ValueError) as error:
            raise KeysError("sealed keys do not open: wrong private key or changed bytes") from error


def generate_private_key() -> PrivateKey:
    """Make a new recipient's key, with the cryptography library's randomness."""
    return PrivateKey(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())


def new_part_key(random: Callable[[int], bytes]) -> bytes:
    """Draw a part's single-use key.

    Args:
        random: Returns that many cryptographically random bytes, as ``os.urandom`` does.

    Raises:
        KeysError: The source did not return what was asked for.
    """
    key = random(PART_KEY_BYTES)
    if len(key) != PART_KEY_BYTES or key == _NO_KEY:
        raise KeysError("the source of randomness did not return 32 random bytes")
    return key


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
    if last_seq < first_seq:
        raise KeysError(f"there are no chunks from {first_seq} to {last_seq} to seal keys for")
    sealed: list[SealedKeys] = []
    for track in Track:
        plain = bytearray((last_seq - first_seq + 1) * PART_KEY_BYTES)
        try:
            _lay_out(memoryview(plain), first_seq, track, keys)
            for recipient in recipients:
                if track in recipient.tracks:
                    info = keys_context(recording, first_seq, last_seq, track, recipient.key_id)
                    ciphertext = _SUITE.encrypt(plain, _public_key(recipient), info=info)
                    sealed.append(SealedKeys(recipient.key_id, track, ciphertext))
        finally:
            plain[:] = bytes(len(plain))
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
    return {(record.first_seq + at, sealed.track): key for at, key in enumerate(keys) if key != _NO_KEY}


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


def _public_key(recipient: Recipient) -> MLKEM768X25519PublicKey:
    data = recipient.public_key
    if len(data) != PUBLIC_KEY_BYTES:
        raise KeysError(f"the public key of {recipient.name!r} has {len(data)} bytes, not {PUBLIC_KEY_BYTES}")
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(data[:_MLKEM_PUBLIC_BYTES])
        return MLKEM768X25519PublicKey(mlkem, X25519PublicKey.from_public_bytes(data[_MLKEM_PUBLIC_BYTES:]))
    except ValueError as error:
        raise KeysError(
            f"the public key of {recipient.name!r} is not an ML-KEM-768 and X25519 pair"
        ) from error

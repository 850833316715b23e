"""A part: one track of a chunk, encrypted under a key of its own.

Rules:

- A part's key is 32 random bytes and encrypts exactly one part, ever. So the AES-256-GCM nonce may be the
  constant zero: what must never repeat is the pair of key and nonce (NIST SP 800-38D §8).
- Associated data binds a part to camera, run, sequence number and track, so it opens in its own place only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from protocol.footage.format.cbor import Buffer, Value, encode
from protocol.footage.format.errors import KeysError

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol.footage.format.model import Track

PART_KEY_BYTES: Final = 32
NO_KEY: Final = bytes(PART_KEY_BYTES)
"""What stands for the key of a part that a chunk lacks; no part is ever sealed with it."""

PART_DOMAIN: Final = b"lapel part v1\0"
_NONCE: Final = bytes(12)


@dataclass(frozen=True, slots=True)
class PartContext:
    """Where a part belongs, which is the only place where it opens.

    Attributes:
        camera: The camera's id.
        run: The run's 16 bytes.
        seq: The number of its chunk in the run.
        track: Which track of the chunk it is.
    """

    camera: str
    run: bytes
    seq: int
    track: Track

    @property
    def data(self) -> bytes:
        """The associated data that ties the part to its place."""
        fields: dict[str, Value] = {
            "camera": self.camera,
            "run": self.run,
            "seq": self.seq,
            "track": str(self.track),
        }
        return PART_DOMAIN + encode(fields)


def new_part_key(random: Callable[[int], bytes]) -> bytes:
    """Draw a part's single-use key.

    Args:
        random: Returns that many cryptographically random bytes, as ``os.urandom`` does.

    Raises:
        KeysError: The source did not return what was asked for.
    """
    key = random(PART_KEY_BYTES)
    if len(key) != PART_KEY_BYTES or key == NO_KEY:
        raise KeysError("the source of randomness did not return 32 random bytes")
    return key


def seal_part(plain: bytes, key: Buffer, context: PartContext) -> bytes:
    """Encrypt a part.

    Args:
        plain: A self-initialising CMAF file.
        key: 32 fresh random bytes; never to be used again.
        context: Where the part belongs.

    Raises:
        KeysError: The key has another length.
    """
    if len(key) != PART_KEY_BYTES:
        raise KeysError(f"the {context.track} needs a key of {PART_KEY_BYTES} bytes")
    return AESGCM(key).encrypt(_NONCE, plain, context.data)


def open_part(ciphertext: Buffer, key: Buffer, context: PartContext) -> bytes:
    """Decrypt a part.

    Args:
        ciphertext: What the segment holds of it.
        key: The key that it was sealed with.
        context: Where it was found.

    Raises:
        KeysError: It does not open; the message does not depend on why.
    """
    try:
        return AESGCM(key).decrypt(_NONCE, ciphertext, context.data)
    except (InvalidTag, ValueError) as error:
        raise KeysError(
            f"the {context.track} of chunk {context.seq} does not open: wrong key or changed bytes"
        ) from error

"""The secrets of authenticator apps, sealed at rest: a copy of the database alone signs nobody in.

AES-256-GCM under a key in a file of the state folder, bound to whose secret it is. It is no vault: whoever
holds the state folder holds the key. Without the file the secrets are lost, and people set up anew. The same
key signs what the fleet gives a browser to bring back, each purpose apart (HMAC-SHA256).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fleet.core.errors import StateError
from fleet.core.files import write_new_file

FILE: Final = "factors.key"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class FactorSeal:
    """Seals and opens short secrets, and signs what comes back. The key is made at the first use.

    Args:
        state: the state folder.
        random: returns that many random bytes.
    """

    def __init__(self, state: Path, random: Callable[[int], bytes] = os.urandom) -> None:
        self._path = state / FILE
        self._random = random

    def name(self) -> str:
        """Return what tells the key from another, in hex; nothing of the key can be found out from it.

        Raises:
            StateError: the key's file cannot be made or read.
        """
        return self.sign("which key this is", b"").hex()

    def close(self, secret: str, user: str) -> bytes:
        """Return the secret of a user, sealed.

        Raises:
            StateError: the key's file cannot be made or read.
        """
        nonce = self._random(_NONCE_BYTES)
        return nonce + self._cipher().encrypt(nonce, secret.encode("ascii"), user.encode("ascii"))

    def open(self, sealed: bytes, user: str) -> str | None:
        """Return the secret of a user; None when it was sealed by another key, or is somebody else's.

        Raises:
            StateError: the key's file cannot be made or read.
        """
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher().decrypt(nonce, body, user.encode("ascii")).decode("ascii")
        except (InvalidTag, ValueError):
            return None

    def sign(self, purpose: str, said: bytes) -> bytes:
        """Return 32 bytes that only this fleet can make of these for this purpose.

        Raises:
            StateError: the key's file cannot be made or read.
        """
        return hmac.digest(self._key(), purpose.encode("ascii") + b"\0" + said, hashlib.sha256)

    def is_signed(self, purpose: str, said: bytes, signature: bytes) -> bool:
        """Say whether ``sign`` made this signature.

        Raises:
            StateError: the key's file cannot be made or read.
        """
        return hmac.compare_digest(self.sign(purpose, said), signature)

    def _cipher(self) -> AESGCM:
        return AESGCM(self._key())

    def _key(self) -> bytes:
        try:
            if not self._path.exists():
                write_new_file(self._path, self._random(_KEY_BYTES))
            key = self._path.read_bytes()
        except OSError as error:
            raise StateError(f"The key {self._path} cannot be used: {error.strerror}.") from error
        if len(key) != _KEY_BYTES:
            raise StateError(
                f"The key {self._path} is not whole; put it back from a backup, or remove it: then everybody "
                "with an authenticator app sets it up anew."
            )
        return key

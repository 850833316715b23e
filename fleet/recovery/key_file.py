"""The two halves of a recovery key as files: the private one encrypted, the public one a line. Pure.

The private half is a box as the vault's own is (``fleet.vault.keybox``), of a higher cost: its file is
carried about, and a passphrase is all that protects it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable

from fleet.recovery.errors import RecoveryError
from fleet.vault.errors import VaultError
from fleet.vault.keybox import SHORTEST_SECRET, KeyBox, lock, unlock
from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import PUBLIC_KEY_BYTES, PrivateKey, Recipient, generate_private_key

NAME = "Recovery key"
COST = 2**17  # with r = 8: 128 MiB, a third of a second
LONGEST_PASSPHRASE = 1024
LONGEST_FILE = 64 * 1024
_HEAD = "lapel-recovery-key-1"
_FINGERPRINT_DIGITS = 16


def make_key(passphrase: bytes, random: Callable[[int], bytes], *, cost: int = COST) -> KeyBox:
    """Make a key, locked by a passphrase.

    Raises:
        RecoveryError: the passphrase is too short or too long.
    """
    if not SHORTEST_SECRET <= len(passphrase) <= LONGEST_PASSPHRASE:
        raise RecoveryError(
            f"The passphrase has {len(passphrase)} bytes; it needs {SHORTEST_SECRET} to "
            f"{LONGEST_PASSPHRASE}: five or six words drawn by lot are a good one."
        )
    return lock(generate_private_key(), NAME, passphrase, random, cost=cost)


def open_key(data: bytes, passphrase: bytes) -> PrivateKey:
    """Open the file of a private half.

    Raises:
        RecoveryError: it is no such file, or the passphrase is another.
    """
    try:
        box = KeyBox.from_json(data)
    except VaultError as error:
        raise RecoveryError(
            "This is no recovery key: give the file that “lapel-fleet vault recovery-key” wrote."
        ) from error
    try:
        return unlock(box, passphrase)
    except VaultError as error:
        raise RecoveryError(
            "The recovery key does not open: the passphrase is another, or its file was changed."
        ) from error


def public_line(public_key: bytes) -> str:
    """Return the public half as it is given to the fleet."""
    return f"{_HEAD} {base64.b64encode(public_key).decode('ascii')}"


def parse_public(text: str) -> Recipient:
    """Read a public half.

    Raises:
        RecoveryError: it is none.
    """
    head, _, encoded = text.strip().partition(" ")
    try:
        public = base64.b64decode(encoded, validate=True) if head == _HEAD else b""
        if len(public) != PUBLIC_KEY_BYTES:
            raise RecoveryError(
                f"This is no public half of a recovery key: it is one line that begins with {_HEAD}."
            )
        found = Recipient(NAME, public)
        found.encrypt(b"", b"")
    except (binascii.Error, ValueError, KeysError) as error:
        raise RecoveryError(
            "The public half of the recovery key is damaged; copy its line anew, whole."
        ) from error
    return found


def fingerprint(public_key: bytes) -> str:
    """Return the digits by which people compare a key: the first 16 of its SHA-256, in fours."""
    digits = hashlib.sha256(public_key).hexdigest()[:_FINGERPRINT_DIGITS]
    return " ".join(digits[at : at + 4] for at in range(0, _FINGERPRINT_DIGITS, 4))

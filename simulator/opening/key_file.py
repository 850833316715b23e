"""The private key of a recipient in a file: its 96 bytes as they are, or as base64."""

from __future__ import annotations

import base64
import binascii
import os
from typing import TYPE_CHECKING, Final

from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import PRIVATE_KEY_BYTES, PrivateKey, generate_private_key
from simulator.errors import ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES: Final = 4096


def read_key(file: Path) -> PrivateKey:
    """Read a private key.

    Raises:
        ScenarioError: There is none in the file; nothing of its contents is in the sentence.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES)
    except OSError as error:
        raise ScenarioError(f"The key {file} cannot be read: {error.strerror}.") from error
    if len(data) != PRIVATE_KEY_BYTES:
        try:
            data = base64.b64decode(b"".join(data.split()), validate=True)
        except (binascii.Error, ValueError):
            data = b""
    try:
        return PrivateKey.from_bytes(data)
    except (KeysError, ValueError) as error:
        raise ScenarioError(
            f"{file} is not a private key: give a file of {PRIVATE_KEY_BYTES} bytes, or of their base64, "
            "as `lapel-simulator key` makes it."
        ) from error


def make_key(file: Path) -> str:
    """Make a key in a new file for its owner alone, and return the public half as base64.

    Raises:
        ScenarioError: The file is there already, or cannot be written.
    """
    private = generate_private_key()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(base64.b64encode(private.to_bytes()) + b"\n")
    except OSError as error:
        raise ScenarioError(f"The key cannot be written to {file}: {error.strerror}.") from error
    return base64.b64encode(private.public_bytes()).decode()

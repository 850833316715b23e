"""The key of an enrolment that is under way, kept until the fleet's answer is.

Rules:

- It is durable before the fleet is asked: an answer that was lost, on its way or by a power cut here, is
  given again to the same code and the same key.
- One key for each code, whose digest names the file: a code that was mistyped does not cost the key of the
  right one.
- It goes once the fleet has refused, and with all else of before once an identity is stored.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from device.link.errors import IdentityError
from device.link.identity.identity import FOLDER, read_key
from device.storage.durable import make_folder, replace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from protocol.messages.enrolment import EnrolmentCode

KEY_BYTES = 32


def key_for(
    code: EnrolmentCode, state: Path, filesystem: Filesystem, random: Callable[[int], bytes]
) -> Ed25519PrivateKey:
    """Return the key that the fleet was asked with for this code, or make one.

    Raises:
        StorageError: it could not be written; nobody was asked with it.
    """
    path = _path(code, state)
    if filesystem.exists(path):
        with contextlib.suppress(IdentityError):  # no fleet was asked with half a key
            return read_key(path, filesystem)
    if not filesystem.exists(state):
        make_folder(filesystem, state)
    make_folder(filesystem, path.parent)
    key = Ed25519PrivateKey.from_private_bytes(random(KEY_BYTES))
    # Through a view, which shows nothing of itself where an error is printed with its variables.
    replace(
        filesystem,
        path,
        memoryview(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())),
    )
    return key


def forget_key(code: EnrolmentCode, state: Path, filesystem: Filesystem) -> None:
    """Remove the key of a code that the fleet refused; one that cannot be removed does no harm."""
    path = _path(code, state)
    with contextlib.suppress(OSError):
        filesystem.unlink(path)
        if not filesystem.listdir(path.parent):
            filesystem.rmdir(path.parent)


def _path(code: EnrolmentCode, state: Path) -> Path:
    return state / FOLDER / f"asked-{hashlib.sha256(code.secret.encode()).hexdigest()[:16]}.pem"

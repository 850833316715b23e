"""The camera's errors: a small tree, and every message is one sentence that says what to do.

Who catches what:

- ``ConfigError`` and ``StateFolderError`` stop start-up (exit status 2).
- ``StorageError`` is caught by the recorder, which keeps what it has and says so.
- ``ControlError`` is what a command such as ``lapel-device press`` prints (exit status 1).
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from protocol.addresses import without_secrets

if TYPE_CHECKING:
    from pathlib import Path


class DeviceError(Exception):
    """Anything that the camera reports in one sentence, which never holds what could open a camera or stream.

    Args:
        sentence: May quote an address, or another program that quotes one.
    """

    def __init__(self, sentence: str = "") -> None:
        super().__init__(without_secrets(sentence))


class ConfigError(DeviceError):
    """The configuration cannot be used: the sentence names the key, the value and what is allowed."""


class StateFolderError(DeviceError):
    """The state folder cannot hold recordings safely, or another camera is using it."""


class ControlError(DeviceError):
    """A command could not reach a running camera, or was not understood."""


class NotReadyError(DeviceError):
    """The camera refuses an action in its present state, and says why."""


class StorageError(DeviceError):
    """A durable operation failed.

    Attributes:
        operation: What was tried, as the ``Filesystem`` names it ("write", "sync_data", …).
        path: The file or folder it was tried on.
        code: The ``errno`` value, 0 where the system gave none.
    """

    def __init__(self, sentence: str, *, operation: str, path: Path, code: int = 0) -> None:
        super().__init__(sentence)
        self.operation = operation
        self.path = path
        self.code = code


class NoEntryLeftError(OSError):
    """ENOSPC with room for bytes: the filesystem has no entry (inode) left for another file or folder."""


class StorageFullError(StorageError):
    """There is no room left (ENOSPC) or the quota is used up (EDQUOT)."""


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

_SENTENCES = {
    errno.ENOSPC: "The card is full, so {name} could not be saved: upload recordings or fit a larger card.",
    errno.EDQUOT: "The disk quota is used up, so {name} could not be saved: raise the quota or free space.",
    errno.EIO: "The card failed while saving {name}: take the camera out of use and replace the card.",
    errno.EROFS: "The card is read-only, so {name} could not be saved: replace the card.",
    errno.EACCES: "The camera may not write {name}: give its user the right to.",
    errno.EPERM: "The camera may not change {name}: check the folder's owner and filesystem.",
}


_NO_ENTRY = (
    "The card has room but no entry (inode) for another file, so {name} could not be saved: "
    "upload recordings, then format the card with more of them."
)


def storage_error(error: OSError, *, operation: str, path: Path) -> StorageError:
    """Turn a system error into the camera's own, with a sentence that says what to do.

    Args:
        error: What the operating system said.
        operation: The name of the ``Filesystem`` operation that failed.
        path: What it was working on.
    """
    code = error.errno or 0
    fallback = "Saving {name} failed ({why}): check the card."
    sentence = _NO_ENTRY if isinstance(error, NoEntryLeftError) else _SENTENCES.get(code, fallback)
    sentence = sentence.format(name=path.name, why=error.strerror or error)
    kind = StorageFullError if code in _FULL else StorageError
    return kind(sentence, operation=operation, path=path, code=code)

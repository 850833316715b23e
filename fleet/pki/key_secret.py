"""The secret under which the authority's keys are encrypted, and the key file that holds it.

That is ``STATE/pki/key-file``, made at the first start, unless ``authority.key_file`` names another: one on
another medium, or a credential that systemd decrypts for the service alone (``LoadCredentialEncrypted``).
A hardware module may have it instead (``hardware_secret``).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fleet.core.errors import StateError
from fleet.core.files import write_new_file
from fleet.pki.sealed_key import SECRET_BYTES

CREDENTIALS = Path("/run/credentials")
"""Where systemd puts credentials. Who may read one is said by an access list, which shows as the group's."""


class KeyFileMissingError(StateError):
    """The key file cannot be read, or the hardware module in its place cannot be used."""


class AuthoritySecret(Protocol):
    """Where the secret is, whatever that is."""

    @property
    def path(self) -> Path:
        """The file that it is in, or is encrypted in."""

    @property
    def is_not_it(self) -> str:
        """The part of a sentence which says that something was encrypted under another."""

    def make(self) -> None:
        """Make one unless there is one, where the fleet makes it.

        Raises:
            OSError: the folder cannot be written.
            StateError: the hardware module cannot be used.
        """

    def read(self) -> bytes:
        """Return its 32 bytes.

        Raises:
            KeyFileMissingError: it cannot be had now.
            StateError: it is damaged, or others can read it.
        """


@dataclass(frozen=True, slots=True)
class KeySecret:
    """Where the secret is.

    Attributes:
        path: the key file.
        is_own: whether it is the one that the fleet makes beside the keys.
    """

    path: Path
    is_own: bool

    @property
    def is_not_it(self) -> str:
        """The part of a sentence which says that something was encrypted under another."""
        return f"{self.path} is not the key file that it was encrypted under"

    @classmethod
    def of(cls, folder: Path, configured: str | Path | None) -> KeySecret:
        """Return that of a folder of keys; ``configured`` is what ``authority.key_file`` says."""
        return cls(Path(configured) if configured else folder / "key-file", not configured)

    def make(self, random: Callable[[int], bytes] = os.urandom) -> None:
        """Make the fleet's own key file unless there is one; another one is whoever's who named it.

        Raises:
            OSError: the folder cannot be written.
        """
        if self.is_own and not self.path.exists():
            write_new_file(self.path, random(SECRET_BYTES))

    def read(self) -> bytes:
        """Read it.

        Raises:
            KeyFileMissingError: it cannot be read.
            StateError: it does not hold 32 bytes, or others can read it.
        """
        path = self.path
        try:
            with path.open("rb") as file:
                mode, secret = os.fstat(file.fileno()).st_mode, file.read(SECRET_BYTES + 1)
        except OSError as error:
            raise KeyFileMissingError(
                f"The key file of the authority, {path}, cannot be read: {error.strerror}. Put it back where "
                "authority.key_file names it, or restore it from a backup."
            ) from error
        if len(secret) != SECRET_BYTES:
            size = f"{len(secret)} bytes" if len(secret) < SECRET_BYTES else "more"
            raise StateError(
                f"The key file of the authority, {path}, holds {size}; it has to hold {SECRET_BYTES} random "
                "bytes, as from: head -c 32 /dev/urandom."
            )
        others = stat.S_IRWXO if path.is_relative_to(CREDENTIALS) else stat.S_IRWXO | stat.S_IRWXG
        if mode & others:
            raise StateError(
                f"The key file of the authority, {path}, can be read by others; give it mode 0600."
            )
        return secret

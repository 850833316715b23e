"""The files of the vault: the locked key, the key file that may open it, and that it was sealed by hand.

Files: ``STATE/vault/sealing-key.json``, the private key encrypted (``keybox``); the key file, which is
``STATE/vault/key-file`` unless ``vault.key_file`` names another; ``STATE/vault/sealed-by-hand``, which is
there from when somebody sealed the vault until somebody unseals it, also over a restart. The database has
that too, for every process (``by_hand``); the note is there first, for a database that fails.
"""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fleet.core.config import FleetConfig
from fleet.core.files import sync_folder, write_file
from fleet.vault.errors import KeyFileAwayError, VaultError
from fleet.vault.keybox import LONGEST_SECRET, SHORTEST_SECRET, KeyBox

SECRET_BYTES = 32
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class ByHand:
    """That somebody sealed the vault: who, and when.

    Attributes:
        who: as people know them.
        at: when, by the clock of the process that was asked.
        name: tells it from every other; empty in a note from before there were names.
    """

    who: str
    at: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class VaultFiles:
    """The files of the vault.

    Attributes:
        folder: where its own are.
        key_file: what may open it.
        is_own_key_file: whether that was made by the fleet, in its folder.
    """

    folder: Path
    key_file: Path
    is_own_key_file: bool

    @classmethod
    def of(cls, state: Path, config: FleetConfig) -> VaultFiles:
        """Return those of a state folder."""
        folder, configured = state / "vault", config.vault.key_file
        return cls(folder, Path(configured) if configured else folder / "key-file", not configured)

    @property
    def box_file(self) -> Path:
        """The file with the locked key."""
        return self.folder / "sealing-key.json"

    @property
    def socket(self) -> Path:
        """Where the command line reaches the running service (``control``)."""
        return self.folder / "control"

    def box(self) -> KeyBox:
        """Read the locked key.

        Raises:
            VaultError: it is not there, or is damaged.
        """
        try:
            return KeyBox.from_json(self.box_file.read_bytes())
        except OSError as error:
            raise VaultError(f"The vault's file {self.box_file} cannot be read: {error.strerror}.") from error

    def replace(self, box: KeyBox) -> None:
        """Put another box in its place, durably; a crash leaves the one or the other.

        Raises:
            OSError: the folder cannot be written; the old one is untouched.
        """
        write_file(self.box_file, box.to_json())

    def secret(self) -> bytes:
        """Read the key file: raw bytes, or a passphrase whose line end does not count.

        Raises:
            KeyFileAwayError: it cannot be read.
            VaultError: what it holds is too short or too long, or it is open to others.
        """
        path = self.key_file
        try:
            secret = path.read_bytes()
        except OSError as error:
            raise KeyFileAwayError(
                f"The vault's key file {path} cannot be read: {error.strerror}."
            ) from error
        if len(secret) != SECRET_BYTES:
            secret = secret.rstrip(b"\r\n")
        if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
            raise VaultError(
                f"The vault's key file {path} holds {len(secret)} bytes; it needs 32 random bytes, or a "
                f"passphrase of {SHORTEST_SECRET} to {LONGEST_SECRET} bytes."
            )
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise VaultError(f"The vault's key file {path} is open to others; give it mode 0600.")
        return secret

    def forget_own_key_file(self) -> bool:
        """Remove the key file that the fleet made; return whether one was there."""
        if not self.is_own_key_file or not self.key_file.exists():
            return False
        self.key_file.unlink()
        sync_folder(self.folder)
        return True

    def by_hand(self) -> ByHand | None:
        """Return who sealed the vault by hand; None where nobody did, or somebody unsealed it since.

        Raises:
            VaultError: the note cannot be read: whether it was sealed is then not known.
        """
        try:
            document = json.loads(self._note.read_bytes())
            at = datetime.fromisoformat(document["at"])
            return ByHand(str(document["who"])[:_LONGEST_NAME], at, str(document.get("name", "")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise VaultError(
                f"{self._note}, which says that the vault was sealed by hand, cannot be read; remove it, "
                "and the vault is sealed where the database has that it was."
            ) from error

    def note_by_hand(self, by_hand: ByHand) -> None:
        """Keep that somebody sealed the vault.

        Raises:
            OSError: the folder cannot be written.
        """
        said = {"who": by_hand.who[:_LONGEST_NAME], "at": by_hand.at.isoformat(), "name": by_hand.name}
        write_file(self._note, json.dumps(said).encode() + b"\n")

    def forget_by_hand(self) -> None:
        """Forget that somebody sealed it."""
        if self._note.exists():
            self._note.unlink()
            sync_folder(self.folder)

    @property
    def _note(self) -> Path:
        return self.folder / "sealed-by-hand"

"""Retiring an earlier key of the vault: what it alone opens is nothing any more, and then it is gone.

Rules:
- whatever may still need it refuses: a recording that was not rewrapped or not looked at, one that is on its
  way or was not opened yet, a camera in service that seals to it or has recordings that did not arrive;
- every table is read from the store and opened by the newest key before the earlier one goes;
- it is written down before it is done; a crash in between leaves the key where it was;
- the copy that the recovery key opens goes too. Backups of before have the key, until they end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.models import CameraRow
from fleet.cameras.service import list_cameras
from fleet.core.actor import Actor
from fleet.core.errors import FleetError
from fleet.core.services import Services
from fleet.footage.errors import StoreError
from fleet.footage.keys.models import RecordingKey
from fleet.footage.keys.tables import kept_table
from fleet.footage.recordings.models import GONE, Recording
from fleet.footage.store import names
from fleet.footage.store.store import FootageStore
from fleet.recovery.service import forget_copies
from fleet.rewrapping.imports import imports_behind
from fleet.rewrapping.standing import needing
from fleet.vault.errors import VaultError
from fleet.vault.files import VaultFiles
from fleet.vault.keybox import KeyBox, VaultOpener, unlock
from fleet.vault.openers.hardware import VaultHardware
from fleet.vault.openers.own_secrets import OwnSecrets
from fleet.vault.rotating import refuse_beside_others
from fleet.vault.rotation.earlier import EarlierKey, HeldKey
from fleet.vault.rotation.key_wrapping import KeyWrapping
from fleet.vault.vault import SUBJECT
from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import Recipient

NAMED: Final = 5
"""So many recordings are named in a sentence."""
_BLOCK: Final = 200


class RetiringError(FleetError):
    """The key cannot be retired; the message says what needs it."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Retired:
    """What retiring a key came to.

    Attributes:
        key_id: which, in hex.
        tables: how many recordings' own keys were tried before.
    """

    key_id: str
    tables: int


class KeyRetirement:
    """Retires keys, on the service's machine, by hand."""

    def __init__(self, services: Services, store: FootageStore) -> None:
        """Prepare it.

        Raises:
            VaultError: the vault's file cannot be read.
        """
        self._services = services
        self._store = store
        self._files = VaultFiles.of(services.state, services.config)
        self._own = OwnSecrets(self._files, VaultHardware(services.config.vault))
        self._box = self._files.box()

    @property
    def opener(self) -> VaultOpener:
        """What opens the vault."""
        return self._box.opener

    def check(self, name: str) -> EarlierKey:
        """Return the earlier key whose id begins so, once nothing is known to need it.

        Raises:
            RetiringError: there is none, or something needs it.
        """
        found = [each for each in self._box.earlier if name and each.key_id.startswith(name.lower())]
        if len(found) != 1:
            raise RetiringError(f"The vault has no one earlier key whose name begins with {name!r}.")
        with self._services.readers() as session:
            self._refuse_needed(session)
            refuse_cameras(list_cameras(session), self._current)
        return found[0]

    def retire(
        self, name: str, secret: bytes | None, by: Actor, progress: Callable[[int], None] = lambda _: None
    ) -> Retired:
        """Try every table, and remove the key from the vault.

        Args:
            name: how its id begins.
            secret: what opens the vault; None for what its key file or hardware module has.
            by: who does it.
            progress: is told how many tables were tried.

        Raises:
            RetiringError: there is no such key, something needs it, or a table does not open.
            VaultError: the secret does not open the vault, or a process of the fleet runs.
            StoreError: the store failed.
        """
        with refuse_beside_others(self._services.config):
            key = self.check(name)
            tables = self._try_all(secret, progress)
            with self._services.sessions.begin() as session:
                self._refuse_needed(session)  # what came while the tables were tried
                refuse_cameras(list_cameras(session), self._current)
                detail: dict[str, str | int] = {"key": key.key_id[:16], "tables": tables}
                record(session, by, "vault:key:retire", SUBJECT, detail=detail)
            left = tuple(each for each in self._box.earlier if each != key)
            self._files.replace(replace(self._box, earlier=left))
            with self._services.sessions.begin() as session:
                forget_copies(session, key.key_id)
        return Retired(key.key_id, tables)

    def _refuse_needed(self, session: Session) -> None:
        number, some = needing(session, self._current, most=NAMED)
        if number:
            named = ", ".join(f"recording {row.number} of {row.camera_id}" for row in some)
            raise RetiringError(
                f"Recordings that may need an earlier key: {number}, {named}"
                f"{', …' if number > len(some) else ''}. "
                "The running service rewraps what is whole while the vault is open, and the page Vault says "
                "how far that is. Nothing has changed."
            )

        behind = imports_behind(session, self._current)
        if behind:
            raise RetiringError(
                f"Imports that need an earlier key: {behind}. The running service has the newest key open "
                "them while the vault is open. Nothing has changed."
            )

    def _try_all(self, secret: bytes | None, progress: Callable[[int], None]) -> int:
        """Open every table in the store by the newest key alone."""
        box: KeyBox = self._box
        given = self._own.secret(box.opener) if secret is None else secret
        newest = (HeldKey(box.name, unlock(box, given), box.made),)
        wrapping, tried, after = KeyWrapping(lambda: newest, self._services.random), 0, 0
        while rows := self._tables(after):
            for row, recording in rows:
                kept = kept_table(row)
                if kept is None:
                    continue
                try:
                    wrapping.open(kept.key, self._store.read(names.key_table_key(recording.place, kept.name)))
                except (KeysError, StoreError, VaultError) as error:
                    raise RetiringError(
                        f"The keys of recording {recording.number} of {recording.camera_id} do not open by "
                        f"the newest key: {error}. Nothing has changed."
                    ) from error
                tried += 1
            after = rows[-1][1].id
            progress(tried)
        return tried

    def _tables(self, after: int) -> list[tuple[RecordingKey, Recording]]:
        query = select(RecordingKey, Recording).join(Recording, Recording.id == RecordingKey.recording_id)
        query = query.where(Recording.state.not_in(GONE), Recording.id > after).order_by(Recording.id)
        with self._services.readers() as session:
            return [(row, recording) for row, recording in session.execute(query.limit(_BLOCK))]

    @property
    def _current(self) -> str:
        return Recipient(self._box.name, self._box.public_key).key_id.hex()


def refuse_cameras(cameras: Sequence[CameraRow], current: str) -> None:
    """Refuse while a camera in service may have footage that is sealed to another key than this one.

    Raises:
        RetiringError: one does, or has not said that it does not.
    """
    behind = [each.id for each in cameras if not has_moved(each.status, current)]
    if behind:
        raise RetiringError(
            f"{', '.join(behind)} may have footage that is sealed to an earlier key: each must have "
            "said that it seals to the newest one, with nothing left to send. One that will not come back is "
            "taken out of service first, and what it did not send is then lost. Nothing has changed."
        )


def has_moved(status: Mapping[str, Any] | None, current: str) -> bool:
    """Say whether a camera's last word was that it seals to that key alone, and has nothing else to send."""
    if status is None or status.get("sealed_to") != [current]:
        return False
    upload = status.get("upload") or {}
    return status.get("recording") is None and upload.get("recordings") == 0

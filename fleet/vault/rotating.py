"""Rotating the vault's key: cameras seal to a new one, and the earlier ones stay in the vault.

Rules:
- the new key and the earlier ones are in one file, replaced in one step: a crash leaves the one or the other,
  and in both everything that was ever sealed can be opened;
- what opens the vault opens it as before;
- of several processes none runs meanwhile, and each has the new file before it starts again: one that lacked
  the new key could not open what cameras seal to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from fleet.audit.log import record
from fleet.cameras.models import CameraRow
from fleet.core.actor import Actor
from fleet.core.config import FleetConfig
from fleet.core.services import Services
from fleet.processes.claims import ClaimKey, Claims, claims_of
from fleet.processes.keys import replace_key
from fleet.vault.errors import VaultError
from fleet.vault.files import VaultFiles
from fleet.vault.keybox import PASSPHRASE_COST, KeyBox, OpenedBy, VaultOpener, lock, unlock
from fleet.vault.openers.hardware import VaultHardware
from fleet.vault.openers.own_secrets import OwnSecrets
from fleet.vault.rotation.earlier import HeldKey, open_earlier, seal_earlier
from fleet.vault.vault import SUBJECT
from protocol.footage.sealing.keys import Recipient, generate_private_key

FLEET_KEY = "vault"
"""What the vault is called among the keys that every process of a fleet has."""
MOST_KEYS = 16
"""So many are in the vault at once: whoever rotates more often retires some first."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did.

    Attributes:
        before: the id of the key that counted, in hex.
        after: of the one that does.
        cameras: how many cameras are to learn of it.
        has_others: whether other processes need the vault's new file.
    """

    before: str
    after: str
    cameras: int
    has_others: bool


class VaultRotation:
    """Makes a new key for the vault, on the service's machine, by hand."""

    def __init__(
        self,
        services: Services,
        *,
        passphrase_cost: int = PASSPHRASE_COST,
        claims: Callable[[str], Claims] = claims_of,
    ) -> None:
        """Prepare it.

        Args:
            services: of the core.
            passphrase_cost: scrypt's n for a passphrase.
            claims: makes the claims of a process on a database.

        Raises:
            VaultError: the vault's file cannot be read.
        """
        self._services = services
        self._files = VaultFiles.of(services.state, services.config)
        self._own = OwnSecrets(self._files, VaultHardware(services.config.vault))
        self._cost = passphrase_cost
        self._claims = claims
        self._box = self._files.box()

    @property
    def opener(self) -> VaultOpener:
        """What opens the vault, and will."""
        return self._box.opener

    def rotate(self, secret: bytes | None, by: Actor) -> Rotated:
        """Have cameras seal to a new key from the next start of the service on.

        Args:
            secret: what opens the vault; None for what its key file or hardware module has.
            by: who does it.

        Raises:
            VaultError: that does not open it, its files cannot be used, or a process of the fleet runs.
        """
        with refuse_beside_others(self._services.config, self._claims) as has_others:
            return self._rotate(secret, by, has_others=has_others)

    def _rotate(self, secret: bytes | None, by: Actor, *, has_others: bool) -> Rotated:
        box, opens = self._new_box(secret)
        before, after = (Recipient(b.name, b.public_key).key_id.hex() for b in (self._box, box))
        with self._services.sessions.begin() as session:
            cameras = session.scalars(select(CameraRow.id).where(CameraRow.revoked.is_(None))).all()
            # Cameras ask again after each connect; those of earlier versions look at the version alone.
            session.execute(update(CameraRow).values(desired_version=CameraRow.desired_version + 1))
            replace_key(session, FLEET_KEY, after)
            detail: dict[str, str | int] = {"from": before[:16], "to": after[:16], "opens": opens}
            record(session, by, "vault:key:rotate", SUBJECT, detail=detail)
            self._files.replace(box)
        self._box = box
        return Rotated(before, after, len(cameras), has_others)

    def _new_box(self, secret: bytes | None) -> tuple[KeyBox, int]:
        """Return a box with a new key and all earlier ones, which was opened once; and how many it opens."""
        services, old = self._services, self._box
        given = self._own.secret(old.opener) if secret is None else secret
        current = unlock(old, given)
        if len(old.earlier) + 2 > MOST_KEYS:
            raise VaultError(f"There are {MOST_KEYS} keys in the vault already: retire one first.")
        moment = services.clock()
        held = (*open_earlier(old.earlier, current), HeldKey(old.name, current, old.made, moment))
        private = generate_private_key()
        cost = {"cost": self._cost} if old.opener.by is OpenedBy.PASSPHRASE else {}
        box = replace(
            lock(private, old.name, given, services.random, opener=old.opener, **cost),
            made=moment,
            earlier=seal_earlier(held, Recipient(old.name, private.public_bytes())),
        )
        read = KeyBox.from_json(box.to_json())
        opened = unlock(read, given)
        came_back = [each.private.public_bytes() for each in open_earlier(read.earlier, opened)]
        if opened.public_bytes() != box.public_key or came_back != [e.private.public_bytes() for e in held]:
            raise VaultError("internal error: the vault's keys did not come back; nothing has changed")
        return box, len(held) + 1


@contextmanager
def refuse_beside_others(
    config: FleetConfig, claims_at: Callable[[str], Claims] = claims_of
) -> Iterator[bool]:
    """See that no process of the fleet runs, nor starts meanwhile, where there can be several; say if so.

    Raises:
        VaultError: one runs.
    """
    claims = claims_at(config.database.url)
    try:
        if claims.is_shared and not claims.take(ClaimKey.BROKER):
            raise VaultError(
                "A process of this fleet runs: stop all of them first. Each needs the vault's new file "
                "before it starts again. Nothing has changed."
            )
        yield claims.is_shared
    finally:
        claims.close()

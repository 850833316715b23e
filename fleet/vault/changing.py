"""Having the vault opened another way: by a passphrase, shares, a hardware module or a key file.

The private key stays the same, so nothing that was recorded is touched and no camera notices. The new box is
opened once before it takes the old one's place, and that is durable before the old key file goes. A copy of
the state folder from before opens with what opened it then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.files import write_file
from fleet.core.services import Services
from fleet.vault.errors import VaultError
from fleet.vault.files import SECRET_BYTES, VaultFiles
from fleet.vault.keybox import (
    LONGEST_SECRET,
    PASSPHRASE_COST,
    SHORTEST_SECRET,
    KeyBox,
    OpenedBy,
    VaultOpener,
    lock,
    unlock,
)
from fleet.vault.openers.hardware import VaultHardware
from fleet.vault.openers.own_secrets import OwnSecrets
from fleet.vault.openers.shares import FEWEST_NEEDED, MOST_SHARES, Share, combine, split
from fleet.vault.vault import SUBJECT
from protocol.footage.sealing.keys import PrivateKey


@dataclass(frozen=True, slots=True)
class MadeShares:
    """Shares that were made and do not count yet: they do once some of them were typed back."""

    shares: tuple[Share, ...]
    needed: int


class OpeningChange:
    """Changes what opens the vault, while nobody else does: on the service's machine, by hand."""

    def __init__(self, services: Services, *, passphrase_cost: int = PASSPHRASE_COST) -> None:
        """Prepare it.

        Args:
            services: of the core.
            passphrase_cost: scrypt's n for a passphrase.

        Raises:
            VaultError: the vault's file cannot be read.
        """
        self._services = services
        self._files = VaultFiles.of(services.state, services.config)
        self._hardware = VaultHardware(services.config.vault)
        self._own = OwnSecrets(self._files, self._hardware)
        self._cost = passphrase_cost
        self._box = self._files.box()

    @property
    def opener(self) -> VaultOpener:
        """What opens it now."""
        return self._box.opener

    def unlocked(self, secret: bytes | None) -> PrivateKey:
        """Return the private key; None stands for what the key file or the hardware module has.

        Raises:
            VaultError: that does not open it, or the key file cannot be used.
        """
        return unlock(self._box, self._own.secret(self._box.opener) if secret is None else secret)

    def to_passphrase(self, private: PrivateKey, passphrase: str, by: Actor) -> bool:
        """Have a passphrase open it; return whether the fleet's own key file was removed.

        Raises:
            VaultError: the passphrase is too short or too long.
        """
        secret = passphrase.encode()
        if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
            raise VaultError(
                f"A passphrase has {SHORTEST_SECRET} to {LONGEST_SECRET} bytes; five or six random "
                "words are easy to type."
            )
        opener = VaultOpener(OpenedBy.PASSPHRASE)
        self._change(private, secret, opener, by, self._cost)
        return self._files.forget_own_key_file()

    def make_shares(self, *, needed: int, shares: int) -> MadeShares:
        """Make shares of a new secret, which open nothing yet.

        Raises:
            VaultError: so many cannot be made.
        """
        if not FEWEST_NEEDED <= needed <= shares <= MOST_SHARES:
            raise VaultError(
                f"Of {FEWEST_NEEDED} to {MOST_SHARES} shares at least {FEWEST_NEEDED} are needed, and no "
                "more than there are."
            )
        return MadeShares(split(self._services.random(SECRET_BYTES), needed=needed, shares=shares), needed)

    def to_shares(self, private: PrivateKey, made: MadeShares, typed: list[Share], by: Actor) -> bool:
        """Have shares open it, once as many as are needed were typed back; return as ``to_passphrase``.

        Raises:
            VaultError: what was typed are no such shares.
        """
        numbers = {share.number for share in typed if share in made.shares}
        if len(numbers) < made.needed:
            raise VaultError(
                f"Those are not {made.needed} different ones of the shares that were just made; nothing has "
                "changed."
            )
        secret = combine(typed)
        opener = VaultOpener(OpenedBy.SHARES, made.needed, made.shares[0].share_set)
        self._change(private, secret, opener, by)
        return self._files.forget_own_key_file()

    def to_hardware(self, private: PrivateKey, by: Actor) -> bool:
        """Have the configured hardware module open it; return as ``to_passphrase``.

        Raises:
            VaultError: the module cannot be used, or does not give back what it was given.
        """
        secret = self._services.random(SECRET_BYTES)
        wrapped = self._hardware.wrap(secret, self._services.random)
        if self._hardware.unwrap(wrapped) != secret:
            raise VaultError("The hardware module gives back another secret than it was given.")
        self._change(private, secret, VaultOpener(OpenedBy.HARDWARE, wrapped=wrapped), by)
        return self._files.forget_own_key_file()

    def to_key_file(self, private: PrivateKey, by: Actor) -> None:
        """Have a key file open it: the one that ``vault.key_file`` names, or one that is made here.

        Raises:
            VaultError: the key file cannot be used.
        """
        if self._files.is_own_key_file and not self._files.key_file.exists():
            write_file(self._files.key_file, self._services.random(SECRET_BYTES))
        self._change(private, self._files.secret(), VaultOpener(), by)

    def _change(
        self, private: PrivateKey, secret: bytes, opener: VaultOpener, by: Actor, cost: int | None = None
    ) -> None:
        random = self._services.random
        box = (
            lock(private, self._box.name, secret, random, opener=opener)
            if cost is None
            else lock(private, self._box.name, secret, random, opener=opener, cost=cost)
        )
        box = replace(box, made=self._box.made, earlier=self._box.earlier)
        if unlock(KeyBox.from_json(box.to_json()), secret).public_bytes() != self._box.public_key:
            raise VaultError("internal error: the vault's key did not come back; nothing has changed")
        before, to = str(self._box.opener.by), str(opener.by)
        detail: dict[str, str | int] = {"from": before, "to": to, "needed": opener.needed}
        with self._services.sessions.begin() as session:
            record(session, by, "vault:opening:change", SUBJECT, detail=detail)
            self._files.replace(box)
        self._box = box

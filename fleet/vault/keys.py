"""The vault's private keys, for as long as it is open; and why it is sealed while it is not.

Rules:
- a vault that a key file or a hardware module opens is opened by itself, at the start and whenever somebody
  asks and that is back; a module is asked every half minute at most, and never again by itself once it
  refused its PIN; one that people open by a passphrase or by shares is sealed from every start on, until
  they do;
- what was sealed by hand stays sealed, over a restart too, until somebody unseals it;
- the vault's file is read again as long as the vault is sealed: it may have been locked another way;
- the key that counts opens the earlier ones, and they are held with it.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from datetime import timedelta

from fleet.core.database import Clock
from fleet.vault.errors import SecretAwayError, VaultError
from fleet.vault.files import ByHand, VaultFiles
from fleet.vault.keybox import KeyBox, OpenedBy, VaultOpener, unlock
from fleet.vault.openers.own_secrets import OwnSecrets
from fleet.vault.openers.shares import Share, combine
from fleet.vault.openers.tray import GivenShare, ShareTray
from fleet.vault.rotation.earlier import HeldKey, VaultKeyInfo, open_earlier
from fleet.vault.sealed import Sealed
from protocol.footage.sealing.keys import PrivateKey, Recipient

log = logging.getLogger(__name__)

_AGAIN_AFTER = timedelta(seconds=30)


class VaultKeys:
    """Holds the private keys. Safe to use from several threads."""

    def __init__(self, files: VaultFiles, own: OwnSecrets, clock: Clock, *, shares_last: timedelta) -> None:
        """Prepare it, sealed.

        Args:
            files: the vault's.
            own: what opens it with nobody there.
            clock: wall time.
            shares_last: how long a share that was given counts.

        Raises:
            VaultError: a file of the vault is missing or damaged.
        """
        self._files = files
        self._own = own
        self._clock = clock
        self._guard = threading.RLock()
        self._deriving = threading.Lock()  # each try takes 128 MiB for a moment: one at a time
        self._held: tuple[HeldKey, ...] = ()
        self._box = files.box()
        self._by_hand = files.by_hand()
        self._since = self._by_hand.at if self._by_hand else clock()
        self._why, self._stopped, self._looked = "", False, clock()
        self._tray = ShareTray(shares_last)

    @property
    def recipient(self) -> Recipient:
        """Whom cameras seal to; known while it is sealed, too."""
        return Recipient(self._box.name, self._box.public_key)

    @property
    def opener(self) -> VaultOpener:
        """What opens it, as its file says now: it may have been locked another way."""
        with self._guard, contextlib.suppress(VaultError):
            self._take_box()
        return self._box.opener

    @property
    def known(self) -> tuple[VaultKeyInfo, ...]:
        """What is known of its keys, sealed or not: the one that counts first, then the newest."""
        box = self._box
        current = VaultKeyInfo(self.recipient.key_id.hex(), counts=True, made=box.made)
        return (current, *map(VaultKeyInfo.of_earlier, reversed(box.earlier)))

    def held(self) -> tuple[HeldKey, ...]:
        """Return the private keys, the one that counts last; none while it is sealed."""
        with self._guard:
            return self._held

    def sealed(self) -> Sealed | None:
        """Say why it is sealed, after looking for its key file; None where it is open."""
        with self._guard:
            if self._held:
                return None
            why = self._look()
            if self._held:
                return None
            if why != self._why:  # it is asked again and again, and says it once
                log.warning("The vault is sealed: %s", why)
            self._why = why
            given = len(self._tray.given(self._clock()))
            return Sealed(self._box.opener, self._since, self._who, why, given, self._stopped)

    def open_by_itself(self) -> None:
        """Open it, unless it is open or waits for people.

        Raises:
            SecretAwayError: what opens it cannot be had now.
            VaultError: that is the wrong one.
        """
        with self._guard:
            if self._held or self._by_hand is not None or self._box.opener.is_people:
                return
            self._looked = self._clock()
            try:
                self._hold(unlock(self._box, self._own.secret(self._box.opener)))
            except SecretAwayError as error:
                self._why, self._stopped = str(error), error.is_final
                raise

    def private_key(self, secret: bytes | None) -> PrivateKey:
        """Return the private key that a secret opens; ``open`` has it used.

        Args:
            secret: a passphrase, or what shares come to; None for what the key file or the module has.

        Raises:
            VaultError: it is another, or a file of the vault cannot be used.
        """
        with self._deriving:
            box = self._read()
            return unlock(box, self._own.secret(box.opener) if secret is None else secret)

    def open(self, private: PrivateKey) -> None:
        """Have a private key used from now on: the vault is open.

        Raises:
            OSError: the note that it was sealed by hand cannot be removed; it stays sealed.
        """
        with self._guard:
            self._files.forget_by_hand()
            self._by_hand = None
            self._hold(private)

    @property
    def by_hand(self) -> ByHand | None:
        """That somebody sealed it by hand; None where nobody did, or that was lifted."""
        with self._guard:
            return self._by_hand

    def seal(self, by_hand: ByHand) -> None:
        """Forget the private keys; nobody opens anything until that is lifted.

        Raises:
            OSError: that cannot be kept over a restart; it is sealed all the same.
        """
        with self._guard:
            self._held = ()
            self._tray.clear()
            self._since, self._why = by_hand.at, ""
            self._by_hand = by_hand
            self._files.note_by_hand(by_hand)

    def lift(self) -> None:
        """Forget that somebody sealed it by hand: what opens it by itself does so, people unseal it else.

        Raises:
            OSError: the note of it cannot be removed; it stays sealed.
        """
        with self._guard:
            self._files.forget_by_hand()
            self._by_hand = None

    def give(self, share: Share, giver: str) -> GivenShare:
        """Take one person's share.

        Raises:
            ShareRefusedError: it does not count.
        """
        with self._guard:
            return self._tray.put(share, self._box.opener, giver, self._clock())

    def given(self) -> tuple[GivenShare, ...]:
        """Return the shares that were given and count."""
        with self._guard:
            return self._tray.given(self._clock())

    def forget_shares(self) -> None:
        """Forget the shares that were given."""
        with self._guard:
            self._tray.clear()

    def combined(self) -> bytes:
        """Return what the given shares come to.

        Raises:
            WrongSecretError: they do not belong together, or are too few.
        """
        return combine([each.share for each in self.given()])

    @property
    def _who(self) -> str:
        return self._by_hand.who if self._by_hand is not None else ""

    def _look(self) -> str:
        """Open it if it can be; return why not, empty where it waits for people."""
        try:
            self._take_box()
            if self._is_too_soon():
                return self._why
            self.open_by_itself()
        except VaultError as error:
            return str(error)
        return ""

    def _take_box(self) -> None:
        """Go by what the vault's file says now; shares that were given for another opening count no more."""
        box = self._read()
        if box.opener != self._box.opener:
            self._tray.clear()
        self._box = box

    def _read(self) -> KeyBox:
        """Read the box again: it may have been locked another way, but it holds the same key."""
        box = self._files.box()
        if box.public_key != self._box.public_key:
            raise VaultError(
                "The vault's file holds another key than at the start of the service; restart it."
            )
        return box

    def _is_too_soon(self) -> bool:
        """Whether a module was asked a moment ago, or must not be asked again by itself."""
        if self._box.opener.by is not OpenedBy.HARDWARE:
            return False
        return self._stopped or abs(self._clock() - self._looked) < _AGAIN_AFTER

    def _hold(self, private: PrivateKey) -> None:
        box = self._box
        if private.public_bytes() != box.public_key:
            raise VaultError("The vault's file was replaced meanwhile; restart the service.")
        self._held = (*open_earlier(box.earlier, private), HeldKey(box.name, private, box.made))
        self._stopped = False
        self._tray.clear()
        self._why = ""

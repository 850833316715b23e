"""Unsealing the vault: by its passphrase, by several people's shares, or by what opens it with nobody there.

Rules:
- what was given is tried, written down, and only then used: an unsealing that cannot be logged does not
  happen;
- tries are counted for each account and each address before they are made, and what fails is written down
  with its reason, never with what was typed;
- what somebody sealed by hand is lifted in every process; each that people open is unsealed by itself. One
  that was sealed by hand since somebody asked for this stays sealed;
- shares are given one by one, each by another account, and each counts for a limited time (``tray``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fleet.alerts.register import TOPIC as ALERT
from fleet.audit.log import record
from fleet.audit.refusing.refusals import Refusals
from fleet.core.actor import Actor, ActorKind
from fleet.core.database import announce
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.people.attempts import too_many
from fleet.people.trying.shared import attempts_of
from fleet.vault.by_hand.seals import lift_seals, standing_seal
from fleet.vault.errors import SecretAwayError, ShareRefusedError, VaultError, WrongSecretError
from fleet.vault.keybox import LONGEST_SECRET, OpenedBy, VaultOpener
from fleet.vault.keys import VaultKeys
from fleet.vault.openers.shares import read_share
from fleet.vault.openers.tray import GivenShare
from fleet.vault.vault import SUBJECT
from protocol.footage.sealing.keys import PrivateKey

MOST_TRIES = 10
"""In a quarter of an hour, for each account and each address."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody is about to unseal: by what, and how it was sealed by hand; empty where it was not."""

    opener: VaultOpener
    by_hand: str


class Unsealing:
    """Lets people unseal the vault. Safe to use from several threads."""

    def __init__(
        self, services: Services, refusals: Refusals, keys: VaultKeys, follow: Callable[[], None]
    ) -> None:
        """Prepare it.

        Args:
            services: of the core.
            refusals: writes down what did not unseal it.
            keys: the vault's.
            follow: has the vault sealed or not by hand as the database has it (``Vault.follow``).
        """
        self._services = services
        self._refusals = refusals
        self._keys = keys
        self._follow = follow
        self._attempts = attempts_of(services.database, "vault", MOST_TRIES)

    def by_passphrase(self, actor: Actor, passphrase: str) -> None:
        """Unseal it by its passphrase.

        Raises:
            ProblemError: 403 that is not the one; 409 it is open, or is opened another way; 429 after too
                many tries; 503 a file of the vault cannot be used.
        """
        asked = self._check(OpenedBy.PASSPHRASE)
        secret = passphrase.strip("\r\n").encode()
        with self._counted(actor):
            if not secret or len(secret) > LONGEST_SECRET:
                raise WrongSecretError("That is not the vault's passphrase.")
            self._unseal(actor, self._keys.private_key(secret), asked)

    def by_share(self, actor: Actor, words: str) -> int:
        """Take one person's share, and unseal it with the last that is needed.

        Returns:
            How many more are needed; 0 once it is open.

        Raises:
            ProblemError: 403 it is no share of this vault; 409 it is open, is opened another way, or the
                share or its giver was there already; 429 after too many tries; 503 a file of the vault cannot
                be used.
        """
        asked = self._check(OpenedBy.SHARES)
        opener = asked.opener
        with self._counted(actor):
            share = self._keys.give(read_share(words), actor.id if actor.kind is ActorKind.USER else "")
            given = len(self._keys.given())
            if given < opener.needed:
                detail = {"number": share.share.number, "given": given, "needed": opener.needed}
                with self._services.sessions.begin() as session:
                    record(session, actor, "vault:share:give", SUBJECT, detail=detail)
                return opener.needed - given
            try:
                self._unseal(actor, self._keys.private_key(self._keys.combined()), asked)
            except WrongSecretError:
                self._keys.forget_shares()
                raise
        return 0

    def by_itself(self, actor: Actor) -> None:
        """Unseal by its key file or its hardware module what was sealed by hand, or had stopped trying.

        Raises:
            ProblemError: 409 it is open, or is opened another way; 429 after too many tries; 503 a file of
                the vault cannot be used.
        """
        asked = self._check(OpenedBy.KEY_FILE, OpenedBy.HARDWARE)
        with self._counted(actor):
            self._unseal(actor, self._keys.private_key(None), asked)

    def given(self) -> tuple[GivenShare, ...]:
        """Return the shares that were given and count."""
        return self._keys.given()

    def _check(self, *by: OpenedBy) -> _Asked:
        self._follow()
        by_hand, sealed = self._keys.by_hand, self._keys.sealed()
        if sealed is None:
            raise ProblemError(409, "vault_open", "The vault is open already.")
        if sealed.opener.by not in by:
            raise ProblemError(
                409,
                "vault_opened_otherwise",
                f"The vault is not opened that way: it stays sealed until {sealed.until}.",
            )
        return _Asked(sealed.opener, by_hand.name if by_hand is not None else "")

    @contextmanager
    def _counted(self, actor: Actor) -> Iterator[None]:
        """Count a try, give it back if it was none that failed, and write down one that did."""
        keys, began = [f"account {actor.kind} {actor.id}"], self._services.clock()
        if actor.address:
            keys.append(f"address {actor.address}")
        wait = self._attempts.begin(keys, began)
        if wait is not None:
            raise too_many(wait)
        try:
            yield
        except ShareRefusedError as error:
            self._refused(actor, error.code)
            status = 409 if error.code in {"share_given", "share_same_person"} else 403
            raise ProblemError(status, error.code, str(error)) from error
        except WrongSecretError as error:
            self._refused(actor, "wrong")
            raise ProblemError(403, "vault_secret_wrong", str(error)) from error
        except VaultError as error:
            if not (isinstance(error, SecretAwayError) and error.is_final):  # a token locks after a few
                self._attempts.give_back(keys, began)
            self._refused(actor, "unusable")
            raise ProblemError(503, "vault_unusable", str(error)) from error
        except BaseException:
            self._attempts.give_back(keys, began)
            raise
        self._attempts.give_back(keys, began)

    def _refused(self, actor: Actor, code: str) -> None:
        self._refusals.write(actor, "vault:key:refuse", SUBJECT, detail={"code": code})

    def _unseal(self, actor: Actor, private: PrivateKey, asked: _Asked) -> None:
        by = str(self._keys.opener.by)
        with self._services.sessions.begin() as session:
            standing = standing_seal(session)
            if standing is not None and standing.name != asked.by_hand:
                detail = f"{standing.who} sealed the vault by hand a moment ago; it stays sealed."
                raise ProblemError(409, "vault_sealed_meanwhile", detail)
            lift_seals(session)
            record(session, actor, "vault:key:unseal", SUBJECT, detail={"by": by})
            announce(session, ALERT, SUBJECT)
        self._keys.open(private)
        self._follow()  # what was sealed by hand meanwhile is sealed

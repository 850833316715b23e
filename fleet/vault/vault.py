"""The vault: who may see plaintext must come through ``unseal``, and is written down first (F1).

Rules:
- the audit entry (who, what, why) is committed before any key is opened; when it cannot be written, no key
  is;
- keys are opened range by range as they are needed, kept for the length of one opening, and overwritten at
  its end. Python copies bytes behind our back here and there: this shortens the exposure and does not remove
  it;
- the private key never leaves this object but sealed to the recovery key (``copies``), and nothing here is
  logged but names;
- a vault that is *sealed* (``sealed`` says why) opens nothing, and cameras seal to it as ever. Sealing it by
  hand closes what is open, and is done even where it cannot be written down;
- sealed by hand it is so in every process of the fleet: they are told (``follow``), and each looks into the
  database before it opens anything.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import NoReturn

from sqlalchemy.orm import Session

from fleet.alerts.register import TOPIC as ALERT
from fleet.audit.log import record
from fleet.audit.refusing.refusals import Refusals
from fleet.core.actor import FLEET, Actor, ActorKind
from fleet.core.database import announce
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.vault.by_hand.seals import add_seal, is_lifted, standing_seal
from fleet.vault.copies import VaultCopy, seal_copy
from fleet.vault.errors import VaultError
from fleet.vault.files import ByHand
from fleet.vault.keybox import VaultOpener
from fleet.vault.keys import VaultKeys
from fleet.vault.opening import Opening
from fleet.vault.rotation.earlier import VaultKeyInfo
from fleet.vault.rotation.key_wrapping import KeyWrapping, Loaded
from fleet.vault.sealed import Sealed
from protocol.footage.ledger.ledger import Ledger
from protocol.footage.sealing.keys import Recipient

log = logging.getLogger(__name__)

LONGEST_PURPOSE = 500
SUBJECT = "vault"
"""What the audit log calls it."""
SEALED = "vault:key:seal"
_NAME_BYTES = 16
_RETRY_S = "30"
_ON_THE_HOST = "Somebody on the service's machine"
_JUST_NOW = "The vault was sealed a moment ago: no footage can be opened."


class Vault:
    """Opens recordings, and nothing while it is sealed. Safe to use from several threads.

    Attributes:
        wrapping: wraps recordings' own keys while it is open.
    """

    def __init__(self, services: Services, refusals: Refusals, keys: VaultKeys) -> None:
        """Prepare a vault.

        Args:
            services: of the core.
            refusals: writes down what was not opened.
            keys: its private keys.
        """
        self._services = services
        self._refusals = refusals
        self._keys = keys
        self.wrapping = KeyWrapping(keys.held, services.random)
        self._recipients = (keys.recipient,)
        self._guard = threading.Lock()
        self._sealing = threading.Lock()
        self._open: weakref.WeakSet[Opening] = weakref.WeakSet()

    def recipients(self) -> tuple[Recipient, ...]:
        """Return whom cameras seal to from now on."""
        return self._recipients

    def known(self) -> tuple[VaultKeyInfo, ...]:
        """Return what is known of its keys, sealed or not: the one that counts first, then the newest."""
        return self._keys.known

    @property
    def opener(self) -> VaultOpener:
        """What opens it."""
        return self._keys.opener

    def sealed(self) -> Sealed | None:
        """Say why nothing can be opened now; None where it can. Looks for the key file if it has one."""
        return self._keys.sealed()

    def is_sealed(self) -> bool:
        """Say whether nothing can be opened now."""
        return self.sealed() is not None

    def seal(self, actor: Actor) -> None:
        """Seal it by hand in every process, and close what is open; one that waits for people can be, too.

        Raises:
            ProblemError: 409 it is sealed by hand already.
        """
        with self._sealing:
            if self._keys.by_hand is not None:
                raise ProblemError(409, "vault_sealed_already", "The vault is sealed by hand already.")
            seal = self._named(actor.name if actor.kind is ActorKind.USER else _ON_THE_HOST)
            try:
                self._keys.seal(seal)
            finally:
                self._close_all()
                with self._services.sessions.begin() as session:
                    record(session, actor, SEALED, SUBJECT)
                    add_seal(session, seal)
                    announce(session, ALERT, SUBJECT)

    def follow(self) -> None:
        """Do as the database has it: seal what was sealed by hand in another process, and lift it so too.

        What this process was asked for, and could not write down, is written down.

        Raises:
            SQLAlchemyError: the database failed.
            OSError: the note of it cannot be written, or removed; it is sealed all the same.
        """
        with self._sealing:
            mine = self._keys.by_hand
            with self._services.readers() as session:
                standing = standing_seal(session)
                is_over = standing is None and mine is not None and is_lifted(session, mine.name)
            if standing is not None:
                self._take_over(standing, mine)
            elif is_over:
                self._keys.lift()
            elif mine is not None:
                self._write_down(mine)

    def _take_over(self, standing: ByHand, mine: ByHand | None) -> None:
        if mine is not None and mine.name == standing.name:
            return
        log.warning("The vault was sealed by hand by %s, and is sealed here too.", standing.who)
        try:
            self._keys.seal(standing)
        finally:
            self._close_all()

    def _write_down(self, mine: ByHand) -> None:
        named = mine if mine.name else replace(mine, name=self._named(mine.who).name)
        with self._services.sessions.begin() as session:
            if mine.name:  # it failed when it was asked for; before there were names it did not
                record(session, FLEET, SEALED, SUBJECT, detail={"by": mine.who})
            add_seal(session, named)
        self._keys.seal(named)

    def _named(self, who: str) -> ByHand:
        return ByHand(who, self._services.clock(), self._services.random(_NAME_BYTES).hex())

    def copies(self, to: Recipient, *, besides: Collection[bytes] = ()) -> tuple[VaultCopy, ...]:
        """Return each private key, sealed to the recovery key, but those with the ids in ``besides``.

        The one that counts is the last.

        Raises:
            VaultError: the vault is sealed.
            KeysError: the recovery key is malformed.
        """
        if (sealed := self.sealed()) is not None:
            raise VaultError(sealed.refusal)
        held = self._keys.held()
        return tuple(seal_copy(e.name, e.private, to) for e in held if e.private.key_id not in besides)

    def unseal(
        self, *, recording: str, load: Callable[[], Ledger | Loaded], actor: Actor, action: str, purpose: str
    ) -> Opening:
        """Write down who opens a recording and why, then open it.

        Args:
            recording: what the recording is called, for the log.
            load: reads its ledger; called only once the entry is durable.
            actor: who asks.
            action: what for, as the log words it: ``footage:recording:view``.
            purpose: why, in the actor's words.

        Raises:
            ProblemError: 422 there is no purpose; 503 the vault is sealed; 409 the recording is not sealed to
                this vault.
        """
        self.write_down(subject=recording, actor=actor, action=action, purpose=purpose)
        return self._opened_to(load(), actor, recording, action)

    def unseal_again(
        self,
        *,
        recording: str,
        load: Callable[[], Ledger | Loaded],
        actor: Actor,
        action: str,
        stands: Callable[[Session], bool],
    ) -> Opening:
        """Open a recording for what is written down already, and lasts: as it goes on in another process.

        ``stands`` says, by the database, whether what the entry is about lasts; the rest as for ``unseal``.

        Raises:
            ProblemError: 404 it does not last any more; 503 the vault is sealed; 409 the recording is not
                sealed to this vault.
        """
        self.go_on(subject=recording, actor=actor, action=action, stands=stands)
        return self._opened_to(load(), actor, recording, action)

    def write_down(self, *, subject: str, actor: Actor, action: str, purpose: str) -> None:
        """Write down who opens something and why; only then may it be opened.

        Raises:
            ProblemError: 422 there is no purpose; 503 the vault is sealed.
        """
        why = " ".join(purpose.split())
        if not why or len(why) > LONGEST_PURPOSE:
            detail = f"Say why, in 1 to {LONGEST_PURPOSE} characters: it is kept with your name."
            raise ProblemError(422, "purpose_needed", detail)
        self._check_open(actor, subject, action)
        with self._services.sessions.begin() as session:
            is_stopped = standing_seal(session) is not None
            if not is_stopped:
                record(session, actor, action, subject, why)
        if is_stopped:
            self._sealed_elsewhere(actor, subject, action)

    def go_on(self, *, subject: str, actor: Actor, action: str, stands: Callable[[Session], bool]) -> None:
        """See that something may go on that is written down already, as for ``unseal_again``.

        Raises:
            ProblemError: 404 it does not last any more; 503 the vault is sealed.
        """
        self._check_open(actor, subject, action)
        with self._services.readers() as session:
            is_stopped, lasts = standing_seal(session) is not None, stands(session)
        if is_stopped:
            self._sealed_elsewhere(actor, subject, action)
        if not lasts:
            raise ProblemError(404, "viewing_ended", "This has ended; open it again.")

    def _opened_to(self, found: Ledger | Loaded, actor: Actor, recording: str, action: str) -> Opening:
        loaded = found if isinstance(found, Loaded) else Loaded(found)
        held = {each.private.key_id: each.private for each in self._keys.held()}
        if not held:  # somebody has sealed it since it was asked above
            raise ProblemError(503, "vault_sealed", _JUST_NOW)
        for recipient in loaded.ledger.open.recipients:
            if recipient.key_id in held:
                return self._opened(Opening(loaded.ledger, held[recipient.key_id]))
        if (keys := loaded.own_keys(self.wrapping)) is not None:
            return self._opened(Opening(loaded.ledger, keys))
        self._refuse(actor, recording, action, "not_sealed_to_us")
        raise ProblemError(
            409,
            "not_sealed_to_us",
            "This recording is not sealed to this fleet's vault; nobody here can open it.",
        )

    def _sealed_elsewhere(self, actor: Actor, recording: str, action: str) -> NoReturn:
        """Do as another process, which was sealed by hand a moment ago, and refuse."""
        self.follow()
        self._check_open(actor, recording, action)
        raise ProblemError(503, "vault_sealed", _JUST_NOW)

    def _check_open(self, actor: Actor, recording: str, action: str) -> None:
        if (sealed := self.sealed()) is not None:
            self._refuse(actor, recording, action, "vault_sealed")
            raise _is_sealed(sealed)

    def _opened(self, opening: Opening) -> Opening:
        """Keep an opening in mind, so that sealing closes it; one that comes too late is closed at once."""
        with self._guard:
            self._open.add(opening)
        if not self._keys.held():
            opening.close()
            raise ProblemError(503, "vault_sealed", _JUST_NOW)
        return opening

    def _close_all(self) -> None:
        sealed = self.sealed()
        with self._guard:
            those = list(self._open)
        for each in those:
            each.seal(_JUST_NOW if sealed is None else sealed.refusal)

    def _refuse(self, actor: Actor, recording: str, action: str, code: str) -> None:
        what = "imagery:import:refuse" if action.startswith("imagery:") else "footage:recording:refuse"
        self._refusals.write(actor, what, recording, detail={"wanted": action, "code": code})


def _is_sealed(sealed: Sealed) -> ProblemError:
    return ProblemError(503, "vault_sealed", sealed.refusal, headers={"Retry-After": _RETRY_S})

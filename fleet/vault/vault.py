"""The vault: who may see plaintext must come through ``unseal``, and is written down first (F1).

Rules:
- the audit entry (who, what, why) is committed before any key is opened; when it cannot be written, no key
  is;
- keys are opened range by range as they are needed, kept for the length of one opening, and overwritten at
  its end. Python copies bytes behind our back here and there: this shortens the exposure and does not remove
  it;
- the private key never leaves this object but sealed to the recovery key (``copies``), and nothing here is
  logged but names;
- a vault whose key file is away is *sealed*: cameras seal to it as ever, and nothing is opened. Whenever it
  is asked for something it looks whether the key file is there again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Self

from fleet.audit.log import record
from fleet.audit.refusing.refusals import Refusals
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.vault.copies import VaultCopy, seal_copy
from fleet.vault.errors import VaultError
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Ledger
from protocol.footage.sealing.keys import PrivateKey, Recipient, unseal_keys
from protocol.footage.sealing.opening import granted_tracks

log = logging.getLogger(__name__)

LONGEST_PURPOSE = 500
SEALED = (
    "The vault is sealed: its key file cannot be used now, so no footage can be opened. What cameras send is "
    "taken in all the same."
)
_RETRY_S = "30"


class Opening:
    """A recording that the vault has opened: gives the key of each part, until it is closed.

    Safe to use from several threads.

    Attributes:
        ledger: the recording's ledger, as it was when opened or last renewed.
    """

    def __init__(self, ledger: Ledger, private: PrivateKey) -> None:
        self.ledger = ledger
        self._private: PrivateKey | None = private
        self._tracks = granted_tracks(ledger, private)
        self._keys: dict[tuple[int, Track], bytearray] = {}
        self._lock = threading.Lock()

    @property
    def tracks(self) -> frozenset[Track]:
        """The tracks that the vault was given."""
        return self._tracks

    def key(self, seq: int, track: Track) -> bytearray:
        """Return the key of a chunk's track.

        Raises:
            KeysError: there is none, it does not open, or the opening was closed.
        """
        with self._lock:
            if (seq, track) not in self._keys:
                self._open_range(seq)
            found = self._keys.get((seq, track))
        if found is None:
            raise KeysError(f"there is no key for the {track} of chunk {seq}")
        return found

    def renew(self, ledger: Ledger) -> None:
        """Go on with a longer version of the same recording's ledger, as it grows.

        Raises:
            KeysError: it is another recording's.
        """
        if ledger.open_digest != self.ledger.open_digest:
            raise KeysError("this is the ledger of another recording")
        self.ledger = ledger

    def open_all(self) -> int:
        """Open the keys of every range of the ledger; return how many keys there are.

        Raises:
            KeysError: a range does not open, named by its chunks.
        """
        with self._lock:
            private = self._still_open()
            try:
                keys = unseal_keys(self.ledger, private)
            except KeysError as error:
                raise self._named(error, private) from error
            self._keys |= {place: bytearray(key) for place, key in keys.items()}
            return len(self._keys)

    def close(self) -> None:
        """Overwrite and forget every key, and give none from now on."""
        with self._lock:
            self._private = None
            for key in self._keys.values():
                key[:] = bytes(len(key))
            self._keys.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _open_range(self, seq: int) -> None:
        private = self._still_open()
        for each in self.ledger.keys:
            if each.first_seq <= seq <= each.last_seq:
                keys = unseal_keys(self.ledger, private, first=each.first_seq, last=each.last_seq)
                self._keys |= {place: bytearray(key) for place, key in keys.items()}

    def _still_open(self) -> PrivateKey:
        if self._private is None:
            raise KeysError("this recording was closed again")
        return self._private

    def _named(self, error: KeysError, private: PrivateKey) -> KeysError:
        """Say of which chunks the keys do not open."""
        for each in self.ledger.keys:
            try:
                unseal_keys(self.ledger, private, first=each.first_seq, last=each.last_seq)
            except KeysError as found:
                return KeysError(
                    f"the keys of chunks {each.first_seq} to {each.last_seq} do not open: {found}"
                )
        return error


class Vault:
    """Holds the private keys that footage is sealed to. Safe to use from several threads."""

    def __init__(
        self,
        services: Services,
        refusals: Refusals,
        recipients: tuple[Recipient, ...],
        unlock: Callable[[], Mapping[str, PrivateKey]],
    ) -> None:
        """Prepare a vault, which is sealed until its keys are first needed.

        Args:
            services: of the core.
            refusals: writes down what was not opened.
            recipients: whom cameras seal to; known while it is sealed, too.
            unlock: reads the key file and returns the private keys by their names; raises ``VaultError``
                while it cannot.
        """
        self._services = services
        self._refusals = refusals
        self._recipients = recipients
        self._unlock = unlock
        self._unlocking = threading.Lock()
        self._keys: dict[str, PrivateKey] = {}
        self._why_sealed = ""

    def recipients(self) -> tuple[Recipient, ...]:
        """Return whom cameras seal to from now on."""
        return self._recipients

    def is_sealed(self) -> bool:
        """Say whether nothing can be opened now; looks for the key file if that was so before."""
        try:
            self.open_keys()
        except VaultError as error:
            if str(error) != self._why_sealed:  # it is asked again and again, and says it once
                log.warning("The vault is sealed: %s", error)
            self._why_sealed = str(error)
            return True
        return False

    @property
    def why_sealed(self) -> str:
        """Why it was sealed when that was last looked at, in a sentence; empty before."""
        return self._why_sealed

    def open_keys(self) -> None:
        """Read the key file, unless that was done.

        Raises:
            VaultError: it cannot be used.
        """
        with self._unlocking:
            if not self._keys:
                self._keys = dict(self._unlock())

    def copies(self, to: Recipient, *, besides: Collection[bytes] = ()) -> tuple[VaultCopy, ...]:
        """Return each private key, sealed to the recovery key, but those with the ids in ``besides``.

        Raises:
            VaultError: the vault is sealed.
            KeysError: the recovery key is malformed.
        """
        self.open_keys()
        held = self._keys.items()
        return tuple(seal_copy(name, key, to) for name, key in held if key.key_id not in besides)

    def unseal(
        self, *, recording: str, load: Callable[[], Ledger], actor: Actor, action: str, purpose: str
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
        why = " ".join(purpose.split())
        if not why or len(why) > LONGEST_PURPOSE:
            detail = f"Say why, in 1 to {LONGEST_PURPOSE} characters: it is kept with your name."
            raise ProblemError(422, "purpose_needed", detail)
        if self.is_sealed():
            self._refuse(actor, recording, action, "vault_sealed")
            raise ProblemError(503, "vault_sealed", SEALED, headers={"Retry-After": _RETRY_S})
        with self._services.sessions.begin() as session:
            record(session, actor, action, recording, why)
        ledger = load()
        held = {key.key_id: key for key in self._keys.values()}
        for recipient in ledger.open.recipients:
            if recipient.key_id in held:
                return Opening(ledger, held[recipient.key_id])
        self._refuse(actor, recording, action, "not_sealed_to_us")
        raise ProblemError(
            409,
            "not_sealed_to_us",
            "This recording is not sealed to this fleet's vault; nobody here can open it.",
        )

    def _refuse(self, actor: Actor, recording: str, action: str, code: str) -> None:
        self._refusals.write(
            actor, "footage:recording:refuse", recording, detail={"wanted": action, "code": code}
        )

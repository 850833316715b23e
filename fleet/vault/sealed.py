"""That the vault is sealed: why, since when, and what unseals it, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fleet.vault.keybox import OpenedBy, VaultOpener

WHO = "An administrator, the CCTV manager, the head of safety or the data protection officer"
"""Whose roles let them unseal it (``fleet.people.permissions``); a test compares the two."""

UNSEALED_BY = f"{WHO} does that on the page Vault; whoever runs the service, by “lapel-fleet vault unseal”."
_TAKEN_IN = "What cameras send is taken in all the same."


@dataclass(frozen=True, slots=True)
class Sealed:
    """The vault is sealed.

    Attributes:
        opener: what opens it.
        since: since when it is, as far as this process knows.
        by_hand: who sealed it by hand; empty where nobody did.
        why: of a key file: why it cannot be used, in a sentence; empty else.
        given: how many shares were given and still count.
    """

    opener: VaultOpener
    since: datetime
    by_hand: str = ""
    why: str = ""
    given: int = 0

    @property
    def waits_for_people(self) -> bool:
        """Whether somebody has to unseal it; else it is unsealed by itself once its key file is back."""
        return bool(self.by_hand) or self.opener.by is not OpenedBy.KEY_FILE

    @property
    def until(self) -> str:
        """What has to happen, as the end of a sentence."""
        if self.opener.by is OpenedBy.PASSPHRASE:
            return "somebody unseals it with its passphrase"
        if self.opener.by is OpenedBy.SHARES:
            return f"{self.opener.needed} people unseal it with their shares"
        return "somebody unseals it" if self.by_hand else "its key file can be used again"

    @property
    def refusal(self) -> str:
        """What somebody is told who wanted footage opened."""
        begins = "The vault was sealed by hand" if self.by_hand else "The vault is sealed"
        who = UNSEALED_BY if self.waits_for_people else "Whoever runs the service sees to that."
        return f"{begins}: no footage can be opened until {self.until}. {who} {_TAKEN_IN}"

"""That the vault is sealed: why, since when, and what unseals it, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fleet.vault.keybox import OpenedBy, VaultOpener

WHO = "An administrator, the CCTV manager, the head of safety or the data protection officer"
"""Whose roles let them unseal it (``fleet.people.permissions``); a test compares the two."""

UNSEALED_BY = f"{WHO} does that on the page Vault; whoever runs the service, by “lapel-fleet vault unseal”."
UPLOADS = "Uploads from cameras do not need it open."
_NAMES = {OpenedBy.KEY_FILE: "key file", OpenedBy.HARDWARE: "hardware module"}


@dataclass(frozen=True, slots=True)
class Sealed:
    """The vault is sealed.

    Attributes:
        opener: what opens it.
        since: since when it is, as far as this process knows.
        by_hand: who sealed it by hand; empty where nobody did.
        why: of a key file or a hardware module: why it cannot be used, in a sentence; empty else.
        given: how many shares were given and still count.
        has_stopped: whether it is not tried again by itself, because that would do harm.
    """

    opener: VaultOpener
    since: datetime
    by_hand: str = ""
    why: str = ""
    given: int = 0
    has_stopped: bool = False

    @property
    def waits_for_people(self) -> bool:
        """Whether somebody has to unseal it; else it is unsealed by itself once what opens it is back."""
        return bool(self.by_hand) or self.opener.is_people or self.has_stopped

    @property
    def until(self) -> str:
        """What has to happen, as the end of a sentence."""
        if self.opener.by is OpenedBy.PASSPHRASE:
            return "somebody unseals it with its passphrase"
        if self.opener.by is OpenedBy.SHARES:
            return f"{self.opener.needed} people unseal it with their shares"
        if self.waits_for_people:
            return "somebody unseals it"
        return f"its {_NAMES[self.opener.by]} can be used again"

    @property
    def refusal(self) -> str:
        """What somebody is told who wanted footage opened."""
        begins = "The vault was sealed by hand" if self.by_hand else "The vault is sealed"
        who = UNSEALED_BY if self.waits_for_people else "Whoever runs the service sees to that."
        return f"{begins}: no footage can be opened until {self.until}. {who} {UPLOADS}"

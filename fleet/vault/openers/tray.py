"""The shares that were given and still count, until there are enough. Pure but for what it holds.

Each is given by another person, and counts for a limited time: one that was left lying is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fleet.vault.errors import ShareRefusedError
from fleet.vault.keybox import VaultOpener
from fleet.vault.openers.shares import Share


@dataclass(frozen=True, slots=True)
class GivenShare:
    """A share, who gave it, and until when it counts."""

    share: Share
    giver: str
    until: datetime


class ShareTray:
    """Holds shares. The caller gives the time, and lets one thread at a time in."""

    def __init__(self, lasts: timedelta) -> None:
        self._lasts = lasts
        self._given: list[GivenShare] = []

    def put(self, share: Share, opener: VaultOpener, giver: str, now: datetime) -> GivenShare:
        """Take a share.

        Args:
            share: what was given.
            opener: what opens the vault: which shares belong to it.
            giver: the id of the account; empty on the service's machine, where each is given by a run of the
                command of its own.
            now: when.

        Raises:
            ShareRefusedError: it is no share of this vault, it was given already, or its giver gave another.
        """
        given = self.given(now)
        if share.share_set != opener.share_set or share.needed != opener.needed:
            raise ShareRefusedError(
                "share_of_others", "That is a share, but none of this vault's shares of today."
            )
        if any(each.share.number == share.number for each in given):
            raise ShareRefusedError("share_given", "This share was given already; another one is needed.")
        if giver and any(each.giver == giver for each in given):
            raise ShareRefusedError(
                "share_same_person", "You have given a share; somebody else gives the next one."
            )
        found = GivenShare(share, giver, now + self._lasts)
        self._given.append(found)
        return found

    def given(self, now: datetime) -> tuple[GivenShare, ...]:
        """Return what counts; what is over is forgotten, and so is all where the clock was put back."""
        self._given = [each for each in self._given if each.until - self._lasts <= now < each.until]
        return tuple(self._given)

    def clear(self) -> None:
        """Forget all of them."""
        self._given.clear()

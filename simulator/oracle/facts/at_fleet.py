"""What a fleet shows of holds and deletions. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

GONE = ("deleting", "deleted")
"""The states of what the fleet deletes."""


@dataclass(frozen=True, slots=True)
class LastingHold:
    """A hold that lasts at the fleet: what it calls it, who answers for it, and why."""

    id: str
    owner: str
    reason: str


@dataclass(frozen=True, slots=True)
class CertifiedDeletion:
    """What the certificate of a deletion came to.

    Attributes:
        fits: Whether it is this fleet's, for this recording, and says that keys and bytes went.
        begun: When the deletion was decided, by its word; None where it says none.
        trouble: Why it does not fit, in words.
    """

    fits: bool
    begun: datetime | None = None
    trouble: str = ""

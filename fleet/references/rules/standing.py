"""What is told of a visit by its reference, and for how long. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

ANSWERS_FOR = timedelta(days=60)
"""How long it is answered after the last recording was deleted, or after a visit of which none is known."""


class Arrival(StrEnum):
    """How much of a recording is here."""

    ANNOUNCED = "announced"
    COMING = "coming"
    HERE = "here"
    UNVERIFIED = "unverified"
    A_PART = "a part"


@dataclass(frozen=True, slots=True)
class ReferencedRecording:
    """What may be told of a recording.

    Attributes:
        arrival: how much of it is here.
        until: its last day; None while it is held, and of one that was deleted.
        holds: what it is held for, by ``HoldKind``, each once.
        is_restricted: whether it is kept and not used, upon a request.
        watched: how often somebody was let watch it.
        taken: how often somebody was let take it out.
        released: how often somebody was let have footage of it with a release.
        deleted: when it was deleted, or when that began; None while it is here.
        is_gone: whether that is over.
    """

    arrival: Arrival
    until: date | None = None
    holds: tuple[str, ...] = ()
    is_restricted: bool = False
    watched: int = 0
    taken: int = 0
    released: int = 0
    deleted: datetime | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class ReferencedVisit:
    """What may be told of a visit.

    Attributes:
        ends: when it was planned to end.
        recordings: those that are linked to it, the oldest first.
        more: how many there are besides.
        perhaps: how many may be of it, where that is not known.
    """

    ends: datetime
    recordings: tuple[ReferencedRecording, ...] = ()
    more: int = 0
    perhaps: int = 0

    @property
    def answered_until(self) -> datetime | None:
        """Until when its reference is answered; None for as long as something of it is here, or may be."""
        if self.more or self.perhaps or any(each.deleted is None for each in self.recordings):
            return None
        deleted = (each.deleted for each in self.recordings if each.deleted is not None)
        return max(self.ends, *deleted, self.ends) + ANSWERS_FOR

    def is_answered(self, now: datetime) -> bool:
        """Say whether its reference is answered still."""
        return self.answered_until is None or now <= self.answered_until

"""Who wears which camera, as cameras ask. Assignments know; ``fleet.assignments.wearers`` answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from fleet.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Wearer:
    """Who wears a camera.

    Attributes:
        assignment: the id of the assignment.
        officer: the id of the officer.
        officer_name: what the officer is called.
        since: check-out.
    """

    assignment: str
    officer: str
    officer_name: str
    since: datetime


class Wearers(Protocol):
    """Answers inside the caller's transaction."""

    def worn(self, session: Session) -> Mapping[str, Wearer]:
        """Return who wears what, by camera."""

    def of(self, session: Session, camera: str) -> Wearer | None:
        """Return who wears a camera, None when nobody does."""

    def release(self, session: Session, *, camera: str, by: Actor, reason: str) -> None:
        """Take a camera back from whoever wears it; nothing happens when nobody does."""

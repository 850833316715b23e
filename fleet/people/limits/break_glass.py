"""How long break-glass lasts, what it lets somebody do, and how long it is told. Pure.

Rules:
- it is for a named person, a reason and some hours; the link that lets them in is good once and for half an
  hour at most;
- it is over when it is ended, at its end, or when nobody used its link in time;
- within it somebody is an administrator and nothing else, whatever their own roles are: it plays no footage,
  exports none, and lets nobody do so who could not before (``spare_footage``);
- it makes no tokens, which would go on after it;
- everybody who is signed in is told of it while it lasts and for a week after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fleet.core.actor import Actor, Role
from fleet.core.one_time import is_ahead
from fleet.core.problems import ProblemError
from fleet.people.permissions import Permission, may

ROLES: Final = frozenset({Role.ADMINISTRATOR})
MOST_HOURS: Final = 24
LINK_GOOD_FOR: Final = timedelta(minutes=30)
TOLD_FOR: Final = timedelta(days=7)
LONGEST_REASON: Final = 300
_FOOTAGE = (Permission.PLAY, Permission.EXPORT, Permission.RELEASE, Permission.APPROVE_RELEASES)


@dataclass(frozen=True, slots=True)
class BreakGlassSpan:
    """From when to when.

    Attributes:
        begun: when it was given.
        ends: when it ends by itself.
        used: when its link was used; None while nobody did.
        ended: when somebody ended it; None where nobody did.
    """

    begun: datetime
    ends: datetime
    used: datetime | None
    ended: datetime | None

    @property
    def link_until(self) -> datetime:
        """Until when its link is good, while nobody has used it."""
        return min(self.begun + LINK_GOOD_FOR, self.ends)

    @property
    def over(self) -> datetime:
        """From when on it is over."""
        last = self.ends if self.used is not None else self.link_until
        return last if self.ended is None else min(self.ended, last)

    def lasts(self, now: datetime) -> bool:
        """Say whether somebody can do something by it; not by one that a clock gave which was ahead."""
        return now < self.over and not is_ahead(self.begun, now)

    def is_told(self, now: datetime) -> bool:
        """Say whether pages tell of it."""
        return now < self.over + TOLD_FOR


def spare_footage(by: Actor, roles: frozenset[Role]) -> None:
    """Refuse within break-glass to let anybody do what these roles do, where that is to get at footage.

    Raises:
        ProblemError: 403.
    """
    if by.by_break_glass and any(may(roles, each) for each in _FOOTAGE):
        detail = (
            "Break-glass lets nobody at footage: make somebody an administrator, who does this when they are "
            "signed in as usual."
        )
        raise ProblemError(403, "break_glass", detail)


def make_no_token(by: Actor) -> None:
    """Refuse a token within break-glass.

    Raises:
        ProblemError: 403.
    """
    if by.by_break_glass:
        detail = "Break-glass makes no tokens, for they would go on after it; sign in as usual for that."
        raise ProblemError(403, "break_glass", detail)

"""Whether the fleet deletes what is past its last day: off until somebody has seen what that does. Pure.

Rules (F4):
- a fleet deletes nothing until somebody who may has seen how many recordings would go, and has confirmed it;
- that counts once ``UNDO_DAYS`` days are over, on the day after; until then it is undone without any loss;
- switching it off counts at once, at any time. What was begun before is finished: its keys are destroyed;
- people are told of what is to go only while it is switched on, and anew each time it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fleet.retention.rules.periods import UNDO_DAYS, local_day


@dataclass(frozen=True, slots=True)
class DeletionSwitch:
    """Once that deletion was switched.

    Attributes:
        number: 1 for the first, then one more each.
        at: when it was confirmed.
        by: who confirmed it.
        is_on: whether it was switched on.
    """

    number: int
    at: datetime
    by: str
    is_on: bool


Switches = Sequence[DeletionSwitch]
"""Every switching, the oldest first; before the first one it is off."""


def is_on(switches: Switches) -> bool:
    """Say whether deletion is switched on, though it may not count yet."""
    return bool(switches) and switches[-1].is_on


def on_since(switches: Switches) -> datetime | None:
    """Return when it was last switched on; None while it is off."""
    return switches[-1].at if is_on(switches) else None


def deletes_from(switches: Switches, zone: ZoneInfo) -> date | None:
    """Return the first day on which anything is deleted; None while it is off."""
    since = on_since(switches)
    return None if since is None else first_day(since, zone)


def first_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the first day on which anything would be deleted if it were switched on then."""
    return local_day(at, zone) + timedelta(days=UNDO_DAYS + 1)


def deletes(switches: Switches, today: date, zone: ZoneInfo) -> bool:
    """Say whether what may go is deleted on a day."""
    begin = deletes_from(switches, zone)
    return begin is not None and today >= begin


def switch_refusal(switches: Switches, seen: int, *, on: bool) -> str | None:
    """Return the sentence that refuses to switch it, or None when it can be.

    Args:
        switches: how it was switched so far.
        seen: the number of the last switching that whoever confirms has seen; 0 for none.
        on: whether it is to be on.
    """
    if seen != len(switches):
        return "Somebody switched it meanwhile; look at what is so now."
    if is_on(switches) == on:
        return "It is switched on already." if on else "It is switched off already."
    return None

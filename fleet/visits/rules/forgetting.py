"""When what is kept of a visit is deleted: where it was, its notices, what was said, its references. Pure.

Rules:
- it is kept for so many calendar months from the day on which it was to end, that last day whole, whether it
  took place or was called off;
- after that for as long as something keeps it: a person who said why, footage of it, or a reference that is
  still answered;
- it is deleted whole: a visit without what was said on it would tell something else.

What the landlord needs of a visit for a claim or a request is kept by a person; nothing here looks for those.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fleet.retention.rules.calendar import day_words, plus_months


@dataclass(frozen=True, slots=True)
class VisitKeeping:
    """What is known of how long a visit is kept.

    Attributes:
        ended: the day on which it was to end, where the site is.
        months: for how many it is kept.
        held: why a person keeps it; empty where nobody does.
        footage: how many recordings of it are here, or may be of it.
        answered_until: until when a reference of it is answered; None where none is.
    """

    ended: date
    months: int
    held: str = ""
    footage: int = 0
    answered_until: datetime | None = None

    @property
    def last_day(self) -> date:
        """The last day on which it is kept where nothing else keeps it."""
        return plus_months(self.ended, self.months)

    def may_go(self, now: datetime, today: date) -> bool:
        """Say whether it may be deleted now, on that day of the site."""
        is_answered = self.answered_until is not None and now <= self.answered_until
        return today > self.last_day and not self.held and not self.footage and not is_answered

    @property
    def sentence(self) -> str:
        """Until when it is kept, for people."""
        if self.held:
            return "Kept until somebody ends that; nothing of it is deleted before."
        if self.footage:
            footage = "footage that is of it, or may be, is here"
            return f"Kept until {day_words(self.last_day)}, and for as long as {footage}."
        if self.answered_until is not None:
            return f"Kept until {day_words(self.last_day)}, and for as long as a reference of it is answered."
        return f"Kept until {day_words(self.last_day)}."

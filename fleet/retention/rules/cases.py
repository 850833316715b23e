"""How long requests and releases are kept once they are over. Pure.

Rules:
- one that is not over is kept;
- one that is over is kept for so many calendar months from that day, that last day whole;
- after that for as long as something keeps it, such as a hold;
- it is deleted whole, and its number is given to no other: the least period is a year, and numbers begin anew
  each year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fleet.retention.rules.calendar import day_words, plus_months


@dataclass(frozen=True, slots=True)
class CaseKeeping:
    """What is known of how long a request or a release is kept.

    Attributes:
        ended: the day at the site on which it was over; None while it is not.
        months: for how many it is kept from then on.
        kept_by: what keeps it longer, in words that follow "for as long as"; empty where nothing does.
    """

    ended: date | None
    months: int
    kept_by: str = ""

    @property
    def last_day(self) -> date | None:
        """The last day on which it is kept where nothing keeps it longer; None while it is not over.

        Raises:
            OverflowError: the calendar does not go as far.
        """
        return None if self.ended is None else plus_months(self.ended, self.months)

    def may_go(self, today: date) -> bool:
        """Say whether it may be deleted on that day of the site."""
        last = self.last_day
        return last is not None and today > last and not self.kept_by

    @property
    def sentence(self) -> str:
        """Until when it is kept, for people; empty while it is not over."""
        last = self.last_day
        if last is None:
            return ""
        longer = f", and for as long as {self.kept_by}" if self.kept_by else ""
        return f"Kept until {day_words(last)}{longer}."

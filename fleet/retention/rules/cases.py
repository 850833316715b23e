"""How long requests and releases are kept once they are over. Pure.

Rules:
- one that is not over is kept;
- one that is over is kept for so many calendar months from that day, that last day whole;
- a person may have it kept longer, until a day and for a reason, never shorter;
- after that for as long as something keeps it, such as a hold;
- it is deleted whole, and its number is given to no other: the least period is a year, and numbers begin anew
  each year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fleet.retention.rules.calendar import day_words, plus_months

LONGEST_WHY = 500
MOST_MONTHS = 240
"""For so many from today at most somebody has something kept; said again, it is kept on."""


@dataclass(frozen=True, slots=True)
class CaseKeeping:
    """What is known of how long a request or a release is kept.

    Attributes:
        ended: the day at the site on which it was over; None while it is not.
        months: for how many it is kept from then on.
        kept_by: what keeps it longer, in words that follow "for as long as"; empty where nothing does.
        longer: until when somebody has it kept; None where nobody has.
        longer_by: who.
        longer_why: why.
    """

    ended: date | None
    months: int
    kept_by: str = ""
    longer: date | None = None
    longer_by: str = ""
    longer_why: str = ""

    @property
    def last_day(self) -> date | None:
        """The last day on which it is kept where nothing keeps it longer; None while it is not over.

        Raises:
            OverflowError: the calendar does not go as far.
        """
        if self.ended is None:
            return None
        last = plus_months(self.ended, self.months)
        return last if self.longer is None else max(last, self.longer)

    def may_go(self, today: date) -> bool:
        """Say whether it may be deleted on that day of the site."""
        last = self.last_day
        return last is not None and today > last and not self.kept_by

    @property
    def sentence(self) -> str:
        """Until when it is kept, for people; empty while it is not over and nobody has it kept."""
        last = self.last_day
        if last is None:
            return "" if self.longer is None else f"Kept until {day_words(self.longer)} at least{self._why}"
        longer = f", and for as long as {self.kept_by}" if self.kept_by else ""
        return f"Kept until {day_words(last)}{longer}{self._why if last == self.longer else '.'}"

    @property
    def _why(self) -> str:
        return f": {self.longer_by} has it kept until then. Why: {self.longer_why.rstrip('.')}."


class CaseLongerError(ValueError):
    """It cannot be kept so; ``field`` is what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def clean_longer(until: date | None, why: str, today: date) -> tuple[date, str]:
    """Return until when somebody has something kept, and why, as one line.

    Raises:
        CaseLongerError: the day is none, is gone or too far away, or nobody says why.
    """
    last = plus_months(today, MOST_MONTHS)
    if until is None or not today <= until <= last:
        raise CaseLongerError("until", f"Choose a day from {today.isoformat()} to {last.isoformat()}.")
    reason = " ".join(why.split())
    if not reason or len(reason) > LONGEST_WHY or not reason.isprintable():
        raise CaseLongerError("why", f"Say why it is kept, in 1 to {LONGEST_WHY} characters.")
    return until, reason

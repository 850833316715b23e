"""By when a request is to be answered, in a few words and a colour. Pure."""

from __future__ import annotations

from datetime import date

from fleet.requests.cases import outcome_of
from fleet.requests.finding import SOON
from fleet.requests.models import RequestCase
from fleet.requests.rules.clock import ClockPhase
from fleet.requests.rules.kinds import OUTCOMES, RequestOutcome
from fleet.retention.rules.calendar import day_words
from fleet.web.views.state import Badge


def due_badge(case: RequestCase, today: date) -> Badge:
    """Say how a request stands today."""
    ended = _ended(case)
    if ended is not None:
        return ended
    if case.due is None:
        word = {
            ClockPhase.WAITING.value: "The clock has not started",
            ClockPhase.PAUSED.value: "The clock stands still",
        }.get(case.phase, "No day is set")
        return Badge(word, "clock", "quiet", "")
    days = (case.due - today).days
    if days < 0:
        return Badge(f"Overdue since {day_words(case.due)}", "alert-triangle", "bad", "")
    left = {0: "today", 1: "tomorrow"}.get(days, f"{day_words(case.due)}, {days} days left")
    return Badge(f"Due {left}", "clock", "warn" if days <= SOON.days else "good", "")


def _ended(case: RequestCase) -> Badge | None:
    """Say how a request ended, or that its clock was met; None where neither is so."""
    if case.closed is not None:
        words = OUTCOMES[outcome_of(case) or RequestOutcome.WITHDRAWN]
        return Badge(f"Closed: {words.lower()}", "check", "quiet", "")
    if case.answered is not None:
        return Badge(f"Answered on {day_words(case.answered)}", "check", "good", "")
    if case.acknowledged is not None:
        return Badge(f"Acknowledged on {day_words(case.acknowledged)}", "check", "good", "")
    return None

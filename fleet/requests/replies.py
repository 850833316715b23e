"""What comes back upon letters: identity shown, a fee paid, a question answered.

Everything happens in the caller's transaction.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.requests.cases import get_open, local_today, note_step
from fleet.requests.models import RequestCase
from fleet.requests.rules.clock import WaitKind
from fleet.requests.texts_of import clean_day, clean_words
from fleet.retention.rules.calendar import day_words

LONGEST_HOW = 200
_WAIVED = {
    WaitKind.IDENTITY: "Nobody doubts any longer who the person is, since {day}: {how}",
    WaitKind.AUTHORITY: "Nobody doubts any longer that they may act for the person, since {day}: {how}",
}
_CAME = {
    WaitKind.IDENTITY: "The person showed who they are, on {day}.",
    WaitKind.AUTHORITY: "It was shown that whoever asks may act for the person, on {day}.",
    WaitKind.FEE: "The fee was paid, on {day}.",
}


def wait_met(
    session: Session,
    *,
    case: str,
    kind: str,
    on: date | None,
    how: str,
    zone: ZoneInfo,
    by: Actor,
    waived: bool = False,
) -> RequestCase:
    """Write down that what was asked for before the clock starts has come, or is no longer doubted.

    Args:
        session: the caller's.
        case: which request.
        kind: a ``WaitKind``.
        on: on which day.
        how: what was shown, or why nobody doubts it any longer.
        zone: of the site.
        by: who writes it down.
        waived: whether it did not come, and nobody doubts it any longer; a fee is paid, or waited for.

    Raises:
        ProblemError: 404 there is no such request; 409 it is closed, or nothing of the kind is waited for;
            422 the day cannot be, nobody says what was shown or why nobody doubts it, or it is a fee that
            nobody paid.
    """
    row = get_open(session, case)
    wait = next((each for each in row.waits if each.kind == kind and each.met is None), None)
    if wait is None:
        raise ProblemError(409, "not_waited_for", "Nothing of that kind is waited for.")
    today = local_today(session, zone)
    if waived and wait.kind not in _WAIVED:
        raise ProblemError(422, "how_unusable", "A fee is paid, or waited for; nobody doubts one.")
    what = "the day since which nobody doubts it" if waived else "the day on which it came"
    wait.met = clean_day(on, first=wait.asked, last=today, what=what)
    ask = "Say why nobody doubts it any longer" if waived else "Say what was shown, without a copy of it"
    wait.how, wait.waived = clean_words(how, ask, longest=LONGEST_HOW, field="how"), waived
    said = _WAIVED if waived else _CAME
    words = said[WaitKind(kind)].format(day=day_words(wait.met), how=wait.how)
    action = "requests:request:waived" if waived else "requests:request:met"
    note_step(session, row, by, action, words, detail={"kind": wait.kind})
    return row


def clarified(session: Session, *, case: str, on: date | None, zone: ZoneInfo, by: Actor) -> RequestCase:
    """Write down that a question was answered: its clock goes on.

    Raises:
        ProblemError: 404 there is no such request; 409 it is closed, or no question is open; 422 the day
            cannot be.
    """
    row = get_open(session, case)
    pause = next((each for each in row.pauses if each.answered is None), None)
    if pause is None:
        raise ProblemError(409, "not_asked", "No question is open.")
    today = local_today(session, zone)
    pause.answered = clean_day(on, first=pause.asked, last=today, what="the day on which they answered")
    words = f"Clarification came on {day_words(pause.answered)}."
    note_step(session, row, by, "requests:request:clarified", words)
    return row

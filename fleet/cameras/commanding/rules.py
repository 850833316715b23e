"""How far a command is, and what an answer changes. Pure.

Rules:
- a command is sent while its time lasts, and never after it;
- what was never sent by then is over: the camera knows nothing of it;
- what was sent and not answered by then is *unanswered*: whether the camera did it is not known. So nothing
  is under way for ever, whether or not anybody notes it;
- a late answer takes the place of that; what a camera answered once stands;
- sensors are not closed for good by a start: a camera that is on standby only until it is ready again closed
  nothing;
- a command that was issued in the future, since the service's clock was put back, is in time no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fleet.cameras.rules import AHEAD
from protocol.footage.consent import SaidOfConsent
from protocol.messages.commands import CommandOutcome
from protocol.mode import Mode

LASTS = timedelta(seconds=60)
"""For so long a command counts."""
FOLLOWED = timedelta(hours=12)
"""For so long it is looked at whether the sensors of a camera closed after it was asked to close them."""
OPEN_MODES = frozenset({Mode.READY, Mode.RECORDING})
"""In these a camera's sensors are open."""
CLOSED_MODES = frozenset(Mode) - OPEN_MODES - {Mode.FAULT}
"""In these they are closed; in a fault nobody can tell."""
MADE_SO = frozenset({Mode.PRIVATE, Mode.DOCKED})
"""Of these, those that a person made so. In the others a camera may be only because it was just started."""

OPENING = frozenset({SaidOfConsent.GIVEN, SaidOfConsent.OVERRIDDEN, SaidOfConsent.ASKED_FOR})
"""After these what was refused before on the same visit closes nothing any more."""


class CommandState(StrEnum):
    """How far a command is.

    ``ISSUED`` is written down and not sent, ``SENT`` waits for an answer. ``EXPIRED`` was not done because
    its time was over: it was never sent, or the camera says so.
    """

    ISSUED = "issued"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    FAILED = "failed"
    UNANSWERED = "unanswered"


UNDER_WAY = frozenset({CommandState.ISSUED, CommandState.SENT})
_TAKES_AN_ANSWER = frozenset({CommandState.SENT, CommandState.UNANSWERED})
_ENDS = {
    CommandOutcome.DONE: CommandState.DONE,
    CommandOutcome.REFUSED: CommandState.REFUSED,
    CommandOutcome.EXPIRED: CommandState.EXPIRED,
    CommandOutcome.FAILED: CommandState.FAILED,
}


@dataclass(frozen=True, slots=True)
class CommandFacts:
    """What is written down of a command.

    Attributes:
        state: as it was noted last.
        issued: when.
        expires: from when on it does not count.
    """

    state: CommandState
    issued: datetime
    expires: datetime


def state_at(facts: CommandFacts, now: datetime) -> CommandState:
    """Return how far a command is now, whatever was noted of it."""
    is_in_time = now - facts.issued >= -AHEAD and now < facts.expires
    if facts.state not in UNDER_WAY or is_in_time:
        return facts.state
    return CommandState.EXPIRED if facts.state is CommandState.ISSUED else CommandState.UNANSWERED


def left_s(facts: CommandFacts, now: datetime) -> int:
    """Return for how many whole seconds a command may still be sent; 0 where it may not be."""
    if state_at(facts, now) is not CommandState.ISSUED:
        return 0
    return max(0, int((facts.expires - max(now, facts.issued)).total_seconds()))


def were_closed(mode: Mode | None, *, same_run: bool) -> bool:
    """Return whether a camera that is so now closed its sensors since it was asked to.

    Args:
        mode: as the camera says.
        same_run: whether it has been running since it was asked.
    """
    return mode in (CLOSED_MODES if same_run else MADE_SO)


def after_answer(before: CommandState, said: CommandOutcome) -> CommandState | None:
    """Return how far a command is after an answer; None where that tells nothing new.

    That the camera was given the same before (``REPEATED``) says nothing of what became of it.
    """
    return _ENDS.get(said) if before in _TAKES_AN_ANSWER else None

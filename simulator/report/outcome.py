"""What a run came to, and the exit status that says so."""

from __future__ import annotations

import signal
from enum import StrEnum
from typing import Final


class RunOutcome(StrEnum):
    """What a run came to. ``HELD`` alone is a pass."""

    HELD = "held"
    """Every promise was judged and held."""

    BROKEN = "broken"
    """A promise was broken."""

    NOT_EVALUATED = "not evaluated"
    """Nothing was seen to be broken, and a promise that was asked for could not be judged."""

    UNUSABLE = "unusable"
    """The scenario, or an option, cannot be used as given."""

    ERROR = "error"
    """The simulator or what it runs on failed, so that nothing is known of the promises."""

    INTERRUPTED = "interrupted"
    """Somebody stopped it before everything was judged."""

    UNFINISHED = "unfinished"
    """What a report says until the run is over; one that still says it was ended without a word."""


EXIT_STATUS: Final = {
    RunOutcome.HELD: 0,
    RunOutcome.BROKEN: 1,
    RunOutcome.NOT_EVALUATED: 1,
    RunOutcome.UNUSABLE: 2,
    RunOutcome.ERROR: 3,
    RunOutcome.INTERRUPTED: 128 + signal.SIGINT,
    RunOutcome.UNFINISHED: 3,
}


def exit_status(outcome: RunOutcome, by: int | None = None) -> int:
    """Return the exit status of an outcome.

    Args:
        outcome: What the run came to.
        by: The signal that interrupted it: the status is 128 more, as a shell's is (130 for Ctrl-C).
    """
    if outcome is RunOutcome.INTERRUPTED and by is not None:
        return 128 + by
    return EXIT_STATUS[outcome]

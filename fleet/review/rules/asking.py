"""How far asking about a viewing has come, and who may do it. Pure.

Rules:
- whoever looked asks nothing about it and explains nothing: somebody else writes down what they say;
- one that was explained can be asked about again;
- one in which nothing is odd can be asked about all the same.
"""

from __future__ import annotations

from enum import StrEnum

LONGEST = 1000


class LookState(StrEnum):
    """How far it has come; ``PLAIN`` is one in which nothing is odd."""

    PLAIN = "plain"
    ODD = "odd"
    ASKED = "asked"
    EXPLAINED = "explained"


WAITING = (LookState.ODD, LookState.ASKED)
"""The states in which somebody still has to do something."""


def asking_refusal(who: str, by: str, state: LookState, *, explains: bool) -> str | None:
    """Return the sentence that refuses to ask or to explain, or None where it may be done.

    Args:
        who: who looked, as the audit log has it.
        by: who asks or explains, likewise.
        state: how far it has come.
        explains: whether it is to be explained; else it is to be asked about.
    """
    if by == who:
        return "That was you; somebody else asks about it, and writes down what you say."
    if explains and state is LookState.EXPLAINED:
        return "It is explained already; ask about it again if something is open."
    if not explains and state is LookState.ASKED:
        return "It was asked about already; write down what was said."
    return None

"""How far a move has come."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class MoveStep(StrEnum):
    """A part of the move, in the order in which they are done."""

    LOOK = "looking at what is there"
    OBJECTS = "copying footage"
    CHECKPOINTS = "copying checkpoints of the audit log"
    TABLES = "copying tables"
    COMPARE_TABLES = "comparing tables"
    COMPARE_OBJECTS = "comparing footage"
    LOG = "verifying the audit log where it is now"
    DONE = "done"


Progress = Callable[[MoveStep, int, int], None]
"""Is told before each piece of a step: how many pieces are done, and how many there are."""

"""After which entries the log gets a checkpoint at once, and not only with the next day's. Pure."""

from __future__ import annotations

MOMENTOUS_VERBS = frozenset(
    {
        *("delete", "delete-again", "deleted", "destroy-keys"),
        *("download", "export", "fetch", "hand-over", "release"),
    }
)
"""The last word of what removes something for good, or gives it out of the fleet's hands."""


def asks_for_checkpoint(action: str) -> bool:
    """Say whether an entry of this action should be in a checkpoint soon.

    >>> asks_for_checkpoint("footage:recording:export"), asks_for_checkpoint("people:session:start")
    (True, False)
    """
    return action.rpartition(":")[2] in MOMENTOUS_VERBS

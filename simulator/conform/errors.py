"""What ends the trying of one rule, and nothing else."""

from __future__ import annotations


class BrokenRuleError(Exception):
    """The rule that is being tried does not hold."""


class NotLookedAtError(Exception):
    """The rule cannot be tried here; the message says why.

    Attributes:
        asked: Whether it was asked for; what needs more than was given is not.
    """

    def __init__(self, why: str, *, asked: bool = False) -> None:
        super().__init__(why)
        self.asked = asked

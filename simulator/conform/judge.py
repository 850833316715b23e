"""All rules in their order, tried one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.conform.access import ACCESS, LAST
from simulator.conform.joining import FIRST
from simulator.conform.messages import MESSAGES
from simulator.conform.receipts import RECEIPTS
from simulator.conform.uploads import UPLOADS
from simulator.errors import CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.conform.attempt import TriedRule
    from simulator.conform.visit import Visit
    from simulator.oracle.check import Check

TRIED: Final[tuple[TriedRule, ...]] = (*FIRST, *ACCESS, *UPLOADS, *RECEIPTS, *MESSAGES, *LAST)


def try_all(
    visit: Visit, *, cancelled: Callable[[], bool] = lambda: False, done: Callable[[], None] = lambda: None
) -> Iterator[Check]:
    """Try every rule.

    Args:
        visit: The fleet.
        cancelled: Asked before each; once it says so, trying ends.
        done: Called after each.

    Raises:
        CancelledError: Trying was ended.
    """
    for each in TRIED:
        if cancelled():
            raise CancelledError(f"Stopped before the rule {each.rule.name} was tried.")
        yield each.attempt(visit)
        done()

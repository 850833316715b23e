"""Whoever comes with a link that is not good is written down: with what was wrong with it, never with it.

A link that somebody guesses, or uses a second time, shows in the log with the address that it came from. How
many have an entry of their own is bounded, as for every refusal (``fleet.audit.refusing``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

from fastapi import Request

from fleet.core.actor import ANONYMOUS
from fleet.core.problems import ProblemError
from fleet.people.services import PEOPLE
from fleet.people.sessions import origin_of

_NOT_GOOD: Final = frozenset({404, 410})  # not known; expired, used or withdrawn


@contextlib.contextmanager
def noting_bad_links(request: Request) -> Iterator[None]:
    """Write down what refuses a link within the block, and let it through."""
    try:
        yield
    except ProblemError as problem:
        if problem.status in _NOT_GOOD:
            somebody = ANONYMOUS.at(origin_of(request).address)
            PEOPLE(request).refusals.write(somebody, "people:link:refuse", "", detail={"code": problem.code})
        raise

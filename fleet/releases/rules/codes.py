"""The link and the code by which a release is fetched. Pure: time and randomness come from the caller.

Rules:
- the link names 32 random bytes, the code ten characters of 32 (50 bits): neither can be guessed, and they
  go to the recipient by two ways, none of them e-mail;
- one that was given out at a time that lies ahead was so by a clock that was wrong, and is over;
- a link is good until it expires, was ended, was fetched as often as was allowed, or got ``MOST_WRONG`` wrong
  codes: then nobody tries further, whoever they are, and staff give out a new one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No digit or letter that is taken for another: 0 and O, 1 and I."""
CODE_LENGTH = 10
MOST_WRONG = 10
MOST_FETCHES = 5
AHEAD = timedelta(minutes=5)
"""By so much the clocks of two processes may differ."""
_GROUP = 5


class LinkState(StrEnum):
    """What a link is good for."""

    GOOD = "good"
    EXPIRED = "expired"
    AHEAD = "ahead"
    ENDED = "ended"
    USED = "used"
    WORN = "worn"


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What the rules look at.

    Attributes:
        made: when it was given out.
        expires: until when it is good.
        ended: when somebody ended it, or gave out another; None where nobody has.
        fetched: how often it was fetched.
        allowed: how often it may be.
        wrong: how many wrong codes it got.
    """

    made: datetime
    expires: datetime
    ended: datetime | None
    fetched: int
    allowed: int
    wrong: int


def link_state(facts: LinkFacts, now: datetime) -> LinkState:
    """Say what a link is good for."""
    if facts.ended is not None:
        return LinkState.ENDED
    if facts.wrong >= MOST_WRONG:
        return LinkState.WORN
    if facts.fetched >= facts.allowed:
        return LinkState.USED
    if facts.made - now > AHEAD:
        return LinkState.AHEAD  # by a clock that was wrong: it would be good for as much longer
    return LinkState.GOOD if now < facts.expires else LinkState.EXPIRED


def new_code(random: Callable[[int], bytes]) -> str:
    """Return a code as people are told it: two groups of five.

    >>> new_code(lambda count: bytes(range(count)))
    '23456-789AB'
    """
    code = "".join(ALPHABET[each % len(ALPHABET)] for each in random(CODE_LENGTH))
    return f"{code[:_GROUP]}-{code[_GROUP:]}"


def clean_code(text: str) -> str:
    """Return a code as it is compared: without spaces and dashes, in capitals.

    >>> clean_code(" 23456 789ab ")
    '23456789AB'
    """
    return "".join(text.upper().replace("-", "").split())

"""Every recording is accounted for (L3), as a pure rule.

A camera numbers its recordings 1, 2, 3, … and never uses a number twice. So the highest number that is known,
from an announcement, an upload or the camera's own status, says how many were made; what is not there is
missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FIRST_NUMBER = 1


@dataclass(frozen=True, slots=True)
class Account:
    """How many recordings of a camera were made, received, and have not arrived.

    Attributes:
        made: numbers that the camera has used, as far as anybody knows.
        received: of them, those that are held, verified and receipted.
        arriving: of them, those that are announced, uploading, or being verified.
        failed: of them, those that arrived and did not verify.
        stopped: of them, those of which a person said that no more will come.
        unconfirmed: of them, those under which no recording was acknowledged, as the camera signed in a later
            one: its card never confirmed them, and nothing of them arrived.
        deleted: of them, those that were deleted here, once their time was over.
        missing: the numbers of which nothing has arrived, in order; at most ``limit`` of them are listed.
        missing_count: how many those are.
    """

    made: int
    received: int
    arriving: int
    failed: int
    stopped: int
    unconfirmed: int
    deleted: int
    missing: tuple[int, ...]
    missing_count: int


def account(
    *,
    received: Iterable[int],
    arriving: Iterable[int] = (),
    failed: Iterable[int] = (),
    stopped: Iterable[int] = (),
    unconfirmed: Iterable[int] = (),
    deleted: Iterable[int] = (),
    highest: int = 0,
    limit: int = 100,
) -> Account:
    """Count a camera's recordings by number.

    Args:
        received: numbers that are held.
        arriving: numbers on their way.
        failed: numbers that did not verify.
        stopped: numbers of which a person said that no more will come.
        unconfirmed: numbers of which a later recording says that they were never confirmed.
        deleted: numbers that were deleted here.
        highest: the highest number that the camera says it has used; 0 when it says nothing.
        limit: the most missing numbers to list.

    >>> account(received=[1, 2], arriving=[4]).missing
    (3,)
    """
    held, moving, bad = frozenset(received), frozenset(arriving), frozenset(failed)
    ended, gone = frozenset(stopped), frozenset(deleted)
    arrived = held | moving | bad | ended | gone
    made = max([highest, *arrived], default=0)
    never = frozenset(number for number in unconfirmed if 1 <= number <= made) - arrived
    known = arrived | never
    count = 0
    listed: list[int] = []
    previous = FIRST_NUMBER - 1
    for number in [*sorted(known), made + 1]:
        gap = number - previous - 1
        count += gap
        listed.extend(range(previous + 1, min(number, previous + 1 + limit - len(listed))))
        previous = number
    return Account(
        made=made,
        received=len(held),
        arriving=len(moving),
        failed=len(bad),
        stopped=len(ended),
        unconfirmed=len(never),
        deleted=len(gone),
        missing=tuple(listed),
        missing_count=count,
    )

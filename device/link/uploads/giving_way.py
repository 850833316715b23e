"""Which transfers give way to an incident that is being filmed: a pure decision (L5).

Rules:

- A segment of an earlier recording that is on its way is broken off once one of the incident that is being
  filmed waits. It goes up anew, from its beginning, after the incident: the fleet keeps no half segments.
- Only where it costs more to wait: on a link on which a segment takes no longer than ``SLOW_S`` the transfer
  is over before a new connection would have been of use.
- Nothing else gives way: questions, ledgers and receipts are small, and what belongs to the incident itself
  is ordered by ``device.link.uploads.order``, which never takes back what it began.

It breaks nothing off itself: ``device.link.uploads.steps`` does, between two blocks. What the system's send
buffer holds by then still goes out, which ``device.link.fleet_http`` keeps small.

Example:
    >>> under_way = {SendSegment(3, "a.seg"): 9.0}
    >>> giving_way([SendSegment(4, "x.seg")], under_way, incident=frozenset({4}), slow=False)
    frozenset({SendSegment(number=3, name='a.seg')})
    >>> under_way = {SendSegment(3, "a.seg"): 0.5}
    >>> giving_way([SendSegment(4, "x.seg")], under_way, incident=frozenset({4}), slow=False)
    frozenset()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device.link.uploads.plan import SendSegment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from device.link.uploads.plan import Step

SLOW_S: Final = 2.0
"""A link on which a segment takes longer than this, with no other beside it, is slow."""


class GaveWayError(Exception):
    """A transfer was broken off for one that matters more; nothing is wrong with either."""


def giving_way(
    waiting: Iterable[Step], under_way: Mapping[SendSegment, float], *, incident: AbstractSet[int], slow: bool
) -> frozenset[SendSegment]:
    """Say which transfers to break off.

    Args:
        waiting: the steps that nobody could be given to yet.
        under_way: the segments on their way, and for how many seconds each has been.
        incident: the numbers of the recordings of the incident that is being filmed; empty where none is.
        slow: whether the link is known to be slow, or nothing is known of it.
    """
    if not any(isinstance(step, SendSegment) and step.number in incident for step in waiting):
        return frozenset()
    first = min(incident)
    return frozenset(
        step for step, taken_s in under_way.items() if step.number < first and (slow or taken_s > SLOW_S)
    )

"""When what a line passes on arrives. Pure: time and chance are passed in.

Rules:

* Bytes arrive in order, as TCP delivers them: nothing overtakes.
* A piece that is lost is sent again after 200 ms, and twice as long each time it is lost again, as Linux does
  (RFC 6298, with Linux's least wait). What comes after it waits for it.
* A rate is shared by all that go over the same wire.

It loses no bytes: a connection that passes some of its bytes only is no TCP connection.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.network.conditions import ENDING, LineState

if TYPE_CHECKING:
    from random import Random

    from simulator.network.conditions import LineConditions

PIECE = 65_536
PIECES_A_SECOND = 20
"""Of a line with a rate: fine enough that a small message does not wait behind a large one."""
RESENT_S = 0.2
RESENDS = 8
"""A piece that is lost more often than that arrives all the same."""


def piece(conditions: LineConditions) -> int:
    """Return how many bytes go together."""
    rate = conditions.bytes_per_s
    most = PIECE if rate is None else max(1, int(rate / PIECES_A_SECOND))
    return most if conditions.slice_bytes is None else min(most, conditions.slice_bytes)


def sent(conditions: LineConditions, size: int, now_s: float, free_s: float) -> float:
    """Return when a piece is on its way whole, by the clock of ``now_s``.

    Args:
        conditions: What the line is like.
        size: The piece's bytes.
        now_s: When it was ready to be sent.
        free_s: When the wire is free.
    """
    rate = conditions.bytes_per_s
    return now_s if rate is None else max(now_s, free_s) + size / rate


def arrives(conditions: LineConditions, sent_s: float, before_s: float, draw: Random) -> float:
    """Return when a piece arrives.

    Args:
        conditions: What the line is like.
        sent_s: When it was sent.
        before_s: When the piece before it arrives, on the same connection and the same way.
        draw: Draws jitter and loss.
    """
    under_way_s = conditions.latency_s
    if conditions.jitter_s:
        under_way_s += draw.uniform(-conditions.jitter_s, conditions.jitter_s)
    if conditions.loss:
        under_way_s += resent(conditions.loss, draw)
    return max(sent_s + under_way_s, before_s + conditions.slice_delay_s)


def resent(loss: float, draw: Random) -> float:
    """Return how much later a piece arrives because it is lost, perhaps more than once."""
    times = 0
    while times < RESENDS and draw.random() < loss:
        times += 1
    return RESENT_S * float(2**times - 1)


def blocked(conditions: LineConditions, for_s: float) -> float:
    """Return for how many seconds more nothing passes; 0 where it passes now, infinity until it is changed.

    Args:
        conditions: What the line is like.
        for_s: For how long it has been.
    """
    if conditions.state is LineState.CUT or conditions.state in ENDING:
        return math.inf
    if conditions.state is not LineState.FLAPPING:
        return 0.0
    period_s = conditions.up_s + conditions.down_s
    into_s = for_s % period_s
    return 0.0 if into_s < conditions.up_s else period_s - into_s

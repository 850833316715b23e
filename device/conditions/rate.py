"""Whether as many pictures or samples come as the source states. Pure."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from device.conditions.hysteresis import Hysteresis, Over, Patience
from protocol.footage.ledger.conditions import ConditionKind, ConditionSpan
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from protocol.footage.format.model import Track

SLOW_BELOW: Final = 0.8
"""Share of what is stated. A camera that halves its rate in the dark has 0.5, one that drops pictures now and
then 0.97."""

STILL_SLOW_BELOW: Final = 0.9
"""The same once it is slow."""

_SPAN_NS: Final = 3 * NS_PER_S
_LOOK_NS: Final = NS_PER_S
_PATIENCE: Final = Patience(hold_ns=4 * NS_PER_S, clear_ns=2 * NS_PER_S)
_LIKELY_FPS: Final = (0.1, 240.0)


class Rate:
    """Counts what comes of one track.

    Args:
        track: Which.
        stated: How many a second the source states; None where that is not known, or comes with what comes.
    """

    def __init__(self, track: Track, stated: float | None) -> None:
        known = stated is not None and _LIKELY_FPS[0] <= stated <= _LIKELY_FPS[1]
        self._track = track
        self._stated = stated if known else None
        self._follow = Hysteresis(_PATIENCE)
        self._came: deque[tuple[int, int]] = deque()
        self._next_ns: int | None = None

    def take(self, at_ns: int, count: int, stated: float | None = None) -> list[ConditionSpan]:
        """Take it that so many came, of so many a second that are stated.

        Args:
            at_ns: When the first of them was captured.
            count: How many.
            stated: How many a second are stated, where that comes with them.
        """
        stated = stated or self._stated
        if stated is None:
            return []
        self._came.append((at_ns, count))
        if self._next_ns is None:
            self._next_ns = at_ns + _SPAN_NS
        if at_ns < self._next_ns:
            return []
        self._next_ns = at_ns + _LOOK_NS
        while len(self._came) > 2 and self._came[1][0] <= at_ns - _SPAN_NS:  # noqa: PLR2004 - two make a span
            self._came.popleft()
        start_ns = self._came[0][0]
        came = sum(each for _, each in self._came) - count  # those that just came begin what follows
        rate = came * NS_PER_S / max(1, at_ns - start_ns)
        slow = rate < stated * (STILL_SLOW_BELOW if self._follow.active else SLOW_BELOW)
        change = self._follow.look(start_ns, at_ns, slow)
        if change is None:
            return []
        end = change.end_ns if isinstance(change, Over) else None
        return [ConditionSpan(self._track, ConditionKind.SLOW, change.start_ns, end)]

    def finish(self) -> list[ConditionSpan]:
        """Nothing more comes: what lasted is over."""
        self._came.clear()
        self._next_ns = None
        over = self._follow.finish()
        if over is None:
            return []
        return [ConditionSpan(self._track, ConditionKind.SLOW, over.start_ns, over.end_ns)]

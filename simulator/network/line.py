"""One camera's line: what it is like for each kind of connection, each way.

Rules:

* It may be changed from any thread, and is seen to be changed at once.
* What was on its way when it changed arrives as it would have, as far as the line then lets it pass.
"""

from __future__ import annotations

import asyncio
import math
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

from simulator.network.conditions import ENDING, LineConditions, LineState
from simulator.network.schedule import arrives, blocked, piece, sent

if TYPE_CHECKING:
    from collections.abc import Iterable


class Traffic(StrEnum):
    """What a connection is for."""

    UPLOADS = "uploads"
    MESSAGES = "messages"


class Way(StrEnum):
    """Which way: from the camera, or to it."""

    UP = "up"
    DOWN = "down"


class Wire:
    """What shares a rate. Used in the loop's thread alone."""

    def __init__(self) -> None:
        self.free_s = 0.0


class OneWay:
    """One way of one kind of connection."""

    def __init__(self, loop: asyncio.AbstractEventLoop, draw: Random) -> None:
        self._loop = loop
        self._draw = draw
        self._changed = asyncio.Event()
        self._since_s = 0.0
        self._wire = Wire()
        self.conditions = LineConditions()

    def change(self, conditions: LineConditions, wire: Wire) -> None:
        """Be like this from now on; from any thread."""
        self.conditions = conditions
        self._loop.call_soon_threadsafe(self._begin, wire)

    def _begin(self, wire: Wire) -> None:
        self._since_s, self._wire = self._loop.time(), wire
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    @property
    def piece(self) -> int:
        """How many bytes to take at a time."""
        return piece(self.conditions)

    async def send(self, size: int) -> float:
        """Return, once a piece is on its way whole, when that was."""
        now_s = self._loop.time()
        done_s = sent(self.conditions, size, now_s, self._wire.free_s)
        if done_s > now_s:
            self._wire.free_s = done_s
            await asyncio.sleep(done_s - now_s)
        return done_s

    def arrives(self, sent_s: float, before_s: float) -> float:
        """Return when what was sent then arrives, by the loop's clock."""
        return arrives(self.conditions, sent_s, before_s, self._draw)

    async def passes(self) -> None:
        """Return once the line lets something pass, or ends connections."""
        while self.conditions.state not in ENDING:
            changed = self._changed
            wait_s = blocked(self.conditions, self._loop.time() - self._since_s)
            if not wait_s:
                return
            await _either(changed, wait_s)

    async def ends(self) -> LineState:
        """Return the state in which no connection goes on, once it is like that."""
        while (state := self.conditions.state) not in ENDING:
            await self._changed.wait()
        return state

    async def is_over(self, state: LineState) -> None:
        """Return once it is in another state."""
        while self.conditions.state is state:
            await self._changed.wait()


class ProxiedLine:
    """One camera's line. All methods may be called from any thread.

    Args:
        loop: What carries its connections.
        seed: The same draws the same jitter and loss.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, seed: str = "") -> None:
        draw = Random(f"line {seed}")  # noqa: S311 - seeded chance of a test, not a secret
        self._lanes = {(each, way): OneWay(loop, draw) for each in Traffic for way in Way}

    @property
    def state(self) -> LineState:
        """What it is like; ``bad`` where it is not the same for everything."""
        states = {each.conditions.state for each in self._lanes.values()}
        return states.pop() if len(states) == 1 else LineState.BAD

    def lane(self, traffic: Traffic, way: Way) -> OneWay:
        """Return one way of one kind of connection."""
        return self._lanes[traffic, way]

    def change(
        self,
        conditions: LineConditions,
        traffic: Iterable[Traffic] = tuple(Traffic),
        ways: Iterable[Way] = tuple(Way),
    ) -> None:
        """Be like this from now on, for these connections and these ways; the rest stays as it is."""
        wire = Wire()
        wanted = [(each, way) for each in traffic for way in ways]
        for each in wanted:
            self._lanes[each].change(conditions, wire)

    def good(self) -> None:
        """Pass everything on at once."""
        self.change(LineConditions())

    def slow(self, kbit_s: int) -> None:
        """Pass on no more than ``kbit_s`` thousand bits a second, of all connections and both ways."""
        self.change(LineConditions(LineState.SLOW, kbit_s=kbit_s))

    def cut(self) -> None:
        """Pass nothing on."""
        self.change(LineConditions(LineState.CUT))


async def _either(changed: asyncio.Event, wait_s: float) -> None:
    """Wait until a change, and no longer than so many seconds."""
    try:
        await asyncio.wait_for(changed.wait(), None if math.isinf(wait_s) else wait_s)
    except TimeoutError:
        return

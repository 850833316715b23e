"""All light cameras at work in one process, while another watches the fleet.

Rule: the load is over when the fleet has signed for everything that was sent, or when it takes too long, or
when somebody asks to stop; then everybody says goodbye.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.load.light import set_within
from simulator.load.seen import LoadSample, LoadTime

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from simulator.load.light import LightCamera
    from simulator.load.plan import PlannedCamera
    from simulator.load.seen import LoadSeen

WATCH_EVERY_S: Final = 0.25
"""Pause between two looks at the list: by so much, and by how long a look takes, a time may be too long."""
LOOK_S: Final = 0.2
WATCHER_S: Final = 120.0
"""So long may the watcher take to start; without it what it would have seen is not evaluated."""


@dataclass(frozen=True, slots=True)
class WatchedFleet:
    """What the watcher needs.

    Attributes:
        url: The dashboard's address.
        token: A bearer token.
        authority: The authority's certificate (PEM).
    """

    url: str
    token: str
    authority: str


@dataclass(slots=True)
class Crowd:
    """Light cameras, and what each of them is to do.

    Attributes:
        cameras: The cameras.
        planned: What each does, in the same order.
        fleet: What the watcher watches.
        seen: Gets what is seen.
        begin: Has times counted from now on.
        now: Seconds since the load began.
        settle_s: So long may the fleet take after the last press.
    """

    cameras: Sequence[LightCamera]
    planned: Sequence[PlannedCamera]
    fleet: WatchedFleet
    seen: LoadSeen
    begin: Callable[[], None]
    now: Callable[[], float]
    settle_s: float
    _watched: asyncio.Event = field(default_factory=asyncio.Event)
    _begun: bool = False

    def run(self, stopping: threading.Event) -> None:
        """Do it all, and return when it is over."""
        asyncio.run(self._run(stopping))

    async def _run(self, stopping: threading.Event) -> None:
        over = asyncio.Event()
        watcher = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "simulator.load.watching",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=2**26,
        )
        watching = asyncio.create_task(self._hear(watcher))
        # What happened before it looks for the first time would seem to have taken as long as its start.
        await set_within(self._watched, WATCHER_S)
        self.begin()
        self._begun = True
        pairs = list(zip(self.cameras, self.planned, strict=True))
        keeping = [asyncio.create_task(self._keep(each, plan, over)) for each, plan in pairs]
        recording = [
            asyncio.create_task(self._record(each, at_s, number))
            for each, plan in pairs
            for number, at_s in enumerate(plan.press_s)
        ]
        try:
            await self._until_settled(recording, stopping)
        finally:
            over.set()
            for task in recording:
                task.cancel()
            await asyncio.gather(*keeping, *recording, return_exceptions=True)
            if watcher.stdin is not None:
                watcher.stdin.close()
            await asyncio.gather(watching, watcher.wait(), return_exceptions=True)

    async def _until_settled(
        self, recording: Sequence[asyncio.Task[None]], stopping: threading.Event
    ) -> None:
        last_s = max((at for plan in self.planned for at in (plan.connect_s, *plan.press_s)), default=0.0)
        ends = [plan.cut_s for plan in self.planned if plan.cut_s is not None]
        last_s = max(last_s, *ends, last_s)
        while not stopping.is_set() and self.now() < last_s + self.settle_s:
            done = all(task.done() for task in recording) and self.now() > last_s + LOOK_S
            if done and self._all_there():
                return
            await asyncio.sleep(LOOK_S)

    def _all_there(self) -> bool:
        """Whether all that was sent is held, and whoever was cut off is back."""
        sent = {known for known, each in self.seen.recordings.items() if each.sent_s is not None}
        back = self.seen.count(LoadTime.RECONNECTED) >= self.seen.to_cut
        return back and sent <= self.seen.held.keys() and self._connected()

    def _connected(self) -> bool:
        return self.seen.count(LoadTime.CONNECTED) >= len(self.cameras)

    async def _keep(self, camera: LightCamera, plan: PlannedCamera, over: asyncio.Event) -> None:
        if not await set_within(over, max(0.0, plan.connect_s - self.now())):
            await camera.stay_connected(plan.cut_s, over)

    async def _record(self, camera: LightCamera, at_s: float, number: int) -> None:
        await asyncio.sleep(max(0.0, at_s - self.now()))
        await camera.record(camera.footage[number])

    async def _hear(self, watcher: asyncio.subprocess.Process) -> None:
        """Take in what the watcher says, until it ends."""
        if watcher.stdin is None or watcher.stdout is None:
            return
        told = {"url": self.fleet.url, "token": self.fleet.token, "authority": self.fleet.authority}
        watcher.stdin.write(json.dumps({**told, "every_s": WATCH_EVERY_S}).encode() + b"\n")
        await watcher.stdin.drain()
        async for line in watcher.stdout:
            self._watched.set()
            if not self._begun:
                continue
            said = json.loads(line)
            at_s = said["at"] - (time.monotonic() - self.now())
            if "error" in said:
                self.seen.errors.append(f"the list could not be asked for: {said['error']}")
                continue
            self.seen.samples.append(LoadSample(LoadTime.ASKED, at_s, said["took"]))
            for known, ids in ((self.seen.listed, said["listed"]), (self.seen.held, said["held"])):
                known.update({each: at_s + said["took"] for each in ids if each in self.seen.recordings})
        self._watched.set()  # also where it ended without a word

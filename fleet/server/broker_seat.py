"""Which process has the broker: of several the one that claims it, and the next one when that ends.

Rules:
- there is one broker, and one client that hears the cameras: in the process that holds the claim;
- the others look every ``LOOK_S`` whether it is free. Whoever takes it over starts a broker of its own, on
  the same port: cameras connect anew, and what the fleet wants of them is published again;
- a process that has lost its claim, as when the database was away, stops its broker before it asks for it
  again;
- at the start of a process that has the claim, a broker that does not come up stops the start; later it is
  tried again.

What cameras said to the broker of a process that died, and that nobody had kept, waits there until that
process has the broker again; where its machine died, the last half minute may be gone. Nothing depends on it,
for recordings come with all that belongs to them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

from fleet.cameras.broker_link import BrokerLink
from fleet.core.errors import BrokerError
from fleet.core.tasks import beside
from fleet.processes.claims import ClaimKey, Claims
from fleet.server.broker import Broker

log = logging.getLogger(__name__)

LOOK_S = 1.0

Open = Callable[[], AbstractAsyncContextManager[Broker]]
"""Runs a broker, and all that needs it, for the length of a block."""


class BrokerSeat:
    """Runs the broker while this process has the claim on it."""

    def __init__(self, claims: Claims, link: BrokerLink, run: Open, *, look_s: float = LOOK_S) -> None:
        """Prepare it.

        Args:
            claims: what this process has claimed.
            link: is told where the broker is.
            run: runs it.
            look_s: seconds between two looks at the claim.
        """
        self._claims = claims
        self._link = link
        self._run = run
        self._look_s = look_s
        self._broker: Broker | None = None

    @contextlib.asynccontextmanager
    async def running(self, failed: Callable[[], None] | None = None) -> AsyncIterator[None]:
        """Have the broker whenever it is this process's, for the length of the block.

        Raises:
            BrokerError: it is this process's, and does not come up.
        """
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        async with beside(self._keep(begun), failed=failed):
            await begun
            yield

    async def _keep(self, begun: asyncio.Future[None]) -> None:
        while True:
            if not await asyncio.to_thread(self._claims.take, ClaimKey.BROKER):
                self._link.is_elsewhere()
                if not begun.done():
                    log.info("Another process of this fleet has the broker.")
                    begun.set_result(None)
            else:
                try:
                    await self._have(begun)
                except Exception as error:
                    if not begun.done():
                        begun.set_exception(error)
                        return
                    if not isinstance(error, BrokerError):
                        raise
                    log.error("%s", error)  # noqa: TRY400 - the sentence is all there is to know
                await asyncio.to_thread(self._claims.leave, ClaimKey.BROKER)
            await asyncio.sleep(self._look_s)

    async def _have(self, begun: asyncio.Future[None]) -> None:
        """Run the broker until the claim on it is lost."""
        async with self._run() as broker:
            self._broker = broker
            try:
                if begun.done():
                    log.info("This process has the broker now.")
                else:
                    begun.set_result(None)
                await self._until_lost()
                log.warning("This process has lost its claim on the broker.")
            finally:
                self._broker = None

    async def _until_lost(self) -> None:
        if not self._claims.is_shared:
            await asyncio.Event().wait()
        while await asyncio.to_thread(self._claims.holds, ClaimKey.BROKER):  # noqa: ASYNC110 - a database is asked
            await asyncio.sleep(self._look_s)

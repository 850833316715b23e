"""The worker that links recordings to visits: when told of either, and every minute.

What is to be linked is found by looking at the tables, so that nothing is lost with this worker. One for each
process: the row of a link is made once, whoever makes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from fleet.core.database import reason
from fleet.core.live import Subscription
from fleet.core.services import Services
from fleet.core.tasks import beside
from fleet.visits.links import link_block

log = logging.getLogger(__name__)

PAUSE_S, ROUND_S = 5.0, 60.0


class VisitLinker:
    """Links recordings to visits; ``running`` is a worker."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Link for the length of the block."""
        async with beside(self._watch()):
            yield

    def link_all(self) -> None:
        """Link all that can be linked now."""
        after: int | None = 0
        while after is not None:
            with self._services.sessions.begin() as session:
                after = link_block(session, self._services.clock(), after)

    async def _watch(self) -> None:
        async with self._services.live.subscribe() as hints:
            while True:
                await asyncio.sleep(PAUSE_S)
                try:
                    await asyncio.to_thread(self.link_all)
                except IntegrityError:
                    log.debug("Another process linked the same recording.")
                except SQLAlchemyError as error:
                    log.warning(
                        "Recordings are not linked to visits now: %s. It is tried again.", reason(error)
                    )
                try:
                    await _something(hints)
                except StopAsyncIteration:
                    return


async def _something(hints: Subscription) -> None:
    """Wait until a recording or a visit changed, or a minute.

    Raises:
        StopAsyncIteration: the bus closed.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ROUND_S):
            while (await anext(hints)).topic not in {"recording", "visit", ""}:
                pass

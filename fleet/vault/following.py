"""Following what other processes seal by hand, and lift: by hints, and every few seconds without any."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Final

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from fleet.core.database import reason
from fleet.core.live import RESYNC, Live
from fleet.core.tasks import beside
from fleet.vault.by_hand.seals import TOPIC
from fleet.vault.vault import Vault

log = logging.getLogger(__name__)

LOOK_S: Final = 5.0
"""How often it looks where no hint comes: a connection that carries none does not keep a vault open."""


class SealFollowing:
    """Has the vault of this process sealed when another was, for as long as the service runs."""

    def __init__(self, live: Live, vault: Vault, *, look_s: float = LOOK_S) -> None:
        """Prepare it.

        Args:
            live: brings hints.
            vault: of this process.
            look_s: seconds from one look to the next where no hint comes.
        """
        self._live = live
        self._vault = vault
        self._look_s = look_s

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow for the length of the block."""
        async with beside(self._follow()):
            yield

    async def _follow(self) -> None:
        async with self._live.subscribe() as hints:
            loop = asyncio.get_running_loop()
            due = loop.time() + self._look_s
            while True:
                try:
                    async with asyncio.timeout_at(due):
                        hint = await anext(hints)
                except TimeoutError:
                    hint = RESYNC
                except StopAsyncIteration:
                    return
                if hint is RESYNC or hint.topic == TOPIC or loop.time() >= due:
                    await self._look()
                    due = loop.time() + self._look_s

    async def _look(self) -> None:
        try:
            await run_in_threadpool(self._vault.follow)
        except SQLAlchemyError as error:
            log.warning("Whether the vault was sealed by hand elsewhere is not known: %s", reason(error))
        except OSError as error:
            log.warning("That the vault was sealed by hand is not kept in its folder: %s", error)

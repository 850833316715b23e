"""The watch: looks again and again, so that alerts are raised and resolved although nobody looks at a page.

It looks soon after something changed, and at least every half a minute, since silence changes things too.
A look that fails is logged and done again; it stops nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

from fleet.alerts.register import TOPIC, forget_old
from fleet.alerts.services import AlertServices
from fleet.core.live import Subscription
from fleet.core.tasks import beside

log = logging.getLogger(__name__)

PAUSE_S = 5.0
"""Between two looks, however much changes."""
LONGEST_S = 25.0
"""A look that nothing asked for comes after so many seconds more."""
TIDY_EVERY = 100
"""Looks; old alerts are forgotten about once an hour."""


class AlertWatch:
    """Keeps the alerts as things are; ``running`` is a worker."""

    def __init__(self, alerts: AlertServices) -> None:
        self._alerts = alerts
        self._rounds = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look for the length of the block."""
        async with beside(self._watch()):
            yield

    def round(self) -> None:
        """Look once, and forget what is old when it is time."""
        self._alerts.bring_up_to_date()
        if self._rounds % TIDY_EVERY == 0:
            self._forget()
        self._rounds += 1

    async def _watch(self) -> None:
        async with self._alerts.core.live.subscribe() as hints:
            while True:
                await asyncio.sleep(PAUSE_S)
                try:
                    await asyncio.to_thread(self.round)
                except Exception:
                    log.exception("Looking for alerts failed; it is done again.")
                try:
                    await _something(hints, LONGEST_S)
                except StopAsyncIteration:
                    return

    def _forget(self) -> None:
        core = self._alerts.core
        before = core.clock() - timedelta(days=core.config.alerts.keep_days)
        with core.sessions.begin() as session:
            forget_old(session, before)


async def _something(hints: Subscription, longest_s: float) -> None:
    """Wait until something changed, or long enough.

    Raises:
        StopAsyncIteration: the bus closed.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(longest_s):
            while (await anext(hints)).topic == TOPIC:
                pass  # what the watch itself has changed is no reason to look

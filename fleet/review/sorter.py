"""The worker that has the rules look at recordings and viewings: when told of any, and every minute.

What is to be looked at is found by comparing tables (``sorting``), so that nothing is lost with this worker:
a hint only makes it sooner. A database that does not answer is asked again at the next round.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Collection
from datetime import datetime, time

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from fleet.core.config import ReviewSection
from fleet.core.database import reason
from fleet.core.live import RESYNC, Subscription
from fleet.core.services import Services
from fleet.core.tasks import beside
from fleet.footage.recordings.rows import TOPIC as RECORDING
from fleet.incidents.service import TOPIC as INCIDENT
from fleet.review.draw_key import Draw
from fleet.review.looks import sort_looks, unsorted
from fleet.review.rules.oddness import OddityLimits
from fleet.review.sorting import Sorting, sort, stale

log = logging.getLogger(__name__)

ROUND_S = 60.0
_REST_S = 0.25
"""For so long at least hints are gathered after a look: what arrives is told of with each of its segments."""
_REST_TIMES = 4
"""So many times as long as a block took the next one waits: what cameras say is heard first, however much is
to be looked at, and nobody waits for a review by the second."""


def limits_of(section: ReviewSection) -> OddityLimits:
    """Return from when on a viewing is odd, by the configuration."""
    return OddityLimits(
        begins=time.fromisoformat(section.hours_begin),
        ends=time.fromisoformat(section.hours_end),
        days=frozenset(section.days),
        many=section.many,
        many_minutes=section.many_minutes,
        again=section.again,
        again_days=section.again_days,
    )


class ReviewSorter:
    """Sorts recordings into those that are to be reviewed and others. One for each process."""

    def __init__(self, services: Services, draw: Draw, *, round_s: float = ROUND_S) -> None:
        config = services.config
        self._services = services
        self._by = Sorting(draw, config.review.due_days, config.site.time_zone)
        self._limits = limits_of(config.review)
        self._round_s = round_s
        self._turn = threading.Lock()
        self._through: datetime | None = None

    @property
    def through(self) -> datetime | None:
        """When the rules had looked at everything as it was then, for the last time; None before that."""
        return self._through

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Sort for the length of the block."""
        async with self._services.live.subscribe() as hints, beside(self._rounds(), self._follow(hints)):
            yield

    def sort_all(self, among: Collection[str] | None = None) -> None:
        """Have the rules look at every recording that they have not looked at as it is now.

        Args:
            among: only at those of these ids; None for all.
        """
        begun = self._services.clock()
        last: int | None = 0
        while last is not None:
            last = self.sort_block(last, among)
        while self.sort_looks_block():
            pass
        self._note_through(begun, among)

    def sort_looks_block(self) -> int:
        """Have the rules look at some viewings, and return at how many."""
        with self._turn:
            with self._services.readers() as session:
                if not unsorted(session, limit=1):
                    return 0
            with self._services.sessions.begin() as session:
                return sort_looks(session, self._limits, self._by.zone)

    def sort_block(self, after: int = 0, among: Collection[str] | None = None) -> int | None:
        """Have them look at some, and return the last of their rows; None where there was none."""
        with self._turn:
            with self._services.readers() as session:
                if not stale(session, among=among, after=after, limit=1):
                    return None
            with self._services.sessions.begin() as session:
                return sort(session, self._by, among=among, after=after)

    async def _rounds(self) -> None:
        while True:
            await self._until_done(None)
            await asyncio.sleep(self._round_s)

    async def _follow(self, hints: Subscription) -> None:
        async for first in hints:
            told, rest_s = [first, *hints.waiting()], 0.0
            among = [hint.subject for hint in told if hint.topic == RECORDING]
            if any(hint == RESYNC or hint.topic == INCIDENT for hint in told):
                rest_s = await self._until_done(None)
            elif among:
                rest_s = await self._until_done(among)
            else:
                continue
            await asyncio.sleep(max(_REST_S, rest_s))

    async def _until_done(self, among: Collection[str] | None) -> float:
        """Sort block by block, and return for how long to rest then; what fails is left to the next round."""
        begun, rest_s = self._services.clock(), 0.0
        last: int | None = 0
        try:
            while last is not None:
                await asyncio.sleep(rest_s)
                began = _seconds()
                last = await run_in_threadpool(self.sort_block, last, among)
                rest_s = _REST_TIMES * (_seconds() - began)
            while await run_in_threadpool(self.sort_looks_block):
                pass
            self._note_through(begun, among)
        except SQLAlchemyError as error:
            said = "Not all recordings and viewings were sorted for reviews; the next round tries again: %s"
            log.warning(said, reason(error))
        except Exception:
            log.exception(
                "Not all recordings and viewings were sorted for reviews; the next round tries again."
            )
        return rest_s

    def _note_through(self, begun: datetime, among: Collection[str] | None) -> None:
        """Note that a look at everything that began then has come to its end."""
        if among is None:
            self._through = begun


def _seconds() -> float:
    """Return seconds that only go forward."""
    return asyncio.get_running_loop().time()

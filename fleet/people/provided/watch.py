"""Asks the provider again and again whether those who signed in through it are still there."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Final

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from fleet.core.database import reason
from fleet.core.tasks import beside
from fleet.people.provided.leaving import check_due
from fleet.people.services import PeopleServices

log = logging.getLogger(__name__)

ROUND_S: Final = 30.0
"""Between two looks at who is due; how often each is asked about is configured."""


@contextlib.asynccontextmanager
async def provider_watch(people: PeopleServices, *, round_s: float = ROUND_S) -> AsyncIterator[None]:
    """Ask beside the block; a database that does not answer is tried again in the next round."""
    async with beside(_watch(people, round_s)):
        yield


async def _watch(people: PeopleServices, round_s: float) -> None:
    while True:
        try:
            await run_in_threadpool(check_due, people)
        except SQLAlchemyError as error:
            log.warning("Who has left the provider is looked at later: %s", reason(error))
        await asyncio.sleep(round_s)

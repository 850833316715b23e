"""The thread that makes checkpoints: daily while the log grows, and soon after what asks for one.

What is due is told by the log and the places, so nothing is lost with the thread: after a start it looks
first. A place that fails is tried again at the next look; a log that does not hold gets no checkpoint, and
``trouble`` says why until it does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fleet.audit.checkpoints.making import CheckpointMaker, Made
from fleet.audit.models import AuditCheckpoint, AuditEntry
from fleet.audit.momentous import asks_for_checkpoint
from fleet.core.database import now, reason
from fleet.core.errors import FleetError
from fleet.core.live import AUDIT, RESYNC, VERIFICATION
from fleet.core.services import Services
from fleet.core.tasks import beside

log = logging.getLogger(__name__)

LOOK_S = 60.0
SPACING_S = 30.0
"""Between two checkpoints, so that ten thousand deletions in a night do not leave as many files."""


class CheckpointSchedule:
    """Makes checkpoints in a thread of its own.

    Attributes:
        maker: makes one.
        trouble: why the last attempt failed; empty when it did not.
        last: the newest that this process made or found; None before that.
    """

    def __init__(
        self,
        services: Services,
        maker: CheckpointMaker,
        *,
        also: tuple[Callable[[], None], ...] = (),
        at_end: tuple[Callable[[], None], ...] = (),
        look_s: float = LOOK_S,
    ) -> None:
        """Prepare the thread.

        Args:
            services: of the core.
            maker: makes checkpoints.
            also: what else is done at each look.
            at_end: what is done as the service stops.
            look_s: seconds between two looks.
        """
        self._services = services
        self._also = also
        self._at_end = at_end
        self.maker = maker
        self.trouble = ""
        self.last: Made | None = None
        self._look_s = look_s
        self._looked = False
        self._wake = threading.Event()
        self._stopping = threading.Event()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Make what is due for the length of the block."""
        thread = threading.Thread(target=self._work, name="checkpoints", daemon=True)
        async with beside(self._listen()):
            thread.start()
            try:
                yield
            finally:
                self._stopping.set()
                self._wake.set()
                for each in self._at_end:
                    await run_in_threadpool(self._do, each)
                await run_in_threadpool(thread.join)

    def step(self) -> Made | None:
        """Make a checkpoint if one is due; None when none is, or it failed (``trouble``)."""
        try:
            with self._services.readers() as session:
                is_due = not self._looked or self._is_due(session)
            self._looked = True
            made = self.maker.make() if is_due else None
        except (FleetError, SQLAlchemyError, OSError) as error:
            why = (
                f"The database failed: {reason(error)}." if isinstance(error, SQLAlchemyError) else str(error)
            )
            if why != self.trouble:  # it is tried again and again, and said once
                log.error("%s", why)  # noqa: TRY400 - the sentence says all there is to say
                self.trouble = why
                self._services.live.publish(VERIFICATION, "")
            return None
        if made is not None:
            self.trouble, self.last = "", made
            self._services.live.publish(VERIFICATION, "")
        return made

    def _is_due(self, session: Session) -> bool:
        if self.trouble:
            return True
        last = session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1)).first()
        if last is None:
            return True
        newer = AuditEntry.number > last.size
        if session.scalar(select(AuditEntry.number).where(newer).limit(1)) is None:
            return False
        hours = self._services.config.audit.checkpoint_hours
        # A clock that was put back must not put the next one off for ever.
        if not timedelta(0) <= now(session) - last.made < timedelta(hours=hours):
            return True
        return any(
            map(asks_for_checkpoint, session.scalars(select(AuditEntry.action).where(newer).distinct()))
        )

    async def _listen(self) -> None:
        async with self._services.live.subscribe() as hints:
            async for hint in hints:
                if hint.topic == AUDIT or hint is RESYNC:
                    self._wake.set()
        await asyncio.Event().wait()  # the bus closed: the block ends this

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            before = self.last
            for each in (self.step, *self._also):
                if not self._stopping.is_set():
                    self._do(each)
            if self.last is not before:
                self._stopping.wait(SPACING_S)
            self._wake.wait(self._look_s)

    def _do(self, what: Callable[[], object]) -> None:
        try:
            what()
        except Exception:
            # It is looked at again; a fault here must not end the service that records.
            log.exception("Something of the audit log could not be done now.")

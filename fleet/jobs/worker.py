"""The thread that does jobs, one after the other, and what makes them.

Rules:
- before each round every *round* is made: what looks what there is to do, and asks for it;
- a job that fails is tried again after a pause, others meanwhile; its row says why it failed, in words;
- a process that stops leaves what it has begun to its lease, unless it gets done first.

It knows no kind of job: whoever puts the service together names who does which.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from fleet.core.database import reason
from fleet.core.errors import FleetError
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.jobs.queue import Lease, LeaseLostError, anything_free, fail, finish, forget_done, renew, take

log = logging.getLogger(__name__)

Handler = Callable[["JobRun"], None]
"""Does a job; it may raise, and be called again for the same job after any part of its work."""
Round = Callable[[], None]

EVERY_S = 60.0
KEPT_DONE = timedelta(days=30)


class WorkerStoppedError(Exception):
    """The service is stopping: the job is left where it stands, and is taken up again."""


class JobRun:
    """A job being done, for whoever does it.

    Attributes:
        lease: what was taken.
        is_over: whether it was finished in a transaction of its own work.
    """

    def __init__(self, lease: Lease, services: Services, stopping: threading.Event) -> None:
        self.lease = lease
        self.is_over = False
        self._services = services
        self._stopping = stopping

    def go_on(self) -> None:
        """Hold the job for longer; called between parts of the work.

        Raises:
            LeaseLostError: another process has it.
            WorkerStoppedError: the service is stopping.
        """
        if self._stopping.is_set():
            raise WorkerStoppedError
        with self._services.sessions.begin() as session:
            renew(session, self.lease)


class JobWorker:
    """Does the jobs of some kinds. ``step`` does what is due without the thread."""

    def __init__(
        self,
        services: Services,
        handlers: Mapping[str, Handler],
        rounds: Sequence[Round],
        *,
        owner: str,
        every_s: float = EVERY_S,
    ) -> None:
        """Prepare the thread.

        Args:
            services: what all share.
            handlers: who does which kind of job.
            rounds: what asks for jobs, each called before a round.
            owner: what this process is called in the rows.
            every_s: seconds between rounds.
        """
        self._services = services
        self._handlers = dict(handlers)
        self._rounds = tuple(rounds)
        self._owner = owner
        self._every_s = every_s
        self._woken = threading.Event()
        self._stopping = threading.Event()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which jobs it does."""
        return tuple(self._handlers)

    def wake(self) -> None:
        """Begin a round soon. Returns at once, from any thread."""
        self._woken.set()

    def step(self) -> int:
        """Do a round, and every job that is due; return how many were taken."""
        for each in self._rounds:
            self._guarded(each)
        done = 0
        while not self._stopping.is_set() and (lease := self._take()) is not None:
            self._do(lease)
            done += 1
        if done:
            self._guarded(self._forget)
        return done

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do jobs for the length of the block."""
        thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._woken.set()
            await run_in_threadpool(thread.join)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            self._guarded(self.step)
            self._woken.wait(self._every_s)

    def _guarded(self, part: Callable[[], object]) -> None:
        try:
            part()
        except Exception as error:
            if isinstance(error, SQLAlchemyError | FleetError | OSError):
                log.warning("A round of jobs ended early and comes again: %s", sentence(error))
            else:
                log.exception("A round of jobs ended early and comes again.")

    def _take(self) -> Lease | None:
        with self._services.readers() as session:  # most rounds find nothing, and need no writer's turn
            if not anything_free(session, self.kinds):
                return None
        with self._services.sessions.begin() as session:
            return next(iter(take(session, self.kinds, self._owner)), None)

    def _do(self, lease: Lease) -> None:
        run = JobRun(lease, self._services, self._stopping)
        try:
            self._handlers[lease.kind](run)
            if not run.is_over:
                with self._services.sessions.begin() as session:
                    finish(session, lease)
        except WorkerStoppedError:
            return
        except LeaseLostError as error:
            log.warning("%s", error)
        except Exception as error:
            why = sentence(error)
            known = isinstance(error, FleetError | OSError | SQLAlchemyError | ProblemError)
            log.warning("The %s of %s failed: %s", lease.kind, lease.subject, why, exc_info=not known)
            self._failed(lease, why)

    def _failed(self, lease: Lease, why: str) -> None:
        """Keep why a job failed; where that cannot be kept, its lease ends by itself."""
        try:
            with self._services.sessions.begin() as session:
                fail(session, lease, why)
        except (SQLAlchemyError, LeaseLostError) as error:
            log.warning("What became of a job could not be kept: %s", sentence(error))

    def _forget(self) -> None:
        with self._services.sessions.begin() as session:
            forget_done(session, self._services.clock() - KEPT_DONE)


def sentence(error: Exception) -> str:
    """Return why something failed, in words for people."""
    if isinstance(error, ProblemError):
        return error.detail
    if isinstance(error, SQLAlchemyError):
        return f"The database failed: {reason(error)}."
    if isinstance(error, FleetError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'The system'} failed: {error.strerror or error}."
    return "An internal error stopped it; the log says more."

"""The thread that verifies what is due: at once when all has arrived, and again after a restart.

What is due is in the database (recordings in the state ``verifying``), so nothing is lost with the thread. A
store that fails, or gives back other bytes than it was given, is no fault of the recording: it stays due,
its page says why, and it is tried again after a pause while others go on. So it is with a full disk and a
database that does not answer, of which the log speaks. So it is, too, with a recording that is to be opened
first while the vault is sealed.

Of several processes one verifies a recording at a time, under a claim. What another has left behind by dying
is taken up by whoever finds it, within ``RETRY_S``; what is done twice all the same comes to the same.

Between verifications it opens, one after the other, what is held and was not opened yet: at once after a
start, and every ``RETRY_S`` from then on, since a sealed vault says to nobody that it is unsealed.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from fleet.core.database import reason
from fleet.core.problems import ProblemError
from fleet.footage.errors import StoreError
from fleet.footage.verifying.later import LaterOpenings
from fleet.footage.verifying.stopped import StoppedVerification
from fleet.footage.verifying.verification import OpeningWaitsError, Verification
from fleet.processes.claims import Alone, Claims, work_on
from protocol.footage.format.errors import FormatError

log = logging.getLogger(__name__)

RETRY_S = 10.0


class VerifierStoppedError(Exception):
    """The service is stopping: the verification is abandoned where it stands, and still due."""


class Verifier:
    """Runs verifications one after the other in a thread of its own."""

    def __init__(
        self,
        verification: Verification,
        stopped: StoppedVerification,
        later: LaterOpenings,
        *,
        claims: Claims | None = None,
        retry_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the thread.

        Args:
            verification: verifies one recording.
            stopped: verifies what is here of one that a person ended.
            later: opens one that is held already.
            claims: who of several processes works on what; None for a process that is alone.
            retry_s: pause before a verification that the store failed is tried again.
            clock: seconds that only go forward.
        """
        self._verification = verification
        self._stopped = stopped
        self._openings = later
        self._claims = claims or Alone()
        self._retry_s = RETRY_S if retry_s is None else retry_s
        self._clock = clock
        self._queue: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._later: deque[tuple[float, int]] = deque()
        self._not_compared: deque[int] = deque()
        self._not_again: set[int] = set()  # failed for a reason of our own: this process leaves them alone
        self._opened_to = 0  # rows up to this number were looked at in this round of openings
        self._round_at = self._clock()

    def due(self, row: int) -> None:
        """Verify the recording of that row soon. Returns at once, from any thread."""
        self._queue.put(row)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Verify for the length of the block; what an earlier process left undone comes first."""
        thread = threading.Thread(target=self._work, name="verifier", daemon=True)
        await run_in_threadpool(self.begin)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._queue.put(None)
            await run_in_threadpool(thread.join)

    def begin(self) -> None:
        """Take up what an earlier process left undone."""
        for due in (self._verification.due, self._stopped.due):
            for row in due():
                self.due(row)
        self._not_compared.extend(self._verification.not_compared())

    def step(self) -> float:
        """Do all that is due without the thread; return the seconds until something is due by itself."""
        while (wait := self._wait_s()) <= 0:
            self._do(self._next())
        return wait

    @property
    def idle(self) -> bool:
        """Whether nothing is due, now or later, but the next look for what is to be opened."""
        done = self._queue.empty() and not self._not_compared and not self._later
        return done and self._opened_to == 0 and self._round_at > self._clock()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._do(self._next())

    def _do(self, row: int | None) -> None:
        """Verify that recording; without one, do what comes after verifying."""
        try:
            if row is not None:
                self._verify(row)
            elif self._not_compared:
                self._compare(self._not_compared.popleft())
            elif not self._stopping.is_set():
                self._open_one()
        except Exception:
            # It stays due in the database, and is tried again at the next start; the others must go on.
            self._not_again.update(() if row is None else (row,))
            log.exception("The recording of row %s could not be verified.", row)

    def _wait_s(self) -> float:
        """Seconds until something is due; none while something is."""
        if self._not_compared or not self._queue.empty():
            return 0.0
        return max(0.0, min(self._times) - self._clock())

    @property
    def _times(self) -> list[float]:
        """When the next round of openings is due, and the next verification that is tried again."""
        return [self._round_at, *(at for at, _ in list(self._later)[:1])]

    def _next(self) -> int | None:
        """Wait for the next recording: a new one, or one whose pause is over; None for other work."""
        if self._not_compared:
            with contextlib.suppress(queue.Empty):
                return self._queue.get_nowait()
            return None
        try:
            return self._queue.get(timeout=max(0.0, min(self._times) - self._clock()))
        except queue.Empty:
            pass
        if self._later and self._later[0][0] <= self._clock():
            return self._later.popleft()[1]
        return None

    def _compare(self, row: int) -> None:
        """Compare what was held before recordings were compared; verifying comes first."""
        try:
            self._verification.compare(row)
        except (StoreError, FormatError, OSError, SQLAlchemyError) as error:
            why = reason(error) if isinstance(error, SQLAlchemyError) else str(error)
            log.warning("A held recording is compared with its neighbours at the next start: %s", why)

    def _open_one(self) -> None:
        """Open the next recording that is held and was not opened yet; after the last, rest for a while."""
        row = None
        try:
            if self._round_at <= self._clock():
                row = self._openings.next(self._opened_to)
            if row is not None:
                self._opened_to = row
                self._under_claim(row, self._openings.open)
        except (StoreError, OSError, SQLAlchemyError, ProblemError) as error:
            why = reason(error) if isinstance(error, SQLAlchemyError) else str(error)
            log.warning("A recording could not be opened now, and is tried again: %s", why)
            if isinstance(error, SQLAlchemyError):
                self._rest()
        if row is None and self._round_at <= self._clock():
            self._take_up()
            self._rest()

    def _take_up(self) -> None:
        """Find what is due and was left behind by another process."""
        if not self._claims.is_shared:
            return
        known = self._not_again.union(row for _, row in self._later)
        try:
            left = [*self._verification.due(), *self._stopped.due()]
        except SQLAlchemyError as error:
            log.warning("What other processes left is looked for later: %s", reason(error))
            return
        for row in left:
            if row not in known:
                self.due(row)

    def _under_claim(self, row: int, work: Callable[[int], None]) -> bool:
        """Do something with a recording unless another process works on it; say whether it was done."""
        if not self._claims.take(work_on(row)):
            return False
        try:
            work(row)
        finally:
            self._claims.leave(work_on(row))
        return True

    def _rest(self) -> None:
        self._opened_to, self._round_at = 0, self._clock() + self._retry_s

    def _go_on(self, _count: int) -> None:
        if self._stopping.is_set():
            raise VerifierStoppedError

    def _judge(self, row: int) -> None:
        self._verification.run(row, progress=self._go_on)
        self._stopped.run(row, progress=self._go_on)

    def _verify(self, row: int) -> None:
        try:
            if not self._under_claim(row, self._judge):
                self._later.append((self._clock() + self._retry_s, row))
        except VerifierStoppedError:
            return
        except (StoreError, OSError, SQLAlchemyError, OpeningWaitsError, ProblemError) as error:
            self._later.append((self._clock() + self._retry_s, row))
            why = reason(error) if isinstance(error, SQLAlchemyError) else str(error)
            is_news = True
            if isinstance(error, (StoreError, OpeningWaitsError)):
                is_news = self._verification.wait(row, why)
            if is_news:  # it is tried again and again, and said once
                log.warning("A verification waits and is tried again: %s", why)

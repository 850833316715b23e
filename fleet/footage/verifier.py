"""The thread that verifies what is owed: at once when all has arrived, and again after a restart.

What is owed is in the database (recordings in the state ``verifying``), so nothing is lost with the thread. A
store that fails is tried again after a pause; everything else that goes wrong with one recording is logged
and leaves the others alone.
"""

import contextlib
import logging
import queue
import threading
from collections.abc import AsyncIterator

from fastapi.concurrency import run_in_threadpool

from fleet.footage.errors import StoreError
from fleet.footage.verification import Verification

log = logging.getLogger(__name__)

RETRY_S = 5.0


class StoppedError(Exception):
    """The service is stopping: the verification is abandoned where it stands, and still owed."""


class Verifier:
    """Runs verifications one after the other in a thread of its own."""

    def __init__(self, verification: Verification, *, retry_s: float = RETRY_S) -> None:
        self._verification = verification
        self._retry_s = retry_s
        self._queue: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._stopping = threading.Event()

    def owed(self, row: int) -> None:
        """Verify the recording of that row soon. Returns at once, from any thread."""
        self._queue.put(row)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Verify for the length of the block; what an earlier process left undone comes first."""
        thread = threading.Thread(target=self._work, name="verifier", daemon=True)
        for row in await run_in_threadpool(self._verification.owed):
            self.owed(row)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._queue.put(None)
            await run_in_threadpool(thread.join)

    def _work(self) -> None:
        while (row := self._queue.get()) is not None and not self._stopping.is_set():
            self._verify(row)

    def _go_on(self, _count: int) -> None:
        if self._stopping.is_set():
            raise StoppedError

    def _verify(self, row: int) -> None:
        try:
            self._verification.run(row, progress=self._go_on)
        except StoppedError:
            return
        except StoreError as error:
            log.warning("A verification waits for the footage store: %s", error)
            self._stopping.wait(self._retry_s)
            self._queue.put(row)
        except Exception:
            # It stays owed in the database, and is tried again at the next start; the others must go on.
            log.exception("The recording of row %d could not be verified.", row)

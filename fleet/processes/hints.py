"""Hints of other processes: PostgreSQL carries them (LISTEN, NOTIFY) from the commit that they are about.

A session hands its hints to the database with its commit (``fleet.core.database``), so that a process which
dies right after it has told the others all the same. A connection that ended may have missed some: every
subscriber is then told to read everything again.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import AsyncIterator

import psycopg
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import URL

from fleet.core.live import CHANNEL, Live
from fleet.processes.connection import own_connection

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""How often the thread looks whether it is to stop, in seconds; a hint is not kept waiting by it."""
AGAIN_S = 1.0


class HintLine:
    """Hears the hints of other processes in a thread of its own.

    Attributes:
        hears: set while it listens.
    """

    def __init__(self, url: URL, live: Live, *, again_s: float = AGAIN_S) -> None:
        """Prepare the thread.

        Args:
            url: of the PostgreSQL database.
            live: the bus of this process.
            again_s: seconds until a connection that ended is opened again.
        """
        self._url = url
        self._live = live
        self._again_s = again_s
        self._stopping = threading.Event()
        self.hears = threading.Event()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen for the length of the block."""
        thread = threading.Thread(target=self._work, name="hints", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            await run_in_threadpool(thread.join)

    def _work(self) -> None:
        said = False
        while not self._stopping.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                if self.hears.is_set() or not said:  # it is tried again and again, and said once
                    log.warning("Hints of other processes are not heard: %s", " ".join(str(error).split()))
                    said = True
            self.hears.clear()
            self._stopping.wait(self._again_s)

    def _listen(self) -> None:
        with own_connection(self._url) as connection:
            connection.execute(f"LISTEN {CHANNEL}".encode())
            self.hears.set()
            self._live.resync()
            while not self._stopping.is_set():
                for notice in connection.notifies(timeout=LOOK_S):
                    self._live.hear(notice.payload)

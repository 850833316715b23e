"""Writes a body in worker threads, one block while the next one is received.

No thread waits for whoever sends: one is taken when a block is whole, and the next block waits for it. So of
one body two blocks are in memory at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fastapi.concurrency import run_in_threadpool

from protocol.units import MIB

BLOCK = MIB


class BlockWriter:
    """One body. Call ``ended`` whatever becomes of it, before what is written to goes away."""

    def __init__(self, write: Callable[[bytearray], None]) -> None:
        """Prepare it; ``write`` is called in a worker thread, one block after the other."""
        self._write = write
        self._block = bytearray()
        self._writing: asyncio.Task[None] | None = None

    async def add(self, data: bytes) -> None:
        """Take more of the body; what an earlier block's write raised is raised here."""
        self._block += data
        if len(self._block) >= BLOCK:
            await self._written()
            self._writing = asyncio.create_task(run_in_threadpool(self._write, self._block))
            self._block = bytearray()

    async def rest(self) -> bytearray:
        """Return what is not written yet, once all before it is."""
        await self._written()
        return self._block

    async def ended(self) -> None:
        """Wait until no thread writes any more; what a write raised is not raised here."""
        if self._writing is not None:
            await asyncio.wait({self._writing})
            self._writing.exception()

    async def _written(self) -> None:
        if self._writing is not None:
            await asyncio.shield(self._writing)  # a thread is not stopped by whoever waits for it no more

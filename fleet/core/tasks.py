"""Tasks that run beside a block of code and are never forgotten.

Rules:
- a task started here is cancelled and awaited when the block is left;
- a task that ends by an error says so at once through ``failed``, and the error is raised when the block is
  left: a service with a dead part stops instead of limping on.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any


@contextlib.asynccontextmanager
async def beside(
    *coroutines: Coroutine[Any, Any, None], failed: Callable[[], None] | None = None
) -> AsyncIterator[None]:
    """Run coroutines beside the block; ``failed`` is called when one of them ends by an error."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None and failed is not None:
            failed()

    for task in tasks:
        task.add_done_callback(ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result

"""Opening footage in threads of its own: whoever watches takes none of those that all share (F9)."""

from __future__ import annotations

from collections.abc import Callable

from anyio import CapacityLimiter, to_thread

AT_ONCE = 4
"""Fragments that are opened at a time; whoever asks for more waits in no thread."""
_limiter = CapacityLimiter(AT_ONCE)


async def decrypted(work: Callable[[], bytes]) -> bytes:
    """Return what ``work`` opens, once it is its turn; what it raises is raised."""
    return await to_thread.run_sync(work, limiter=_limiter)

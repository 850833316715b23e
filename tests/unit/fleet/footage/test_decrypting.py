"""However many fragments are asked for, few are opened at once, and everybody else is answered meanwhile."""

from __future__ import annotations

import asyncio
import threading

import pytest
from fastapi.concurrency import run_in_threadpool

from fleet.footage.watching.decrypting import AT_ONCE, decrypted

MANY = 60
"""More than the 40 threads that all requests share."""


# proves F9
def test_a_crowd_that_watches_takes_no_thread_of_others() -> None:
    let_go, guard = threading.Event(), threading.Lock()
    running, most, begun = 0, 0, threading.Semaphore(0)

    def open_one() -> bytes:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        begun.release()
        let_go.wait(timeout=30)
        with guard:
            running -= 1
        return b"opened"

    async def run() -> list[bytes]:
        watching = [asyncio.create_task(decrypted(open_one)) for _ in range(MANY)]
        async with asyncio.timeout(30):
            for _ in range(AT_ONCE):
                await run_in_threadpool(begun.acquire)
            assert await run_in_threadpool(lambda: "answered") == "answered"
        let_go.set()
        return await asyncio.gather(*watching)

    assert asyncio.run(run()) == [b"opened"] * MANY
    assert most == AT_ONCE


def test_what_goes_wrong_is_raised_and_gives_its_place_back() -> None:
    def fail() -> bytes:
        raise ValueError("it does not open")

    async def run() -> bytes:
        for _ in range(2 * AT_ONCE):
            with pytest.raises(ValueError, match="it does not open"):
                await decrypted(fail)
        return await decrypted(lambda: b"opened")

    assert asyncio.run(run()) == b"opened"

from __future__ import annotations

import asyncio

import pytest

from fleet.core.tasks import beside


def test_a_task_is_cancelled_and_awaited_when_the_block_is_left() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("work")

    async def run() -> None:
        async with beside(work()):
            await asyncio.sleep(0)
        ended.append("block")

    asyncio.run(run())
    assert ended == ["work", "block"]


def test_a_fault_is_told_at_once_and_raised_at_the_end() -> None:
    async def work() -> None:
        raise RuntimeError("a fault")

    async def run() -> None:
        told = asyncio.Event()
        async with beside(work(), failed=told.set):
            await told.wait()

    with pytest.raises(RuntimeError, match="a fault"):
        asyncio.run(run())


def test_the_blocks_own_fault_comes_first() -> None:
    async def work() -> None:
        raise RuntimeError("beside")

    async def run() -> None:
        async with beside(work()):
            await asyncio.sleep(0)
            raise LookupError("inside")

    with pytest.raises(LookupError, match="inside"):
        asyncio.run(run())

"""A body is received while it is written, and nothing is written once it is over."""

from __future__ import annotations

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.receiving.block_writer import BLOCK, BlockWriter

PATIENCE_S = 30.0


@given(st.lists(st.integers(0, BLOCK + 3), max_size=6))
def test_what_is_written_and_the_rest_are_the_body_in_its_order(sizes: list[int]) -> None:
    sent = [bytes([number % 251]) * size for number, size in enumerate(sizes)]
    written: list[bytes] = []

    async def receive() -> bytes:
        writer = BlockWriter(lambda block: written.append(bytes(block)))
        for each in sent:
            await writer.add(each)
        rest = bytes(await writer.rest())
        await writer.ended()
        return rest

    rest = asyncio.run(receive())
    assert b"".join([*written, rest]) == b"".join(sent)
    assert all(len(block) >= BLOCK for block in written)
    assert len(rest) < BLOCK


def test_the_next_block_is_received_while_one_is_written() -> None:
    more = threading.Event()

    async def receive() -> bytearray:
        writer = BlockWriter(lambda _block: None if more.wait(PATIENCE_S) else pytest.fail("nobody received"))
        await writer.add(bytes(BLOCK))
        await writer.add(b"more")
        more.set()
        return await writer.rest()

    assert asyncio.run(receive()) == b"more"


def test_what_a_write_raises_ends_the_body_at_the_next_block_or_at_its_end() -> None:
    def fails(_block: bytearray) -> None:
        raise OSError(28, "No space left on device")

    async def receive(after: int) -> None:
        writer = BlockWriter(fails)
        try:
            for _ in range(1 + after):
                await writer.add(bytes(BLOCK))
            await writer.rest()
        finally:
            await writer.ended()

    for after in (0, 1):
        with pytest.raises(OSError, match="No space"):
            asyncio.run(receive(after))


def test_a_body_that_is_given_up_waits_for_the_thread_that_writes_it() -> None:
    begun, go_on, over = threading.Event(), threading.Event(), threading.Event()

    def write(_block: bytearray) -> None:
        begun.set()
        assert go_on.wait(PATIENCE_S)
        over.set()

    async def receive() -> None:
        writer = BlockWriter(write)
        try:
            await writer.add(bytes(BLOCK))
            await writer.add(bytes(BLOCK))  # waits for the first
        finally:
            await writer.ended()
            assert over.is_set(), "its file goes away now"

    async def give_up() -> None:
        task = asyncio.create_task(receive())
        assert await asyncio.to_thread(begun.wait, PATIENCE_S)
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(give_up())

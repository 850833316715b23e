"""Who has most live pages open loses their oldest, and nobody else any."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from functools import partial

from fleet.connections.streams import EACH_READER, LiveStreams, stream_limits
from fleet.core.live import Live
from fleet.web.stream import events


# proves F9
def test_a_reader_s_oldest_stream_ends_for_their_newest() -> None:
    streams, ended = LiveStreams(stream_limits(1024)), list[int]()
    with ExitStack() as stack:
        for number in range(EACH_READER + 2):
            stack.enter_context(streams.open("user:1", partial(ended.append, number)))
        stack.enter_context(streams.open("user:2", partial(ended.append, -1)))
        assert ended == [0, 1]
        assert (len(streams), streams.ended) == (EACH_READER + 1, 2)
    assert len(streams) == 0


# proves F9
def test_where_all_have_too_many_it_is_whoever_has_most() -> None:
    streams, ended = LiveStreams(stream_limits(16)), list[str]()
    with ExitStack() as stack:
        for reader in ("user:1", "user:2", "user:2", "user:2", "user:3"):
            stack.enter_context(streams.open(reader, partial(ended.append, reader)))
        assert ended == ["user:2"]


# proves F9
def test_a_stream_that_has_to_go_ends_at_once() -> None:
    async def run() -> None:
        live, streams = Live(), LiveStreams(stream_limits(4))

        async def anybody() -> bool:
            return True

        opened = partial(streams.open, "user:1")
        first = events(live, frozenset({"camera"}), anybody, opened=opened)
        assert (await anext(first)).event == "hello"
        second = events(live, frozenset({"camera"}), anybody, opened=opened)
        assert (await anext(second)).event == "hello"
        assert [each async for each in first] == []
        live.publish("camera", "cam-01")
        assert (await anext(second)).data == "camera cam-01"

    asyncio.run(run())

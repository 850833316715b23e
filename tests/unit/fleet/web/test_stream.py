import asyncio
from collections.abc import AsyncIterator

from sse_starlette import ServerSentEvent

from fleet.live import Live
from fleet.web.stream import events

TOPICS = frozenset({"camera", "resync"})


async def take(stream: AsyncIterator[ServerSentEvent], count: int) -> list[tuple[str | None, object]]:
    """The next events, as pairs of name and data."""
    found = []
    for _ in range(count):
        event = await asyncio.wait_for(anext(stream), 5)
        found.append((event.event, event.data))
    return found


def test_a_stream_says_hello_then_what_its_reader_may_know() -> None:
    async def run() -> None:
        live = Live()
        stream = events(live, TOPICS)
        assert await take(stream, 1) == [("hello", "")]
        live.publish("recording", "secret")
        live.publish("camera", "cam-01")
        assert await take(stream, 1) == [("change", "camera cam-01")]

    asyncio.run(run())


def test_a_stream_ends_when_the_service_stops() -> None:
    async def run() -> None:
        live = Live()
        stream = events(live, TOPICS)
        await take(stream, 1)
        live.close()
        assert [event async for event in stream] == []

    asyncio.run(run())


def test_a_stream_ends_after_its_longest_time_so_that_the_session_is_checked_again() -> None:
    async def run() -> None:
        stream = events(Live(), TOPICS, longest_s=0)
        assert [event.event async for event in stream] == ["hello"]

    asyncio.run(run())

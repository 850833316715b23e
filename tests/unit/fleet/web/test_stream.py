from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
from fastapi import Request
from sse_starlette import ServerSentEvent
from starlette.testclient import TestClient

from fleet.core.live import Hint, Live
from fleet.people.access import current_actor, still_allowed
from fleet.people.sessions import COOKIE
from fleet.people.sign_in import create_setup_link
from fleet.server.compose import FleetServices
from fleet.web.stream import events
from tests.support.fleet.fleet import TestClock, dashboard_client

pytestmark = pytest.mark.usefixtures("cheap_passwords")
ME = {"name": "Administrator 1", "password": "correct horse battery"}
TOPICS = frozenset({"camera", "resync"})


async def anybody() -> bool:
    return True


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
        stream = events(live, TOPICS, anybody)
        assert await take(stream, 1) == [("hello", live.position)]
        live.publish("recording", "secret")
        live.publish("camera", "cam-01")
        assert await take(stream, 1) == [("change", "camera cam-01")]

    asyncio.run(run())


def test_of_what_is_the_reader_s_own_it_says_that_something_changed_and_not_what() -> None:
    async def own(hint: Hint) -> bool:
        return hint.subject == "cam-02"

    async def run() -> None:
        live = Live()
        stream = events(live, frozenset({"resync"}), anybody, own=own)
        await take(stream, 1)
        live.publish("camera", "cam-01")
        live.publish("camera", "cam-02")
        live.publish("resync", "")
        assert await take(stream, 2) == [("change", "mine"), ("change", "resync ")]

    asyncio.run(run())


def test_a_stream_ends_when_the_service_stops() -> None:
    async def run() -> None:
        live = Live()
        stream = events(live, TOPICS, anybody)
        await take(stream, 1)
        live.close()
        assert [event async for event in stream] == []

    asyncio.run(run())


def test_a_stream_ends_after_its_longest_time_so_that_the_session_is_checked_again() -> None:
    async def run() -> None:
        stream = events(Live(), TOPICS, anybody, longest_s=0)
        assert [event.event async for event in stream] == ["hello"]

    asyncio.run(run())


@pytest.mark.parametrize("why", ["access", "resync"])
def test_a_stream_ends_when_its_reader_may_not_see_it_any_more(why: str) -> None:
    async def run() -> None:
        live, answers = Live(), iter([True, True, False])

        async def allowed() -> bool:
            return next(answers)

        stream = events(live, TOPICS, allowed)
        await take(stream, 1)
        live.publish("access", "somebody else")
        live.publish("camera", "cam-01")
        assert await take(stream, 1) == [("change", "camera cam-01")]
        live.publish(why, "")
        live.publish("camera", "cam-02")
        assert [event async for event in stream] == []

    asyncio.run(run())


def test_who_signed_out_while_the_stream_began_gets_none() -> None:
    async def nobody() -> bool:
        return False

    async def run() -> None:
        assert [event async for event in events(Live(), TOPICS, nobody)] == []

    asyncio.run(run())


def test_a_session_that_ends_by_itself_ends_the_stream_although_nothing_is_said() -> None:
    async def run() -> None:
        answers = iter([True, True, False])

        async def allowed() -> bool:
            return next(answers)

        stream = events(Live(), TOPICS, allowed, look_s=0.001)
        assert [event.event async for event in stream] == ["hello"]

    asyncio.run(run())


def test_a_busy_stream_is_looked_at_too() -> None:
    async def run() -> None:
        live, answers = Live(), iter([True, False])

        async def allowed() -> bool:
            return next(answers)

        stream = events(live, TOPICS, allowed, look_s=0)
        await take(stream, 1)
        live.publish("camera", "cam-01")
        assert [event async for event in stream] == []

    asyncio.run(run())


def request_of(client: TestClient, secret: str) -> Request:
    """A request that is being answered to the browser with this cookie."""
    headers = [(b"cookie", f"{COOKIE}={secret}".encode())]
    return Request({"type": "http", "path": "/live", "headers": headers, "app": client.app})


def sign_in(client: TestClient) -> tuple[str, str]:
    """Sign in once more, from another browser; return the cookie's secret and the forms' token."""
    client.cookies.clear()
    answer = client.post("/api/v1/session", json=ME)
    return client.cookies[COOKIE], answer.json()["csrf"]


def test_signing_out_ends_the_streams_of_that_browser_alone(services: FleetServices) -> None:
    with services.sessions.begin() as session:
        link = create_setup_link(session, services).rpartition("/")[2]

    async def watch(client: TestClient, secret: str) -> AsyncIterator[ServerSentEvent]:
        request = request_of(client, secret)
        actor = await current_actor(request)
        assert actor is not None
        stream = events(services.live, TOPICS, partial(still_allowed, request, actor))
        await take(stream, 1)
        return stream

    async def run() -> None:
        with dashboard_client(services) as client:
            client.post("/api/v1/setup", json={"link": link, **ME}).raise_for_status()
            (first, _), (second, csrf) = sign_in(client), sign_in(client)
            stays, ends = await watch(client, first), await watch(client, second)
            client.delete("/api/v1/session", headers={"X-CSRF-Token": csrf}).raise_for_status()
            services.live.publish("camera", "cam-01")
            assert [event async for event in ends] == []
            assert await take(stays, 1) == [("change", "camera cam-01")]

    asyncio.run(run())


def test_an_open_stream_does_not_keep_its_session_from_going_idle(
    services: FleetServices, clock: TestClock
) -> None:
    with services.sessions.begin() as session:
        link = create_setup_link(session, services).rpartition("/")[2]

    async def run() -> list[bool]:
        with dashboard_client(services) as client:
            client.post("/api/v1/setup", json={"link": link, **ME}).raise_for_status()
            request = request_of(client, sign_in(client)[0])
            actor = await current_actor(request)
            assert actor is not None
            found = []
            for _ in range(4):
                clock.move(minutes=services.config.people.idle_minutes / 3)
                found.append(await still_allowed(request, actor))
            return found

    assert asyncio.run(run()) == [True, True, False, False]

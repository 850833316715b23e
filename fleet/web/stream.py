"""The live stream: tells an open page which things have changed, so that it asks for them again.

Rules:
- an event names a topic and a subject and carries no data: ``presence`` says that a camera is heard or not,
  or does something else, and is not kept waiting as ``camera``, which says that anything about it is new;
  the page fetches itself anew with its own permissions;
- an officer who may see nobody else's is told of their own camera and recordings alone, as ``mine``, which
  names none of them (``fleet.web.own``);
- that something happened to somebody's account is told to their own pages alone, as ``account``;
- each stream begins with ``hello`` and beats every few seconds, so that a page can tell silence from sleep;
  ``hello`` says the bus's position: a page that was read at the same has missed nothing;
- a reader has so many streams and no more: the oldest ends for a new one (``fleet.connections.streams``);
- a stream ends as its reader signs out or may see less, at the latest ``LOOK_S`` after a session ended by
  itself;
- it also ends when the service stops, when its reader is gone, or after an hour, upon which a page simply
  opens another.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent

from fleet.core.actor import Actor, ActorKind
from fleet.core.live import ACCESS, ACCOUNT, RESYNC, Hint, Live, Subscription
from fleet.core.services import CORE, ServicesDep
from fleet.health.services import HEALTH
from fleet.people.access import Permission, require, still_allowed
from fleet.people.permissions import may
from fleet.web.own import is_own

router = APIRouter(include_in_schema=False)

BEAT_S = 10
LONGEST_S = 3600
LOOK_S = 5
"""A page whose session ended by itself says so within twice that."""
_TOPICS = {
    "camera": Permission.SEE_CAMERAS,
    "presence": Permission.SEE_CAMERAS,
    "assignment": Permission.SEE_CAMERAS,
    "officer": Permission.SEE_CAMERAS,
    "recording": Permission.SEE_RECORDINGS,
    "incident": Permission.SEE_RECORDINGS,
    "visit": Permission.SEE_VISITS,
    "verification": Permission.SEE_AUDIT,
    "alert": Permission.ALERTS,
    "message": Permission.ALERTS,
    "review": Permission.REVIEW,
    "request": Permission.REQUESTS,
    "release": Permission.SEE_RELEASES,
    "import": Permission.SEE_IMPORTS,
    "viewing": Permission.REVIEW_VIEWINGS,
    "resync": Permission.SIGNED_IN,
}


MINE = "mine"
"""The topic of what is of the reader's own."""
OWN_TOPICS = frozenset({"camera", "presence", "assignment", "recording", "review", "officer", "visit"})

_LOOK_AT = frozenset({ACCESS, RESYNC.topic})
"""After these the reader may be nobody any more."""


async def note_position(request: Request) -> None:
    """Note where the bus is before anything is read for a page: it is as new as that, or newer."""
    request.state.position = CORE(request).live.position


@router.get("/live")
async def live_stream(
    request: Request, services: ServicesDep, actor: Annotated[Actor, Depends(require(Permission.SIGNED_IN))]
) -> EventSourceResponse:
    """Stream hints about what this person may see."""
    topics = frozenset(topic for topic, permission in _TOPICS.items() if may(actor.roles, permission))
    has_own = actor.kind is ActorKind.USER and may(actor.roles, Permission.OWN)

    def look(hint: Hint) -> bool:
        with services.readers() as session:
            return is_own(session, actor.id, hint)

    async def own(hint: Hint) -> bool:
        return hint.topic in OWN_TOPICS and await run_in_threadpool(look, hint)

    streams = HEALTH(request).admissions.streams
    return EventSourceResponse(
        events(
            services.live,
            topics,
            lambda: still_allowed(request, actor),
            own=own if has_own else None,
            account=actor.id if actor.kind is ActorKind.USER else "",
            opened=partial(streams.open, f"{actor.kind}:{actor.id}"),
        ),
        ping=BEAT_S,
        ping_message_factory=lambda: ServerSentEvent(event="beat", data=""),
        headers={"Cache-Control": "no-store"},
    )


@contextlib.contextmanager
def _unbounded(_leave: Callable[[], None]) -> Iterator[None]:
    yield


async def events(
    live: Live,
    topics: frozenset[str],
    allowed: Callable[[], Awaitable[bool]],
    *,
    own: Callable[[Hint], Awaitable[bool]] | None = None,
    account: str = "",
    opened: Callable[[Callable[[], None]], AbstractContextManager[None]] = _unbounded,
    longest_s: float = LONGEST_S,
    look_s: float = LOOK_S,
) -> AsyncIterator[ServerSentEvent]:
    """Yield ``hello``, then an event for each hint about ``topics``.

    Args:
        live: the bus; its closing ends the stream.
        topics: what the reader may know of.
        allowed: whether the reader is still who it was. Asked first of all, at each change of somebody's
            access, and every ``look_s`` seconds; the answer no ends the stream.
        own: whether something is of the reader's own, who is told that as ``mine``; None where nothing is.
        account: whose account the reader's is, who is told that something happened to it; empty for none.
        opened: counts it as open for the length of a block; is given what ends it.
        longest_s: the stream ends after so many seconds.
        look_s: seconds between two looks.
    """
    time = asyncio.get_running_loop().time
    end, look = time() + longest_s, time() + look_s
    async with live.subscribe() as hints:
        if not await allowed():
            return
        with opened(hints.end):
            yield ServerSentEvent(event="hello", data=live.position)
            while time() < end:
                try:
                    hint = await _next(hints, min(look, end))
                except StopAsyncIteration:
                    return
                if time() >= look or hint is None or hint.topic in _LOOK_AT:
                    if not await allowed():
                        return
                    look = time() + look_s
                if hint is not None and hint.topic in topics:
                    yield ServerSentEvent(event="change", data=f"{hint.topic} {hint.subject}")
                if hint == Hint(ACCOUNT, account):
                    yield ServerSentEvent(event="change", data=ACCOUNT)
                if hint is not None and own is not None and await own(hint):
                    yield ServerSentEvent(event="change", data=MINE)


async def _next(hints: Subscription, until: float) -> Hint | None:
    """Return the next hint, or None when none came in time.

    Raises:
        StopAsyncIteration: the bus closed.
    """
    try:
        async with asyncio.timeout_at(until):
            return await anext(hints)
    except TimeoutError:
        return None

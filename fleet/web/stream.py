"""The live stream: tells an open page which things have changed, so that it asks for them again.

Rules:
- an event names a topic and a subject and carries no data; the page fetches itself anew with its own
  permissions;
- each stream begins with ``hello`` and beats every few seconds, so that a page can tell silence from sleep;
- a stream ends when the service stops, when its reader is gone, or after an hour, upon which a page simply
  opens another and the session is checked again.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from sse_starlette import EventSourceResponse, ServerSentEvent

from fleet.live import Live
from fleet.people.access import Permission, require
from fleet.people.actor import Actor
from fleet.people.permissions import may
from fleet.services import ServicesDep

router = APIRouter()

BEAT_S = 10
LONGEST_S = 3600
_TOPICS = {
    "camera": Permission.SEE_CAMERAS,
    "assignment": Permission.SEE_CAMERAS,
    "officer": Permission.SEE_CAMERAS,
    "recording": Permission.SEE_RECORDINGS,
    "resync": Permission.SIGNED_IN,
}


@router.get("/live")
async def live_stream(
    services: ServicesDep, actor: Annotated[Actor, Depends(require(Permission.SIGNED_IN))]
) -> EventSourceResponse:
    """Stream hints about what this person may see."""
    topics = frozenset(topic for topic, permission in _TOPICS.items() if may(actor.roles, permission))
    return EventSourceResponse(
        events(services.live, topics),
        ping=BEAT_S,
        ping_message_factory=lambda: ServerSentEvent(event="beat", data=""),
        headers={"Cache-Control": "no-store"},
    )


async def events(
    live: Live, topics: frozenset[str], *, longest_s: float = LONGEST_S
) -> AsyncIterator[ServerSentEvent]:
    """Yield ``hello``, then an event for each hint about ``topics``, until the bus closes or time is up."""
    async with live.subscribe() as hints:
        yield ServerSentEvent(event="hello", data="")
        try:
            async with asyncio.timeout(longest_s):
                async for hint in hints:
                    if hint.topic in topics:
                        yield ServerSentEvent(event="change", data=f"{hint.topic} {hint.subject}")
        except TimeoutError:
            return

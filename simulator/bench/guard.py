"""Who may talk to the bench: a page that the bench itself served, on this machine.

Rules:

* The ``Host`` must be one that the bench listens on, so that a name made to point at 127.0.0.1 (DNS
  rebinding) reaches nothing.
* What changes something, and the live connection, must come from the bench's own page: its ``Origin``, where
  one is sent, and for a change the page's token.
* Every answer forbids the browser whatever the page does not need.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MISDIRECTED = 421
FORBIDDEN = 403
SAFE = frozenset({"GET", "HEAD"})


class Guard:
    """Refuses what does not come from the bench's own page, and sets the headers of what is answered."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, _with_headers(send, self._policy(scope)))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            status, sentence = refusal
            await PlainTextResponse(sentence, status)(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in self._hosts:
            return MISDIRECTED, "The bench answers to its own address alone; open the one that it printed.\n"
        if scope["type"] == "http" and scope["method"] in SAFE:
            return None
        origin = headers.get("origin")
        # A browser always sends the origin of a live connection; a form or a script may come without one.
        missing_is_fine = scope["type"] == "http"
        if origin is None and missing_is_fine:
            return None
        if origin is None or origin.removeprefix("http://") not in self._hosts:
            return FORBIDDEN, "Only the bench's own page may do that; open it and try again.\n"
        return None

    def _policy(self, scope: Scope) -> str:
        host = Headers(scope=scope).get("host", "")
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            f"connect-src 'self' ws://{host}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )


def same_token(given: str | None, token: str) -> bool:
    """Compare a page's token without telling how much of it was right."""
    return given is not None and secrets.compare_digest(given.encode(), token.encode())


def _with_headers(send: Send, policy: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = policy
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            headers["Referrer-Policy"] = "same-origin"
            headers["X-Content-Type-Options"] = "nosniff"
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending

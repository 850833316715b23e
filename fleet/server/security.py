"""ASGI middleware around every route: headers that confine the browser, and a limit on request bodies.

``Strict-Transport-Security`` is a setting: with a private authority a browser must be able to show its
warning page until the authority is installed, and HSTS makes that warning final. There is no plain HTTP
listener to protect from.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from re import Pattern

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fleet.core.problems import ProblemError

_DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
POLICY = "; ".join(_DIRECTIVES)
"""No inline script or style, nothing from elsewhere. hls.js feeds player and worker from ``blob:``."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

API = "/api/"
FILE = 'attachment; filename="api.json"'
"""Of what the API answers: a browser that is led there keeps it as a file and shows nothing of it."""
REFUSED = 400
"""From this status on a person may be meant to read the answer."""


class SecurityHeaders:
    """Adds ``HEADERS`` to every response, and ``no-store`` unless the route said otherwise.

    For ``hsts_s`` seconds a browser comes only by a connection that it trusts (RFC 6797); 0 says nothing.
    """

    def __init__(self, app: ASGIApp, hsts_s: int = 0) -> None:
        self._app = app
        hsts = {"Strict-Transport-Security": f"max-age={hsts_s}"} if hsts_s else {}
        self._headers = {**HEADERS, **hsts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, the response with its headers back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if message["status"] < REFUSED and _is_document(scope, headers):
                    headers.setdefault("Content-Disposition", FILE)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _is_document(scope: Scope, headers: MutableHeaders) -> bool:
    path: str = scope["path"]
    return path.startswith(API) and headers.get("Content-Type", "").startswith("application/json")


RefusalPage = Callable[[Request, ProblemError], Awaitable[Response | None]]
"""Makes the page of a refusal; None for who waits for no page."""


class BodyTooLargeError(Exception):
    """Raised inside ``receive`` when a body without a declared length grows past the limit."""


class BodyLimit:
    """Refuses request bodies over ``limit`` bytes, declared or counted as they arrive.

    ``files`` says to which paths files are put, and how large those may be: they are never held in memory.
    ``page`` makes the answer for a person's browser, where there are pages.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int,
        files: Mapping[Pattern[str], int] | None = None,
        page: RefusalPage | None = None,
    ) -> None:
        self._app = app
        self._most = limit
        self._files = dict(files or {})
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless its body is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope)
        if self._declared(scope) > limit:
            await self._refuse(limit, scope, receive, send)
            return
        received, started = 0, False

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLargeError
            return message

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive_counted, send_noted)
        except BodyTooLargeError:
            if started:
                raise
            await self._refuse(limit, scope, receive, send)

    def _limit_of(self, scope: Scope) -> int:
        if scope["method"] == "PUT":
            for path, most in self._files.items():
                if path.fullmatch(scope["path"]):
                    return max(self._most, most)
        return self._most

    def _declared(self, scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return 0

    async def _refuse(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"What was sent is larger than the {limit} bytes allowed here."
        problem = ProblemError(413, "too_large", detail, headers={"Connection": "close"}, limit=limit)
        answer = await self._page(Request(scope), problem) if self._page is not None else None
        await (answer or problem.response())(scope, receive, send)

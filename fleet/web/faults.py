"""Refusals and faults as pages, for browsers; programs keep their problem documents.

Rules:
- the sentence is the one that the refusing code wrote; a page adds what to do next and never the insides;
- nobody signed in is sent to sign in and back;
- anything under ``/api/``, and whoever does not ask for HTML, is answered as before.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from fleet.people.access import current_actor
from fleet.problems import Problem, describe_validation
from fleet.web.templating import pages

Handler = Callable[[Request, Exception], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Words:
    """How a refusal is headed, and what to do about it."""

    title: str
    symbol: str
    step: str
    link: str = "/"
    link_word: str = "Go to Today"


_OTHER = Words("That did not work", "alert-triangle", "Go back and try again.")
_WORDS = {
    401: Words("Sign in first", "lock", "", "/sign-in", "Sign in"),
    403: Words("Not for you", "lock", "Ask an administrator if you need it for your work."),
    404: Words("There is nothing here", "search", "It may have been removed, or the address is not whole."),
    405: Words("There is nothing here", "search", "It may have been removed, or the address is not whole."),
    410: Words("Too late", "clock", ""),
    429: Words("Wait a little", "clock", ""),
    500: Words(
        "Something went wrong here",
        "alert-triangle",
        "Cameras go on recording whatever happens to this page.",
    ),
    503: Words(
        "Not available now", "alert-triangle", "Cameras go on recording whatever happens to this page."
    ),
}
_NOT_FOUND = "There is no page at this address."


def install(app: FastAPI) -> None:
    """Wrap the handlers that `fleet.problems` registered, so that browsers get pages."""
    for kind in (Problem, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, _wrap(cast("Handler", app.exception_handlers[kind])))


def wants_page(request: Request) -> bool:
    """Say whether a person's browser waits for the answer."""
    accept = request.headers.get("accept", "")
    return "text/html" in accept and not request.url.path.startswith(("/api/", "/static/"))


def _wrap(before: Handler) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        answer = await before(request, error)
        if not wants_page(request):
            return answer
        page = await fault_page(request, answer.status_code, _detail(error))
        page.headers.update(
            {name: answer.headers[name] for name in ("retry-after",) if name in answer.headers}
        )
        return page

    return handle


def _detail(error: Exception) -> str:
    if isinstance(error, Problem):
        return error.detail
    if isinstance(error, RequestValidationError):
        return describe_validation(list(error.errors()))
    if isinstance(error, HTTPException):
        return _NOT_FOUND if error.status_code in {404, 405} else str(error.detail)
    return "The fleet service could not finish this; its log says why."


async def fault_page(request: Request, status: int, detail: str) -> Response:
    """Return the page for a refusal."""
    words = _WORDS.get(status, _OTHER)
    actor = await current_actor(request)
    return pages(request).render(
        request,
        "fault.html",
        actor=actor,
        status=status,
        title=words.title,
        symbol=words.symbol,
        detail=detail,
        step=words.step,
        link=words.link,
        link_word=words.link_word if actor or status == 401 else "Sign in",  # noqa: PLR2004 - HTTP's number
    )

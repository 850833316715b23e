"""Refusals and faults as pages, for browsers; programs keep their problem documents.

Rules:
- the sentence is the one that the refusing code wrote; a page adds what to do next and never the insides;
- nobody signed in is sent to sign in and back, by ``fleet.core.problems``;
- who does not ask for HTML is answered as everywhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from fleet.core.problems import ProblemError, SignInNeeded, address, describe_validation
from fleet.core.services import CORE
from fleet.footage.problems import FOOTAGE_ERRORS, footage_problem
from fleet.people.access import current_actor
from fleet.web.templating import pages
from fleet.web.zone import in_zone

log = logging.getLogger(__name__)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Words:
    """How a refusal is headed, and what to do about it."""

    title: str
    symbol: str
    step: str = ""
    link: str = "/"
    link_word: str = "Go to Today"


_GOES_ON = "Cameras go on recording whatever happens to this page."
_NOTHING = Words("There is nothing here", "search", "It may have been removed, or the address is not whole.")
_OTHER = Words("That did not work", "alert-triangle", "Go back and try again.")
_SIGN_IN = Words("Sign in first", "lock", "", "/sign-in", "Sign in")
_WORDS = {
    401: _SIGN_IN,
    403: Words("Not for you", "lock", "Ask an administrator if you need it for your work."),
    404: _NOTHING,
    405: _NOTHING,
    410: Words("Too late", "clock"),
    429: Words("Wait a little", "clock"),
    500: Words("Something went wrong here", "alert-triangle", _GOES_ON),
    503: Words("Not available now", "alert-triangle", _GOES_ON),
}
_NO_PAGE = "There is no page at this address."
_UNFORESEEN = "The fleet service could not finish this; its log says why."


class PageRoute(APIRoute):
    """A route whose refusals and faults are pages too, for browsers; all of them in the site's zone."""

    def get_route_handler(self) -> Handler:
        """Return the route's handler, with what it raises turned into a page."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            with in_zone(CORE(request).config.site.time_zone):
                return await answer(request)

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except SignInNeeded:
                raise
            except (ProblemError, HTTPException, RequestValidationError) as error:
                if not wants_page(request):
                    raise
                return await _refusal(request, error)
            except FOOTAGE_ERRORS as error:
                if not wants_page(request):
                    raise
                return await _refusal(request, footage_problem(error))
            except Exception as error:
                if not wants_page(request):
                    raise
                log.exception("%s %s failed", request.method, address(request), exc_info=error)
                return await fault_page(request, 500, _UNFORESEEN)

        return handle


def wants_page(request: Request) -> bool:
    """Say whether a person's browser waits for the answer."""
    return "text/html" in request.headers.get("accept", "")


async def _refusal(
    request: Request, error: ProblemError | HTTPException | RequestValidationError
) -> Response:
    if isinstance(error, RequestValidationError):
        return await fault_page(request, 422, describe_validation(list(error.errors())))
    if isinstance(error, HTTPException):
        return await fault_page(request, error.status_code, _NO_PAGE)
    page = await fault_page(request, error.status, error.detail)
    page.headers.update(error.headers)
    return page


async def fault_page(request: Request, status: int, detail: str) -> Response:
    """Return the page for a refusal: its status, its sentence, and what to do next."""
    actor = await current_actor(request)
    words = _WORDS.get(status, _OTHER)
    onward = words if actor is not None else _SIGN_IN
    return pages(request).render(
        request,
        "fault.html",
        actor=actor,
        status=status,
        title=words.title,
        symbol=words.symbol,
        detail=detail,
        step=words.step,
        link=onward.link,
        link_word=onward.link_word,
    )

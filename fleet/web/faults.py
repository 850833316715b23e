"""Refusals and faults as pages, for browsers; programs keep their problem documents.

Rules:
- the sentence is the one that the refusing code wrote; a page adds what to do next and never the insides;
- who has to confirm that it is they is asked so, on a page that has the form that they sent;
- nobody signed in is sent to sign in and back, by ``fleet.core.problems``; whose form was refused for that,
  back to the page with the form;
- who does not ask for HTML is answered as everywhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.params import Depends as DependsParameter
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from fleet.core.problems import ProblemError, SignInNeeded, address, describe_validation
from fleet.core.services import CORE
from fleet.footage.problems import FOOTAGE_ERRORS, footage_problem
from fleet.people.access import SAFE_METHODS, current_actor
from fleet.people.confirming.asking import FIELD, TRIED, UnconfirmedError
from fleet.people.confirming.ways import ways_of
from fleet.people.services import PEOPLE
from fleet.web.forms import safe_next
from fleet.web.stream import note_position
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


_GOES_ON = "What cameras do does not depend on this page."
_NOTHING = Words("There is nothing here", "search", "It may have been removed, or the address is not whole.")
_OTHER = Words("That did not work", "alert-triangle", "Go back and try again.")
_SIGN_IN = Words("Sign in first", "lock", "", "/sign-in", "Sign in")
_WORDS = {
    401: _SIGN_IN,
    403: Words("Not for you", "lock", "Ask an administrator if you need it for your work."),
    404: _NOTHING,
    405: Words("This address takes nothing", "search", "Open the page that you want to change something on."),
    413: Words("That is too much", "alert-triangle", "Go back and send less."),
    422: Words(
        "That cannot be used", "alert-triangle", "Go back, or begin again from a page of the dashboard."
    ),
    410: Words("Too late", "clock"),
    429: Words("Wait a little", "clock"),
    500: Words("Something went wrong here", "alert-triangle", _GOES_ON),
    503: Words("Not available now", "alert-triangle", _GOES_ON),
}
_PLACES = {"query": "The address", "path": "The address", "body": "The form"}
_NO_PAGE = "There is no page at this address."
_CAME_FROM = "came_from"
_NOT_KEPT = frozenset({"csrf_token", FIELD, TRIED, _CAME_FROM})
_UNFORESEEN = "The fleet service could not finish this; its log says why."


class PageRoute(APIRoute):
    """A route whose refusals and faults are pages too, for browsers; all of them in the site's zone.

    A page is as new as the bus was before anything was read for it, and none is in the schema of the API.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        dependencies: Sequence[DependsParameter] | None = None,
        **given: Any,  # noqa: ANN401 - whatever FastAPI's routes are made of
    ) -> None:
        """Make a route that notes the bus's position before anything else."""
        first = (Depends(note_position), *(dependencies or ()))
        super().__init__(path, endpoint, dependencies=first, **(given | {"include_in_schema": False}))

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
    if isinstance(error, UnconfirmedError):
        return await _confirmation_page(request, error)
    if isinstance(error, RequestValidationError):
        return await fault_page(request, 422, describe_input(list(error.errors())))
    if isinstance(error, HTTPException):
        return await fault_page(request, error.status_code, _NO_PAGE)
    page = await fault_page(request, error.status, error.detail)
    page.headers.update(error.headers)
    return page


async def _confirmation_page(request: Request, needed: UnconfirmedError) -> Response:
    """Return the page that asks to confirm who sits there, with the form that was sent in it."""
    actor = await current_actor(request)
    form = (await request.form()).multi_items()
    came = next((value for name, value in form if name == _CAME_FROM and isinstance(value, str)), None)
    ways = None if actor is None else await run_in_threadpool(ways_of, PEOPLE(request), actor)
    answer = pages(request).render(
        request,
        "second/confirm.html",
        actor=actor,
        status=needed.status,
        fault=needed.fault,
        action=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        back=safe_next(came) if came is not None else _sent_from(request) or "/",
        kept=[(name, value) for name, value in form if isinstance(value, str) and name not in _NOT_KEPT],
        ways=ways,
    )
    answer.headers.update(needed.headers)
    return answer


async def refusal_page(request: Request, problem: ProblemError) -> Response | None:
    """Return the page of a refusal that came before any route; None for who waits for no page."""
    if not wants_page(request):
        return None
    with in_zone(CORE(request).config.site.time_zone):
        return await _refusal(request, problem)


def describe_input(errors: list[Mapping[str, Any]]) -> str:
    """Say which part of an address or a form cannot be used, and why, without repeating what it holds."""
    first = errors[0] if errors else {}
    place, *steps = [str(step) for step in first.get("loc", ())] or [""]
    said = describe_validation([{**first, "loc": ()}]).partition(": ")[2] if first else ""
    if place not in _PLACES or not steps:
        return describe_validation(errors)
    return f"{_PLACES[place]} has a “{'.'.join(steps)}” that cannot be used: {said}"


def _sent_from(request: Request) -> str | None:
    """Return the page of this dashboard that a form was sent from, as far as the browser says it."""
    came = urlsplit(request.headers.get("referer", ""))
    if request.method in SAFE_METHODS or came.netloc != request.headers.get("host") or not came.path:
        return None
    return safe_next(came.path + (f"?{came.query}" if came.query else ""))


def _onward(request: Request, words: Words, *, signed_in: bool) -> tuple[str, str]:
    """Return where to go from a refusal, and the word for it."""
    origin = _sent_from(request)
    if not signed_in:
        return (f"/sign-in?{urlencode({'next': origin})}" if origin else "/sign-in"), _SIGN_IN.link_word
    return (origin, "Back to the page") if origin else (words.link, words.link_word)


async def fault_page(request: Request, status: int, detail: str) -> Response:
    """Return the page for a refusal: its status, its sentence, and what to do next."""
    actor = await current_actor(request)
    words = _WORDS.get(status, _OTHER)
    link, link_word = _onward(request, words, signed_in=actor is not None)
    return pages(request).render(
        request,
        "fault.html",
        actor=actor,
        status=status,
        title=words.title,
        symbol=words.symbol,
        detail=detail,
        step=words.step,
        link=link,
        link_word=link_word,
    )

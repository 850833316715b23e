"""The page for addresses that have none; the API's own 404 stays a problem document.

Rules:
- an address that only takes a form, opened in a browser, as after a form was refused and the page was loaded
  again, leads to the page that the form is on;
- an address that there is, asked in a way that it does not take, says that (405); any other is not there
  (404).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from re import Pattern

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import iter_route_contexts
from starlette.routing import Match, compile_path
from starlette.types import Scope

from fleet.core.problems import ProblemError
from fleet.people.access import PUBLIC
from fleet.web.faults import PageRoute

_NOT_PAGES = ("/api/", "/static/", "/assets/")
_ANYTHING = "/{path:path}"
_READ = ("GET", "HEAD")
_METHODS = [*_READ, "POST", "PUT", "PATCH", "DELETE"]


class Elsewhere(PageRoute):
    """Matches every address that no page has, outside the API and the files."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match as usual, but nothing that is not a page's business."""
        if str(scope.get("path", "")).startswith(_NOT_PAGES):
            return Match.NONE, {}
        return super().matches(scope)


router = APIRouter(route_class=Elsewhere)


@router.api_route(_ANYTHING, methods=_METHODS, dependencies=[Depends(PUBLIC)])
def nowhere(path: str, request: Request) -> Response:
    """Say that there is nothing, or lead to the page that a form's address belongs to.

    Raises:
        ProblemError: 404 there is no such address; 405 it does not take this method.
    """
    del path
    app: FastAPI = request.app
    here = request.url.path
    taken = methods_at(app, here)
    if not taken:
        raise ProblemError(404, "not_found", "There is no page at this address.")
    if request.method not in _READ:
        allowed = {"Allow": ", ".join(sorted(taken))}
        raise ProblemError(405, "method_not_allowed", "Nothing can be sent to this address.", headers=allowed)
    while "GET" not in methods_at(app, here):
        here = here.rpartition("/")[0] or "/"
    return RedirectResponse(here, 303)


def methods_at(app: FastAPI, path: str) -> frozenset[str]:
    """Return the methods that an address takes, of pages alone; none when there is no such address."""
    found = [methods for pattern, methods in _addresses(app) if pattern.match(path)]
    return frozenset().union(*found)


@lru_cache(maxsize=2)
def _addresses(app: FastAPI) -> Sequence[tuple[Pattern[str], frozenset[str]]]:
    return tuple(
        (compile_path(str(each.path))[0], frozenset(each.methods or ()))
        for each in iter_route_contexts(app.routes)
        if each.path is not None and each.path != _ANYTHING and each.methods
    )

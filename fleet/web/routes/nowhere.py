"""The page for addresses that have none; the API's own 404 stays a problem document."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response
from starlette.routing import Match
from starlette.types import Scope

from fleet.core.problems import ProblemError
from fleet.people.access import PUBLIC
from fleet.web.faults import PageRoute

_NOT_PAGES = ("/api/", "/static/", "/assets/")


class Elsewhere(PageRoute):
    """Matches every address that no page has, outside the API and the files."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match as usual, but nothing that is not a page's business."""
        if str(scope.get("path", "")).startswith(_NOT_PAGES):
            return Match.NONE, {}
        return super().matches(scope)


router = APIRouter(route_class=Elsewhere)


@router.get("/{path:path}", dependencies=[Depends(PUBLIC)])
def nowhere(path: str) -> Response:
    """Say that there is nothing.

    Raises:
        ProblemError: 404, always.
    """
    del path
    raise ProblemError(404, "not_found", "There is no page at this address.")

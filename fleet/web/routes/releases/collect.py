"""Where somebody fetches a release, by its link and the code that they were told; nobody signs in there.

The page is the same whatever the link: it says nothing of any release, and nothing of any person.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response

from fleet.core.problems import ProblemError
from fleet.people.access import COSTLY, PUBLIC
from fleet.people.sessions import origin_of
from fleet.releases.routes import package_answer
from fleet.releases.services import ReleasesDep
from fleet.web.faults import PageRoute
from fleet.web.templating import pages

router = APIRouter(route_class=PageRoute)
_public = [Depends(PUBLIC)]
_costly = [Depends(PUBLIC), COSTLY]
_LINK = Path(max_length=100)


@router.get("/collect/{link}", dependencies=_public)
def collect_page(request: Request, link: Annotated[str, _LINK], releases: ReleasesDep) -> Response:
    """Ask for the code; that a link which is good was opened is written down once."""
    releases.collecting.open(link, address=origin_of(request).address)
    return _page(request, link, None)


@router.post("/collect/{link}", dependencies=_costly)
def collect_form(
    request: Request,
    link: Annotated[str, _LINK],
    releases: ReleasesDep,
    code: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Send the package to whoever has the code."""
    try:
        package = releases.collecting.collect(link, code, address=origin_of(request).address)
    except ProblemError as problem:
        return _page(request, link, problem)
    return package_answer(package)


def _page(request: Request, link: str, problem: ProblemError | None) -> Response:
    answer = pages(request).render(
        request,
        "releases/collect.html",
        status=200 if problem is None else problem.status,
        link=link,
        fault="" if problem is None else problem.detail,
    )
    if problem is not None and problem.headers:
        answer.headers.update(problem.headers)
    return answer

"""The register of releases: the list, narrowed, printed and taken as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.releases.finding import REGISTER_STATES, ReleaseFilter, every_release, find_releases
from fleet.web.faults import PageRoute
from fleet.web.routes.searching import FirstDay, LastDay, Skip, found_page
from fleet.web.templating import pages
from fleet.web.views.csv_rows import csv_text
from fleet.web.views.moments import count
from fleet.web.views.releases.one import release_line
from fleet.web.views.releases.register import HEADINGS, release_cells
from fleet.web.views.releases.search import ReleaseSearch
from fleet.web.views.search import PAGE
from fleet.web.views.searching.days import SearchError

router = APIRouter(route_class=PageRoute)

Seer = Annotated[Actor, Depends(require(Permission.SEE_RELEASES))]
InAddress = Annotated[str, Query(max_length=100)]
_BLOCK = 200


def search_of(
    state: InAddress = "all",
    q: InAddress = "",
    start: FirstDay = "",
    end: LastDay = "",
    skip: Skip = 0,
) -> ReleaseSearch:
    """Read what is looked for out of the address."""
    chosen = state if state in REGISTER_STATES else "all"
    return ReleaseSearch(chosen, " ".join(q.split()), start, end, skip=skip)


SearchDep = Annotated[ReleaseSearch, Depends(search_of)]


@router.get("/releases")
def releases_page(request: Request, services: ServicesDep, actor: Seer, search: SearchDep) -> Response:
    """List releases, the newest first."""
    wanted, fault = _wanted(search)
    now = services.clock()
    with services.readers() as session:
        search, found, total = found_page(
            search, lambda skip: find_releases(session, wanted, skip=skip, limit=PAGE)
        )
        rows = [release_line(each, now) for each in found]
    before, after = search.pager(total)
    return pages(request).render(
        request,
        "releases/list.html",
        actor=actor,
        status=422 if fault else 200,
        rows=rows,
        title=count(total, "release").capitalize(),
        on_paper=search.on_paper(len(rows), total, days=fault is None),
        chosen=search,
        states=REGISTER_STATES,
        may_draft=may(actor.roles, Permission.RELEASE),
        before=before,
        after=after,
        fault=str(fault or ""),
        fault_field=fault.field if fault is not None else "",
        table=f"/releases.csv?{search.query()}" if search.query() else "/releases.csv",
    )


@router.get("/releases.csv")
def releases_csv(services: ServicesDep, actor: Seer, search: SearchDep) -> Response:
    """Send the releases that fit as a table; the log says who took it."""
    wanted, fault = _wanted(search)
    if fault is not None:
        raise ProblemError(422, "day_unusable", str(fault))
    with services.sessions.begin() as session:
        total = find_releases(session, wanted, limit=1)[1]
        detail = {"releases": total, "narrowed": "yes" if search.any else "no"}
        record(session, actor, "releases:register:csv", "releases", detail=detail)
    headers = {"Content-Disposition": 'attachment; filename="releases.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(_blocks(services, wanted), media_type="text/csv; charset=utf-8", headers=headers)


def _wanted(search: ReleaseSearch) -> tuple[ReleaseFilter, SearchError | None]:
    try:
        return search.wanted(), None
    except SearchError as error:
        return search.without_days(), error


def _blocks(services: Services, wanted: ReleaseFilter) -> Iterator[bytes]:
    """Make the table block by block."""
    yield ("\ufeff" + csv_text([HEADINGS])).encode("utf-8")
    with services.readers() as session:
        for block in every_release(session, wanted, block=_BLOCK):
            yield csv_text(release_cells(each) for each in block).encode("utf-8")

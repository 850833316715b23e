"""The recordings: looking for one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from fleet.cameras.service import list_cameras
from fleet.core.actor import Actor
from fleet.core.services import ServicesDep
from fleet.people.access import Permission, require
from fleet.web import recorded, sources
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.recordings import row
from fleet.web.views.search import (
    PAGE,
    STATES,
    Search,
    SearchError,
    chosen_words,
    odd_words,
    pager,
    title,
)

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_RECORDINGS))]
Text = Annotated[str, Query(max_length=100)]


def search_of(
    start: Annotated[str, Query(alias="from", max_length=20)] = "",
    end: Annotated[str, Query(alias="to", max_length=20)] = "",
    officer: Text = "",
    camera: Text = "",
    state: Text = "",
    skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Search:
    """Read what is looked for out of the address."""
    return Search(start, end, officer, camera, state, skip)


@router.get("/recordings")
def recordings_page(
    request: Request, services: ServicesDep, actor: Viewer, search: Annotated[Search, Depends(search_of)]
) -> Response:
    """List recordings, all or those that fit."""
    with services.readers() as session:
        officers = sources.officers(session, retired=True)
        cameras = [camera.id for camera in list_cameras(session, revoked=True)]
        search, odd = search.known(officers={each.id for each in officers}, cameras=cameras)
        fault: SearchError | None = None
        try:
            start, end = search.days()
        except SearchError as error:
            fault, start, end = error, None, None
        used = search.without_days() if fault is not None else search
        wanted = recorded.Filter(
            start=start,
            end=end,
            officer=search.officer or None,
            camera=search.camera or None,
            state=search.state or None,
        )
        found, total = recorded.search(session, wanted, skip=search.skip, limit=PAGE)
        if total and not found:  # further back than there is anything: the last page there is
            search = search.at_end(total)
            found, total = recorded.search(session, wanted, skip=search.skip, limit=PAGE)
    newer, older = pager(search, total)
    named = next((each.name for each in officers if each.id == search.officer), "")
    used = search.without_days() if fault is not None else search
    now = services.clock()
    return pages(request).render(
        request,
        "recordings.html",
        actor=actor,
        status=422 if fault else 200,
        rows=[row(each, now) for each in found],
        title=title(total, chosen=used.any),
        filtered=used.any,
        on_paper=chosen_words(used, named, total, len(found)),
        chosen=search,
        officers=officers,
        cameras=cameras,
        states=STATES,
        newer=newer,
        older=older,
        odd=odd_words(odd),
        fault=str(fault or ""),
        fault_field=fault.field if fault is not None else "",
    )

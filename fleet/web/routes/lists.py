"""What people take from the list of recordings: a table for a spreadsheet, or a view that they keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.services import Services, ServicesDep
from fleet.incidents.saved_views import remove_view, save_view
from fleet.people.access import Permission, require
from fleet.web import recorded
from fleet.web.faults import PageRoute
from fleet.web.routes.recordings import known_search, search_of, wanted_of
from fleet.web.views.csv_rows import csv_text
from fleet.web.views.search import Search, left_out_words, odd_words
from fleet.web.views.spreadsheet import HEADINGS, cells

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_RECORDINGS))]
Text = Annotated[str, Form(max_length=1000)]
SearchDep = Annotated[Search, Depends(search_of)]
_BLOCK = 500


@router.get("/recordings.csv")
def recordings_csv(services: ServicesDep, actor: Viewer, search: SearchDep) -> Response:
    """Send the recordings that fit as a table; the log says who took it and what it was narrowed to.

    What it was not narrowed to although that was asked for stands in a last row of the table.
    """
    with services.sessions.begin() as session:
        search, odd = known_search(session, search)
        wanted, fault = wanted_of(session, search, actor)
        said = (
            odd_words(odd),
            left_out_words(search.text),
            "" if fault is None else f"Of the days that were asked for: {fault}",
        )
        left = " ".join(each for each in said if each)
        total = recorded.search(session, wanted, skip=0, limit=1)[1]
        detail = {"recordings": total, "narrowed": "yes" if search.any else "no"}
        record(session, actor, "incidents:recordings:csv", "recordings", detail=detail)
    headers = {"Content-Disposition": 'attachment; filename="recordings.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(
        _blocks(services, wanted, left), media_type="text/csv; charset=utf-8", headers=headers
    )


@router.post("/views")
def save_form(services: ServicesDep, actor: Viewer, search: SearchDep, name: Text = "") -> Response:
    """Keep a search under a name."""
    with services.sessions.begin() as session:
        save_view(session, services.random, name=name, query=search.query(), by=actor)
    return RedirectResponse(search.address(0), 303)


@router.post("/views/{view}/remove")
def remove_form(view: str, services: ServicesDep, actor: Viewer) -> Response:
    """Remove a view of one's own."""
    with services.sessions.begin() as session:
        remove_view(session, view=view, by=actor)
    return RedirectResponse("/recordings", 303)


def _blocks(services: Services, wanted: recorded.Filter, left: str) -> Iterator[bytes]:
    """Make the table block by block, from one look at the tables; ``left`` is what it was not narrowed to."""
    yield ("\ufeff" + csv_text([HEADINGS])).encode("utf-8")
    with services.readers() as session:
        for block in recorded.everything(session, wanted, block=_BLOCK):
            yield csv_text(cells(each) for each in block).encode("utf-8")
    if left:
        yield csv_text([[left]]).encode("utf-8")

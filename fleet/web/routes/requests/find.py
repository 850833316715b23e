"""Finding the footage that a request is about, by the visit on which it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.services import ServicesDep
from fleet.people.access import Permission, require
from fleet.requests.cases import get_case
from fleet.requests.footage import recordings_of
from fleet.requests.rules.kinds import RIGHTS, RequestKind
from fleet.visits.finding import find_visits, recordings_by_visit
from fleet.visits.models import TenancyVisit
from fleet.web import recorded
from fleet.web.faults import PageRoute
from fleet.web.routes.searching import FirstDay, LastDay
from fleet.web.templating import pages
from fleet.web.views.recordings import Row
from fleet.web.views.recordings import row as row_view
from fleet.web.views.requests.found import HOW, MOST_VISITS, found_visits, found_words, search_words
from fleet.web.views.searching.days import SearchError, days_between

router = APIRouter(route_class=PageRoute)

Handler = Annotated[Actor, Depends(require(Permission.REQUESTS))]
Typed = Annotated[str, Query(max_length=200)]


@router.get("/requests/{case}/find")
def find_page(
    request: Request,
    case: str,
    services: ServicesDep,
    actor: Handler,
    q: Typed = "",
    start: FirstDay = "",
    end: LastDay = "",
) -> Response:
    """Show the visits of a place, a tenancy or some days, and link what was recorded on them."""
    text = " ".join(q.split())
    fault: SearchError | None = None
    first = after = None
    try:
        first, after = days_between(start, end)
    except SearchError as error:
        fault = error
    asked = fault is None and bool(text or start or end)
    with services.readers() as session:
        case_row = get_case(session, case)
        linked = {each.recording.public_id for each in recordings_of(session, case_row)}
        visits: Sequence[TenancyVisit] = ()
        total = 0
        if asked:
            visits, total = find_visits(session, text=text, start=first, end=after, limit=MOST_VISITS)
        shown = found_visits(visits, _recorded(session, visits, services.clock()), linked)
    return pages(request).render(
        request,
        "requests/find.html",
        actor=actor,
        status=422 if fault else 200,
        here=f"/requests/{case_row.id}",
        reference=case_row.reference,
        what=case_row.what,
        is_open=case_row.closed is None,
        is_right=RequestKind(case_row.kind) in RIGHTS,
        text=text,
        start=start,
        end=end,
        fault=str(fault or ""),
        fault_field="" if fault is None else fault.field,
        asked=asked,
        title=found_words(total, shown),
        visits=shown,
        where=search_words(text, start, end, total, shown),
        how=HOW,
        days=urlencode({name: day for name, day in (("from", start), ("to", end)) if day}),
    )


def _recorded(session: Session, visits: Sequence[TenancyVisit], now: datetime) -> Mapping[str, Sequence[Row]]:
    """Return what was recorded on visits, as rows of a list, by the visits' ids."""
    found = recordings_by_visit(session, [each.id for each in visits])
    every = [each for rows in found.values() for each in rows]
    shown = {each.summary.id: row_view(each, now) for each in recorded.several(session, every)}
    return {visit: [shown[each.public_id] for each in rows] for visit, rows in found.items()}

"""Incidents: found, opened, changed, and recordings put into them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.footage.recordings.lookup import get
from fleet.incidents.finding import IncidentFilter
from fleet.incidents.models import Incident
from fleet.incidents.rules.draft import LONGEST_PLACE, LONGEST_WHAT, DraftError, IncidentDraft, clean_draft
from fleet.incidents.rules.words import CATEGORIES
from fleet.incidents.service import (
    MOST_RECORDINGS,
    add_recordings,
    change_incident,
    draft_of,
    get_incident,
    open_incident,
    remove_recording,
)
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.retention.holds import holds_on_incident
from fleet.web import recorded
from fleet.web.faults import PageRoute
from fleet.web.forms import clean_moment, typed_moment
from fleet.web.judged import incident_list, incident_page
from fleet.web.kept import NO_HOLD_FORM, HoldForm, kept_part
from fleet.web.routes.imports.on_incident import imports_part
from fleet.web.routes.searching import FirstDay, LastDay, Skip, found_page
from fleet.web.templating import pages
from fleet.web.views.incidents.incident import person_boxes
from fleet.web.views.incidents.search import IncidentSearch
from fleet.web.views.kept import hold_views
from fleet.web.views.moments import count
from fleet.web.views.recordings import row as row_view
from fleet.web.views.search import PAGE, left_out_words
from fleet.web.views.searching.days import SearchError
from fleet.web.zone import site_zone

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_RECORDINGS))]
Writer = Annotated[Actor, Depends(require(Permission.CLASSIFY))]
InAddress = Annotated[str, Query(max_length=100)]
Line = Annotated[str, Form(max_length=1000)]
Text = Annotated[str, Form(max_length=20_000)]
Seen = Annotated[str | None, Form(max_length=100)]
CONFLICT = 409
Several = Annotated[list[str], Form(max_length=MOST_RECORDINGS)]


@dataclass(frozen=True, slots=True)
class Written:
    """An incident's form as it was sent, and what was wrong with it; empty before that."""

    place: str = ""
    category: str = ""
    happened: str = ""
    what: str = ""
    people: list[str] = field(default_factory=list)
    known: str = ""
    fault: str = ""
    fault_field: str = ""
    status: int = 422


def written_of(
    place: Line = "",
    category: Line = "",
    happened: Line = "",
    what: Text = "",
    people: Several = [],  # noqa: B006
    known: Line = "",
) -> Written:
    """Read the form."""
    return Written(place, category, happened, what, people, known)


WrittenDep = Annotated[Written, Depends(written_of)]


def search_of(
    q: InAddress = "",
    category: InAddress = "",
    start: FirstDay = "",
    end: LastDay = "",
    skip: Skip = 0,
) -> IncidentSearch:
    """Read what is looked for out of the address."""
    known = category if category in CATEGORIES else ""
    return IncidentSearch(" ".join(q.split()), known, start, end, skip=skip)


@router.get("/incidents")
def incidents_page(
    request: Request,
    services: ServicesDep,
    actor: Viewer,
    search: Annotated[IncidentSearch, Depends(search_of)],
) -> Response:
    """List incidents, all or those that fit."""
    fault: SearchError | None = None
    try:
        start, end = search.days()
    except SearchError as error:
        fault, start, end = error, None, None
    wanted = IncidentFilter(search.text, search.category, start, end)
    with services.readers() as session:
        search, found, total = found_page(
            search, lambda skip: incident_list(session, wanted, skip=skip, limit=PAGE)
        )
    newer, older = search.pager(total)
    return pages(request).render(
        request,
        "incidents.html",
        actor=actor,
        status=422 if fault else 200,
        incidents=found,
        title=count(total, "incident").capitalize(),
        on_paper=search.on_paper(len(found), total, days=fault is None),
        chosen=search,
        categories=CATEGORIES,
        odd=left_out_words(search.text),
        newer=newer,
        older=older,
        fault=str(fault or ""),
        fault_field=fault.field if fault is not None else "",
        may_open=may(actor.roles, Permission.CLASSIFY),
    )


@router.get("/incidents/new")
def new_incident_page(
    request: Request,
    services: ServicesDep,
    actor: Writer,
    recording: Annotated[list[str], Query(max_length=MOST_RECORDINGS)] = [],  # noqa: B006
) -> Response:
    """Show the form for an incident, with the recordings that it begins with."""
    written = Written()
    with services.readers() as session:
        rows = [get(session, each) for each in dict.fromkeys(recording)]
        dated = [each.summary.moment for each in recorded.several(session, rows) if each.summary.is_dated]
    if first := min(dated, default=None):
        written = Written(happened=typed_moment(first), known=first.isoformat())
    return _form(request, services, actor, written, recording)


@router.post("/incidents")
def open_form(
    request: Request,
    services: ServicesDep,
    actor: Writer,
    written: WrittenDep,
    recording: Several = [],  # noqa: B006
) -> Response:
    """Open an incident."""
    try:
        draft = _draft(services, written)
        with services.sessions.begin() as session:
            opened = open_incident(
                session, services.random, draft, zone=site_zone(), recordings=recording, by=actor
            ).id
    except DraftError as error:
        return _form(request, services, actor, _refused(written, error), recording)
    return RedirectResponse(f"/incidents/{opened}", 303)


@router.get("/incidents/{incident}")
def one_incident_page(request: Request, incident: str, services: ServicesDep, actor: Viewer) -> Response:
    """Show one incident."""
    return incident_page_of(request, services, actor, incident)


@router.post("/incidents/{incident}")
def change_form(
    request: Request,
    incident: str,
    services: ServicesDep,
    actor: Writer,
    written: WrittenDep,
    seen: Seen = None,
) -> Response:
    """Write an incident down anew, in place of what the page showed."""
    try:
        draft = _draft(services, written)
        with services.sessions.begin() as session:
            change_incident(session, draft, incident=incident, by=actor, seen=seen)
    except DraftError as error:
        return incident_page_of(request, services, actor, incident, _refused(written, error))
    except ProblemError as problem:
        if problem.status != CONFLICT:
            raise
        return incident_page_of(
            request, services, actor, incident, replace(written, fault=problem.detail, status=CONFLICT)
        )
    return RedirectResponse(f"/incidents/{incident}", 303)


@router.post("/incidents/{incident}/recordings")
def add_form(incident: str, services: ServicesDep, actor: Writer, recording: Several = []) -> Response:  # noqa: B006
    """Put recordings into an incident."""
    with services.sessions.begin() as session:
        add_recordings(session, incident=incident, recordings=recording, by=actor)
    return RedirectResponse(f"/incidents/{incident}", 303)


@router.post("/incidents/{incident}/remove")
def remove_form(incident: str, services: ServicesDep, actor: Writer, recording: Line = "") -> Response:
    """Take a recording out of an incident."""
    with services.sessions.begin() as session:
        remove_recording(session, incident=incident, recording=recording, by=actor)
    return RedirectResponse(f"/incidents/{incident}", 303)


def _draft(services: Services, written: Written) -> IncidentDraft:
    return clean_draft(
        place=written.place,
        category=written.category,
        happened=clean_moment(written.happened, written.known),
        what=written.what,
        people=written.people,
        now=services.clock(),
    )


def _refused(written: Written, error: DraftError) -> Written:
    return replace(written, fault=str(error), fault_field=error.field)


def _of(row: Incident) -> Written:
    at, people = row.happened, [str(each) for each in row.people]
    return Written(row.place, row.category, typed_moment(at), row.what, people, at.isoformat())


def _form(
    request: Request, services: Services, actor: Actor, written: Written, recordings: list[str]
) -> Response:
    with services.readers() as session:
        rows = [get(session, each) for each in dict.fromkeys(recordings)]
        facts = recorded.several(session, rows)
    return pages(request).render(
        request,
        "incident_new.html",
        actor=actor,
        status=422 if written.fault else 200,
        written=written,
        boxes=person_boxes(written.people),
        categories=CATEGORIES,
        longest_place=LONGEST_PLACE,
        longest_what=LONGEST_WHAT,
        rows=[row_view(each, services.clock()) for each in facts],
    )


def incident_page_of(
    request: Request,
    services: Services,
    actor: Actor,
    incident: str,
    written: Written | None = None,
    *,
    holding: HoldForm = NO_HOLD_FORM,
) -> Response:
    """Show the page of an incident, with its forms as they were sent or refused."""
    with services.readers() as session:
        row = get_incident(session, incident)
        page = incident_page(session, row)
        holds = hold_views(holds_on_incident(session, row.id), services.clock())
        imported = imports_part(session, row.id, actor)
        shown = written or _of(row)
    return pages(request).render(
        request,
        "incident.html",
        actor=actor,
        status=max(shown.status if shown.fault else 200, holding.status),
        page=page,
        seen=draft_of(row).mark,
        written=shown,
        boxes=person_boxes(shown.people),
        categories=CATEGORIES,
        longest_place=LONGEST_PLACE,
        longest_what=LONGEST_WHAT,
        may_change=may(actor.roles, Permission.CLASSIFY),
        may_review=may(actor.roles, Permission.REVIEW),
        **imported,
        **kept_part(None, holds, actor, services.clock(), holding=holding),
    )

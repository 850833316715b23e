"""The register of requests: the list, narrowed, printed and taken as a table; and writing one down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.requests.cases import change_request, draft_of, get_open, local_today, open_request
from fleet.requests.finding import (
    STATES,
    RequestFilter,
    every_request,
    find_requests,
    import_counts,
    recording_counts,
)
from fleet.requests.rules.draft import CHANNELS, RequestDraft
from fleet.requests.rules.kinds import KINDS, OTHERS, RIGHTS, RequestKind
from fleet.web.faults import PageRoute
from fleet.web.routes.requests.forms import RequestForm, form_of, typed_form
from fleet.web.routes.searching import FirstDay, LastDay, Skip, found_page
from fleet.web.templating import pages
from fleet.web.views.csv_rows import csv_text
from fleet.web.views.moments import count
from fleet.web.views.requests.one import request_row
from fleet.web.views.requests.register import HEADINGS, cells
from fleet.web.views.requests.search import RegisterSearch
from fleet.web.views.search import PAGE
from fleet.web.views.searching.days import SearchError
from fleet.web.zone import site_zone

router = APIRouter(route_class=PageRoute)

Handler = Annotated[Actor, Depends(require(Permission.REQUESTS))]
InAddress = Annotated[str, Query(max_length=100)]
FormDep = Annotated[RequestForm, Depends(form_of)]
_BLOCK = 200
_NOT_FOUND, _CONFLICT = 404, 409


def search_of(
    state: InAddress = "open",
    kind: InAddress = "",
    q: InAddress = "",
    start: FirstDay = "",
    end: LastDay = "",
    skip: Skip = 0,
) -> RegisterSearch:
    """Read what is looked for out of the address."""
    known = kind if kind in set(RequestKind) else ""
    chosen = state if state in STATES else "open"
    return RegisterSearch(chosen, known, " ".join(q.split()), start, end, skip=skip)


SearchDep = Annotated[RegisterSearch, Depends(search_of)]


@router.get("/requests")
def requests_page(request: Request, services: ServicesDep, actor: Handler, search: SearchDep) -> Response:
    """List requests, those that are due first in front."""
    wanted, fault = _wanted(search)
    with services.readers() as session:
        today = local_today(session, site_zone())
        search, found, total = found_page(
            search, lambda skip: find_requests(session, wanted, today=today, skip=skip, limit=PAGE)
        )
    before, after = search.pager(total)
    return pages(request).render(
        request,
        "requests/list.html",
        actor=actor,
        status=422 if fault else 200,
        rows=[request_row(each, today) for each in found],
        title=count(total, "request").capitalize(),
        on_paper=search.on_paper(len(found), total, days=fault is None),
        chosen=search,
        states=STATES,
        kinds=_titles(),
        before=before,
        after=after,
        fault=str(fault or ""),
        fault_field=fault.field if fault is not None else "",
        table=f"/requests.csv?{search.query()}" if search.query() else "/requests.csv",
    )


@router.get("/requests.csv")
def register_csv(services: ServicesDep, actor: Handler, search: SearchDep) -> Response:
    """Send the requests that fit as a table; the log says who took it."""
    wanted, fault = _wanted(search)
    if fault is not None:
        raise ProblemError(422, "day_unusable", str(fault))
    with services.sessions.begin() as session:
        total = find_requests(session, wanted, today=local_today(session, site_zone()), limit=1)[1]
        detail = {"requests": total, "narrowed": "yes" if search.any else "no"}
        record(session, actor, "requests:register:csv", "requests", detail=detail)
    headers = {"Content-Disposition": 'attachment; filename="requests.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(_blocks(services, wanted), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/requests/new")
def new_page(request: Request, services: ServicesDep, actor: Handler, kind: InAddress = "") -> Response:
    """Show the form for a request: first which kind, then what belongs to it."""
    with services.readers() as session:
        today = local_today(session, site_zone())
    chosen = RequestKind(kind) if kind in set(RequestKind) else None
    form = RequestForm(kind=kind if chosen else "", received=today.isoformat(), owner=actor.name)
    return _form(request, actor, form, today, action="/requests")


@router.post("/requests")
def open_form(request: Request, services: ServicesDep, actor: Handler, form: FormDep) -> Response:
    """Write a request down."""
    try:
        with services.sessions.begin() as session:
            draft = _draft(form)
            case = open_request(session, services.random, draft, zone=site_zone(), by=actor).id
    except ProblemError as problem:
        return _again(request, services, actor, form, problem, action="/requests")
    return RedirectResponse(f"/requests/{case}", 303)


@router.get("/requests/{case}/change")
def change_page(request: Request, case: str, services: ServicesDep, actor: Handler) -> Response:
    """Show what is written down of a request, to be changed."""
    with services.readers() as session:
        form = typed_form(draft_of(get_open(session, case)))
        today = local_today(session, site_zone())
    return _form(request, actor, form, today, action=f"/requests/{case}/change")


@router.post("/requests/{case}/change")
def change_form(
    request: Request, case: str, services: ServicesDep, actor: Handler, form: FormDep
) -> Response:
    """Write down anew what a request says."""
    try:
        with services.sessions.begin() as session:
            change_request(session, _draft(form), case=case, zone=site_zone(), by=actor)
    except ProblemError as problem:
        if problem.status == _NOT_FOUND:
            raise
        return _again(request, services, actor, form, problem, action=f"/requests/{case}/change")
    return RedirectResponse(f"/requests/{case}", 303)


def _again(
    request: Request,
    services: Services,
    actor: Actor,
    form: RequestForm,
    problem: ProblemError,
    *,
    action: str,
) -> Response:
    with services.readers() as session:
        today = local_today(session, site_zone())
    return _form(request, actor, form, today, action=action, problem=problem)


def _form(
    request: Request,
    actor: Actor,
    form: RequestForm,
    today: date,
    *,
    action: str,
    problem: ProblemError | None = None,
) -> Response:
    kind = RequestKind(form.kind) if form.kind in set(RequestKind) else None
    return pages(request).render(
        request,
        "requests/new.html",
        actor=actor,
        status=200 if problem is None else problem.status,
        form=form,
        action=action,
        is_new=action == "/requests",
        title="" if kind is None else KINDS[kind].title,
        kinds=_titles(),
        by_others=kind in OTHERS,
        by_person=kind in RIGHTS,
        channels=CHANNELS,
        today=today.isoformat(),
        fault="" if problem is None else problem.detail,
        fault_field="" if problem is None else problem.code.removesuffix("_unusable"),
    )


def _draft(form: RequestForm) -> RequestDraft:
    draft = form.draft()
    if draft is None:
        raise ProblemError(422, "kind_unusable", "Choose what is asked for, and the day of receipt.")
    return draft


def _titles() -> dict[str, str]:
    return {kind.value: words.title for kind, words in KINDS.items()}


def _wanted(search: RegisterSearch) -> tuple[RequestFilter, SearchError | None]:
    try:
        return search.wanted(), None
    except SearchError as error:
        return RequestFilter(search.state, search.kind, search.text), error


def _blocks(services: Services, wanted: RequestFilter) -> Iterator[bytes]:
    """Make the table block by block."""
    yield ("\ufeff" + csv_text([HEADINGS])).encode("utf-8")
    with services.readers() as session:
        today = local_today(session, services.config.site.time_zone)
        for block in every_request(session, wanted, today=today, block=_BLOCK):
            names = [each.id for each in block]
            counts = recording_counts(session, names), import_counts(session, names)
            yield csv_text(cells(each, *counts) for each in block).encode("utf-8")

"""The audit log: looking at it, which is logged, and whether it holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from fleet.audit.log import record
from fleet.audit.search import Found, find_entries, newest_number
from fleet.audit.services import AuditDep, AuditServices
from fleet.core.actor import Actor
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.web.faults import PageRoute
from fleet.web.routes.audit.looked_up import filter_of, people_of, subject_names
from fleet.web.templating import pages
from fleet.web.views.audit.choosing import choices
from fleet.web.views.audit.entries import entry_views
from fleet.web.views.audit.search import PAGE, LogSearch
from fleet.web.views.audit.state import LogStateView, copy_argument, log_state
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.searching.days import SearchError

router = APIRouter(route_class=PageRoute)

Reader = Annotated[Actor, Depends(require(Permission.SEE_AUDIT))]
Text = Annotated[str, Query(max_length=200)]
Day = Annotated[str, Query(max_length=20)]


def log_search(
    *,
    person: Text = "",
    action: Text = "",
    subject: Text = "",
    address: Text = "",
    start: Annotated[Day, Query(alias="from")] = "",
    end: Annotated[Day, Query(alias="to")] = "",
    refusals: Annotated[str, Query(max_length=3)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> LogSearch:
    """Read what is looked for out of the address."""
    person, action, subject, address = (" ".join(each.split()) for each in (person, action, subject, address))
    return LogSearch(person, action, subject, address, start, end, refusals == "yes", before)


SearchDep = Annotated[LogSearch, Depends(log_search)]


@router.get("/audit")
def log_page(
    request: Request, services: ServicesDep, audit: AuditDep, actor: Reader, search: SearchDep
) -> Response:
    """Show entries, the newest first, and write down who looked."""
    now = services.clock()
    with services.readers() as session:
        wanted, fault = filter_of(session, search)
        found = find_entries(session, wanted, before=search.before, limit=PAGE)
        names = subject_names(session, found.entries)
        people = people_of(session)
        newest = newest_number(session)
    _note_look(services, audit, actor, search, found.entries)
    return pages(request).render(
        request,
        "audit.html",
        actor=actor,
        status=422 if fault is not None else 200,
        search=search,
        on_paper=narrowed_words((search.without_days() if fault is not None else search).labelled),
        narrowed=search.without_days().any if fault is not None else search.any,
        fault=str(fault) if fault is not None else "",
        fault_field=fault.field if isinstance(fault, SearchError) else "",
        people=people,
        actions=choices(),
        entries=entry_views(found.entries, names, now),
        newer=search.page(None) if search.before is not None else "",
        older=search.page(found.older) if found.older is not None else "",
        state=_state(services, audit, newest),
    )


@router.get("/audit/verification")
def verification_page(request: Request, services: ServicesDep, audit: AuditDep, actor: Reader) -> Response:
    """Show whether the log holds, and how far a verification is."""
    # What was added since is not told: the page is live, and does not follow every entry.
    return pages(request).render(
        request,
        "audit_verification.html",
        actor=actor,
        state=_state(services, audit, newest=0),
        key=audit.schedule.maker.signer.key.text,
        copy=copy_argument(services.database.engine.dialect.name),
    )


@router.post("/audit/verify")
def verify_form(services: ServicesDep, audit: AuditDep, actor: Reader) -> Response:
    """Begin to verify the log, unless that is under way."""
    if audit.verification.start():
        with services.sessions.begin() as session:
            record(session, actor, "audit:log:verify", "log")
    return RedirectResponse("/audit/verification", 303)


def _state(services: Services, audit: AuditServices, newest: int) -> LogStateView:
    places = " and ".join(each.where for each in audit.schedule.maker.places)
    schedule = audit.schedule
    return log_state(
        audit.verification.state(), schedule.last, schedule.trouble, places, newest, services.clock()
    )


def _note_look(
    services: Services, audit: AuditServices, actor: Actor, search: LogSearch, found: Sequence[Found]
) -> None:
    """Write down who looked at which entries, unless they did so a moment ago."""
    what = search.page(search.before)
    if not audit.looks.is_new(actor.label, what, services.clock()):
        return
    span = f"{found[-1].number} to {found[0].number}" if found else "none"
    detail = {"looked for": search.words, "entries": span}
    with services.sessions.begin() as session:
        record(session, actor, "audit:log:read", "log", detail=detail)

"""The list of imports, and describing a new one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.imagery.finding import STATES, ImportFilter, find_imports
from fleet.imagery.rules.draft import LONGEST_IMPORT_LINE, LONGEST_IMPORT_TEXT
from fleet.imagery.rules.kinds import KIND_WORDS, NOT_VERIFIED, ImportKind
from fleet.imagery.service import describe_import
from fleet.incidents.service import get_incident
from fleet.organisation.bases import BASES, LandlordKind, bases_of
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.web.faults import PageRoute
from fleet.web.routes.imports.import_forms import ImportForm, ImportFormDep, last_part
from fleet.web.routes.searching import FirstDay, LastDay, Skip, found_page
from fleet.web.templating import pages
from fleet.web.views.imports.import_search import ImportSearch
from fleet.web.views.imports.one import import_line
from fleet.web.views.moments import count
from fleet.web.views.search import PAGE
from fleet.web.views.searching.days import SearchError
from fleet.web.zone import local

router = APIRouter(route_class=PageRoute)

Seer = Annotated[Actor, Depends(require(Permission.SEE_IMPORTS))]
Importer = Annotated[Actor, Depends(require(Permission.IMPORT))]
InAddress = Annotated[str, Query(max_length=100)]
_NOT_FOUND = 404


def search_of(
    state: InAddress = "here",
    kind: InAddress = "",
    q: InAddress = "",
    start: FirstDay = "",
    end: LastDay = "",
    skip: Skip = 0,
) -> ImportSearch:
    """Read what is looked for out of the address."""
    known = kind if kind in set(ImportKind) else ""
    chosen = state if state in STATES else "here"
    return ImportSearch(chosen, known, " ".join(q.split()), start, end, skip=skip)


SearchDep = Annotated[ImportSearch, Depends(search_of)]


@router.get("/imports")
def imports_page(request: Request, services: ServicesDep, actor: Seer, search: SearchDep) -> Response:
    """List imports, the newest first."""
    now = services.clock()
    wanted, fault = _wanted(search)
    with services.readers() as session:
        search, found, total = found_page(
            search, lambda skip: find_imports(session, wanted, skip=skip, limit=PAGE)
        )
        rows = [import_line(each, now) for each in found]
    before, after = search.pager(total)
    return pages(request).render(
        request,
        "imports/list.html",
        actor=actor,
        status=422 if fault else 200,
        fault=str(fault or ""),
        fault_field=fault.field if fault is not None else "",
        rows=rows,
        title=count(total, "import").capitalize(),
        on_paper=search.on_paper(len(rows), total, days=fault is None),
        chosen=search,
        states=STATES,
        kinds=_kinds(),
        unverified=NOT_VERIFIED,
        may_import=may(actor.roles, Permission.IMPORT),
        before=before,
        after=after,
    )


@router.get("/imports/new")
def new_import_page(
    request: Request, services: ServicesDep, actor: Importer, kind: InAddress = "", incident: InAddress = ""
) -> Response:
    """Show the form for an import: first which kind, then what belongs to it."""
    form = ImportForm(kind=kind if kind in set(ImportKind) else "", incident=last_part(incident))
    return _form(request, services, actor, form)


@router.post("/imports")
def describe_form(request: Request, services: ServicesDep, actor: Importer, form: ImportFormDep) -> Response:
    """Write down what is to be imported, and go to where its file is sent."""
    try:
        with services.sessions.begin() as session:
            row = describe_import(session, services, form.draft, incident=form.incident, by=actor).id
    except ProblemError as problem:
        return _form(request, services, actor, form, problem)
    return RedirectResponse(f"/imports/{row}", 303)


def _wanted(search: ImportSearch) -> tuple[ImportFilter, SearchError | None]:
    """Return what is looked for; days that cannot be used filter nothing, and why is said."""
    try:
        return search.wanted(), None
    except SearchError as error:
        return ImportFilter(search.state, search.kind, search.text), error


def _form(
    request: Request,
    services: Services,
    actor: Actor,
    form: ImportForm,
    problem: ProblemError | None = None,
) -> Response:
    known = form.kind if form.kind in set(ImportKind) else ""
    with services.readers() as session:
        try:
            where = get_incident(session, form.incident).reference if form.incident else ""
        except ProblemError:
            where = ""
    return pages(request).render(
        request,
        "imports/new.html",
        actor=actor,
        status=200 if problem is None else problem.status,
        form=form,
        title="" if not known else KIND_WORDS[ImportKind(known)],
        kinds=_kinds(),
        is_photograph=known == ImportKind.PHOTOGRAPH,
        months=services.config.imports.cctv_months,
        bases=[(each, BASES[each]) for each in bases_of(LandlordKind(services.config.landlord.kind))],
        incident=where,
        today=local(services.clock()).date().isoformat(),
        longest_line=LONGEST_IMPORT_LINE,
        longest_text=LONGEST_IMPORT_TEXT,
        fault="" if problem is None else _sentence(problem),
        fault_field="" if problem is None else problem.code.removesuffix("_unusable"),
    )


def _sentence(problem: ProblemError) -> str:
    """Say what is wrong; what was not found here is the incident that was typed."""
    return "There is no such incident." if problem.status == _NOT_FOUND else problem.detail


def _kinds() -> dict[str, str]:
    return {kind.value: words for kind, words in KIND_WORDS.items()}

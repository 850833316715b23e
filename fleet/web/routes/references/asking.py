"""The public page of references: whoever has a code sees what is kept of that visit.

The code comes in a form's body, never in an address: addresses are logged, kept in histories and handed on.
The link of a QR code has it behind the hash, from where a script takes it; without scripts it is typed.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import COSTLY, PUBLIC
from fleet.people.sessions import origin_of
from fleet.references.approvals import is_on
from fleet.references.asking import ASKING, ReferenceAsking, answer_to
from fleet.references.rules.code import LONGEST_TYPED, CodeTypoError, read_code
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.references.answer import UNKNOWN, ToldVisit, told_visit
from fleet.web.zone import site_zone

router = APIRouter(route_class=PageRoute)

_costly = [Depends(PUBLIC), COSTLY]
PATH = "/reference"


@router.api_route(PATH, methods=["GET", "HEAD"], dependencies=_costly)
def reference_page(request: Request, services: ServicesDep) -> Response:
    """Show the form, where references are on.

    Raises:
        ProblemError: 404 they are off.
    """
    _check_on(services)
    return _page(request, services)


@router.post(PATH, dependencies=_costly)
async def reference_form(
    request: Request,
    services: ServicesDep,
    asking: Annotated[ReferenceAsking, Depends(ASKING)],
    code: Annotated[str, Form()] = "",
) -> Response:
    """Tell what is kept of a visit; every code that tells nothing has the same answer, after the same time.

    Raises:
        ProblemError: 404 references are off.
    """
    await run_in_threadpool(_check_on, services)
    try:
        clean = read_code(code)
    except CodeTypoError as error:
        return _page(request, services, fault=str(error), typed=code[:LONGEST_TYPED], status=422)
    began, moment, address = asking.seconds(), services.clock(), origin_of(request).address
    try:
        await run_in_threadpool(asking.begin, address, moment)
    except ProblemError as problem:
        refused = _page(request, services, fault=problem.detail, status=problem.status)
        refused.headers.update(problem.headers)
        return refused
    told = await run_in_threadpool(_look, services, clean)
    if told is None:
        answer = _page(request, services, fault=UNKNOWN, status=404)
    else:
        await run_in_threadpool(asking.give_back, address, moment)
        answer = _page(request, services, told=told)
    await asking.same_time(began)
    return answer


def _look(services: Services, code: str) -> ToldVisit | None:
    now = services.clock()
    with services.readers() as session:
        found = answer_to(session, code, now, site_zone())
    return None if found is None else told_visit(found, now)


def _check_on(services: Services) -> None:
    landlord = services.config.landlord
    with services.readers() as session:
        if not (landlord.name and landlord.contact and is_on(session)):
            raise ProblemError(404, "not_found", "There is no page at this address.")


def _page(
    request: Request,
    services: Services,
    *,
    told: ToldVisit | None = None,
    fault: str = "",
    typed: str = "",
    status: int = 200,
) -> Response:
    landlord = services.config.landlord
    answer = pages(request).render(
        request,
        "references/page.html",
        status=status,
        visit=told,
        fault=fault,
        typed=typed,
        landlord=landlord.name,
        contact=landlord.contact,
        complaints=landlord.complaints or landlord.contact,
    )
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer

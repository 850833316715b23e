"""References of a visit at the desk: printed as a slip, and revoked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.bodies import PathNumber
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.printing.errors import NotPrintableError
from fleet.printing.pdf import pdf_of
from fleet.references.approvals import approved_text, is_on
from fleet.references.service import make_reference, references_of, revoke_reference
from fleet.references.slip import slip_page
from fleet.visits.rules.draft import LONGEST_WHY
from fleet.visits.service import get_visit
from fleet.visits.texts import LANGUAGES, LandlordText
from fleet.web.faults import PageRoute
from fleet.web.routes.references.asking import PATH as PUBLIC_PATH
from fleet.web.templating import pages
from fleet.web.views.moments import moment

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_VISITS))]
Planner = Annotated[Actor, Depends(require(Permission.PLAN_VISITS))]
Line = Annotated[str, Form(max_length=1000)]
PATH = "/visits/{visit}/references"


def public_address(services: Services) -> str:
    """Return where the person recorded opens the public page."""
    return services.config.visits.reference_url or services.endpoints.dashboard_url + PUBLIC_PATH


def printed_slip(services: Services, text: LandlordText, code: str, *, large: bool) -> bytes:
    """Return a slip as a PDF.

    Raises:
        ProblemError: 409 it is not set who the landlord is; 422 it cannot be printed.
    """
    page = slip_page(
        text, code, landlord=services.config.landlord, address=public_address(services), large=large
    )
    try:
        return pdf_of(page, made=services.clock())
    except NotPrintableError as error:
        raise ProblemError(422, "not_printable", str(error)) from error


@router.get(PATH)
def references_page(request: Request, visit: str, services: ServicesDep, actor: Viewer) -> Response:
    """Show which references of a visit were given out."""
    return _page(request, services, actor, visit)


@router.post(PATH)
def slip_form(
    request: Request, visit: str, services: ServicesDep, actor: Planner, large: Line = ""
) -> Response:
    """Make a reference, and return its slip: the code is in this answer and nowhere else."""
    try:
        with services.sessions.begin() as session:
            row = get_visit(session, visit)
            text = approved_text(session, row.language)
            code = make_reference(session, services.random, visit=row, text=text, by=actor)
            made = printed_slip(services, text, code, large=bool(large))
    except ProblemError as problem:
        return _page(request, services, actor, visit, problem=problem)
    named = {"Content-Disposition": 'attachment; filename="reference.pdf"'}
    return Response(made, media_type="application/pdf", headers=named)


@router.post(PATH + "/{number}/revoke")
def revoke_form(
    request: Request, visit: str, number: PathNumber, services: ServicesDep, actor: Planner, reason: Line = ""
) -> Response:
    """Make a reference useless, such as one of a slip that was lost."""
    try:
        with services.sessions.begin() as session:
            revoke_reference(session, visit=visit, number=number, reason=reason, by=actor)
    except ProblemError as problem:
        return _page(request, services, actor, visit, problem=problem)
    return RedirectResponse(f"/visits/{visit}/references", 303)


def _page(
    request: Request, services: Services, actor: Actor, visit: str, *, problem: ProblemError | None = None
) -> Response:
    now = services.clock()
    with services.readers() as session:
        row = get_visit(session, visit)
        rows = [
            {
                "number": each.number,
                "made": moment(each.made, now),
                "by": each.made_by,
                "text": f"in {LANGUAGES[each.language]}, version {each.version}",
                "revoked": None if each.revoked is None else moment(each.revoked, now),
                "revoked_by": each.revoked_by or "",
                "reason": each.revoked_reason or "",
            }
            for each in references_of(session, row.id)
        ]
        on = is_on(session)
    return pages(request).render(
        request,
        "references/visit.html",
        actor=actor,
        status=problem.status if problem else 200,
        place=row.place,
        back=f"/visits/{row.id}",
        here=f"/visits/{row.id}/references",
        rows=rows,
        is_on=on,
        is_cancelled=row.cancelled is not None,
        may_plan=may(actor.roles, Permission.PLAN_VISITS),
        longest_why=LONGEST_WHY,
        fault=problem.detail if problem else "",
    )

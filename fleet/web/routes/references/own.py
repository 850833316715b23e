"""A reference on the officer's phone: shown once, as a code to scan and one to write down."""

from __future__ import annotations

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.references.approvals import approved_text, is_on
from fleet.references.rules.code import shown
from fleet.references.service import make_reference
from fleet.references.slip import opened_by
from fleet.visits.models import TenancyVisit
from fleet.visits.service import own_visit
from fleet.web.faults import PageRoute
from fleet.web.routes.references.slips import public_address
from fleet.web.routes.visits.mine import PATH as MINE
from fleet.web.routes.visits.mine import Own, own_officer
from fleet.web.templating import pages

router = APIRouter(route_class=PageRoute)

PATH = MINE + "/{visit}/reference"
_SCALE = 6


@router.get(PATH)
def own_reference_page(request: Request, visit: str, services: ServicesDep, actor: Own) -> Response:
    """Offer to make a reference of one's own visit."""
    return _page(request, services, actor, visit)


@router.post(PATH)
def own_reference_form(request: Request, visit: str, services: ServicesDep, actor: Own) -> Response:
    """Make a reference and show it: it is in this answer and nowhere else."""
    try:
        with services.sessions.begin() as session:
            row = _visit(session, visit, actor)
            services.config.landlord.known("the page of references")
            text = approved_text(session, row.language)
            code = make_reference(session, services.random, visit=row, text=text, by=actor)
    except ProblemError as problem:
        return _page(request, services, actor, visit, problem=problem)
    return _page(request, services, actor, visit, code=code)


def _visit(session: Session, visit: str, actor: Actor) -> TenancyVisit:
    return own_visit(session, visit, own_officer(session, actor).id)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    visit: str,
    *,
    code: str = "",
    problem: ProblemError | None = None,
) -> Response:
    with services.readers() as session:
        row = _visit(session, visit, actor)
        on = is_on(session)
    address = public_address(services)
    picture = ""
    if code:
        made = segno.make(opened_by(address, code), error="m", micro=False)
        picture = made.svg_data_uri(scale=_SCALE, border=4, light="#fff")
    return pages(request).render(
        request,
        "references/own.html",
        actor=actor,
        status=problem.status if problem else 200,
        back=f"{MINE}/{row.id}",
        here=f"{MINE}/{row.id}/reference",
        is_on=on,
        code=shown(code) if code else "",
        picture=picture,
        address=address,
        fault=problem.detail if problem else "",
    )

"""Approving the text of references, which switches them on, and taking that back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.references.approvals import approvals, approve, approved_text, withdraw
from fleet.references.rules.standing import Arrival, ReferencedRecording, ReferencedVisit
from fleet.references.slip import SAMPLE
from fleet.visits.texts import LANGUAGES, TextUse, texts_now
from fleet.web.faults import PageRoute
from fleet.web.routes.references.slips import printed_slip, public_address
from fleet.web.templating import pages
from fleet.web.views.moments import moment
from fleet.web.views.references.answer import told_visit
from fleet.web.zone import local

router = APIRouter(route_class=PageRoute)

Approver = Annotated[Actor, Depends(require(Permission.APPROVE_TEXTS))]
Line = Annotated[str, Form(max_length=1000)]
PATH = "/settings/references"


@router.get(PATH)
def approvals_page(request: Request, services: ServicesDep, actor: Approver) -> Response:
    """Show what is approved, and what the public page says."""
    return _page(request, services, actor)


@router.get(PATH + "/{language}.pdf")
def sample_file(language: str, services: ServicesDep, actor: Approver) -> Response:
    """Return the slip of a language as it would be, with a code that is none."""
    del actor
    with services.readers() as session:
        texts = {each.language: each for each in texts_now(session, TextUse.REFERENCE)}
    if language not in texts:
        raise not_found("text in that language")
    made = printed_slip(services, texts[language], SAMPLE, large=False)
    named = {"Content-Disposition": 'inline; filename="sample.pdf"'}
    return Response(made, media_type="application/pdf", headers=named)


@router.post(PATH)
def approval_form(
    request: Request,
    services: ServicesDep,
    actor: Approver,
    language: Line = "",
    version: Annotated[int, Form(ge=0, le=10_000)] = 0,
    withdrawn: Line = "",
) -> Response:
    """Approve the text of a language, or take that back."""
    try:
        with services.sessions.begin() as session:
            if withdrawn:
                withdraw(session, language[:3], by=actor)
            else:
                approve(session, language, version=version, by=actor)
                printed_slip(services, approved_text(session, language), SAMPLE, large=False)
    except ProblemError as problem:
        return _page(request, services, actor, problem=problem)
    return RedirectResponse(PATH, 303)


def _page(
    request: Request, services: Services, actor: Actor, *, problem: ProblemError | None = None
) -> Response:
    now = services.clock()
    with services.readers() as session:
        standing = {each.language: each for each in approvals(session)}
        texts = texts_now(session, TextUse.REFERENCE)
    rows = []
    for each in texts:
        found = standing.get(each.language)
        rows.append(
            {
                "language": each.language,
                "word": LANGUAGES[each.language],
                "version": each.version,
                "title": each.title,
                "text": each.text,
                "approved": None if found is None else moment(found.approved, now),
                "by": "" if found is None else found.approved_by,
                "of": -1 if found is None else found.version,
            }
        )
    example = ReferencedVisit(now, (ReferencedRecording(Arrival.HERE, until=local(now).date(), watched=1),))
    return pages(request).render(
        request,
        "references/approving.html",
        actor=actor,
        status=problem.status if problem else 200,
        rows=rows,
        is_on=bool(standing),
        address=public_address(services),
        example=told_visit(example, now),
        fault=problem.detail if problem else "",
    )

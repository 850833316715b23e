"""Handing cameras out and taking them back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.assignments.service import check_in, check_out
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.web import sources
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.handout import done_words, hand_out

router = APIRouter(route_class=PageRoute)

HandOut = Annotated[Actor, Depends(require(Permission.HAND_OUT))]


@router.get("/hand-out")
def hand_out_page(
    request: Request, services: ServicesDep, actor: HandOut, camera: str = "", done: str = ""
) -> Response:
    """Offer the cameras that are in, or, with one chosen, the officers who can take it."""
    return _page(request, services, actor, camera=camera, done=done)


@router.post("/hand-out")
def check_out_form(
    request: Request,
    services: ServicesDep,
    actor: HandOut,
    camera: Annotated[str, Form()] = "",
    officer: Annotated[str, Form()] = "",
) -> Response:
    """Hand a camera to an officer; a conflict is said where the person is."""
    try:
        with services.sessions.begin() as session:
            check_out(session, services, camera=camera, officer=officer, by=actor)
    except ProblemError as problem:
        return _page(request, services, actor, camera=camera, problem=problem)
    return RedirectResponse(f"/hand-out?done={camera}", 303)


@router.post("/hand-out/{assignment}/end")
def check_in_form(assignment: str, services: ServicesDep, actor: HandOut) -> Response:
    """Take a camera back."""
    with services.sessions.begin() as session:
        camera = check_in(session, assignment=assignment, by=actor).camera_id
    return RedirectResponse(f"/hand-out?done={camera}", 303)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    *,
    camera: str = "",
    done: str = "",
    problem: ProblemError | None = None,
) -> Response:
    with services.readers() as session:
        cameras, officers = sources.cameras(session), sources.officers(session)
    view = hand_out(cameras, officers, camera, services.clock())
    return pages(request).render(
        request,
        "hand_out.html",
        actor=actor,
        status=problem.status if problem else 200,
        page=view,
        done=done_words(cameras, done),
        fault=problem.detail if problem else "",
    )

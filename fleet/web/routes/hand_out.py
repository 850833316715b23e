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
from fleet.web.views.handout import TakeBack, done_words, hand_out, take_back

router = APIRouter(route_class=PageRoute)

SURE = "yes"
"""What the form says once the person has been asked."""

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
def check_in_form(
    request: Request,
    assignment: str,
    services: ServicesDep,
    actor: HandOut,
    sure: Annotated[str, Form()] = "",
) -> Response:
    """Take a camera back; when it records or may hold what is not here, ask first."""
    if sure != SURE:
        with services.readers() as session:
            doubts = take_back(sources.with_missing(session, sources.cameras(session)), assignment)
        if doubts is not None:
            return _page(request, services, actor, asked=doubts)
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
    asked: TakeBack | None = None,
) -> Response:
    with services.readers() as session:
        cameras = sources.with_missing(session, sources.cameras(session))
        officers = sources.officers(session)
    view = hand_out(cameras, officers, camera, services.clock())
    return pages(request).render(
        request,
        "hand_out.html",
        actor=actor,
        status=problem.status if problem else 200,
        page=view,
        done=done_words(cameras, done),
        fault=problem.detail if problem else "",
        asked=asked,
        sure=SURE,
    )

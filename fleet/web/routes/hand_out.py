"""Handing cameras out, taking them back, and undoing either for a minute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.assignments.service import check_in, check_out
from fleet.assignments.undo import ChangeKind
from fleet.assignments.undoing import latest_changes, undo
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.footage.recordings.accounts import accounts
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.web import recorded, sources
from fleet.web.facts import CameraFacts
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.desk.changed import done_words
from fleet.web.views.desk.handout import HandOverQuestion, hand_on, hand_out, take_back

router = APIRouter(route_class=PageRoute)

SURE = "yes"
"""What the form says once the person has been asked."""

HandOut = Annotated[Actor, Depends(require(Permission.HAND_OUT))]


@router.get("/hand-out")
def hand_out_page(
    request: Request, services: ServicesDep, actor: HandOut, camera: str = "", done: str = "", q: str = ""
) -> Response:
    """Offer the cameras that are in, or, with one chosen, the officers who can take it."""
    return _page(request, services, actor, camera=camera, done=done, query=q)


@router.post("/hand-out")
def check_out_form(
    request: Request,
    services: ServicesDep,
    actor: HandOut,
    camera: Annotated[str, Form()] = "",
    officer: Annotated[str, Form()] = "",
    sure: Annotated[str, Form()] = "",
) -> Response:
    """Hand a camera to an officer; ask first when it records, and say a conflict where the person is."""
    if sure != SURE:
        with services.readers() as session:
            doubts = hand_on(_cameras(session), sources.officers(session), camera, officer)
        if doubts is not None:
            return _page(request, services, actor, asked=doubts)
    try:
        with services.sessions.begin() as session:
            check_out(session, services, camera=camera, officer=officer, by=actor)
    except ProblemError as problem:
        return _page(request, services, actor, camera=camera, problem=problem)
    return _done(camera)


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
            doubts = take_back(sources.with_missing(_cameras(session), accounts(session)), assignment)
        if doubts is not None:
            return _page(request, services, actor, asked=doubts)
    with services.sessions.begin() as session:
        camera = check_in(session, assignment=assignment, by=actor).camera_id
    return _done(camera)


@router.post("/hand-out/{assignment}/undo")
def undo_form(
    request: Request,
    assignment: str,
    services: ServicesDep,
    actor: HandOut,
    kind: Annotated[ChangeKind, Form()],
) -> Response:
    """Undo a change of the last minute; that it cannot be undone any more is said where the person is."""
    try:
        with services.sessions.begin() as session:
            change = undo(
                session,
                assignment=assignment,
                kind=kind,
                recorded_since=recorded.recorded_since,
                by=actor,
            )
    except ProblemError as problem:
        return _page(request, services, actor, problem=problem)
    return _done(change.camera)


def _cameras(session: Session) -> Sequence[CameraFacts]:
    """Return the cameras with what is known of the recordings that they make, such as whose those are."""
    return sources.cameras(session, recorded.newest(session))


def _done(camera: str) -> Response:
    return RedirectResponse(f"/hand-out?{urlencode({'done': camera})}", 303)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    *,
    camera: str = "",
    done: str = "",
    query: str = "",
    problem: ProblemError | None = None,
    asked: HandOverQuestion | None = None,
) -> Response:
    with services.readers() as session:
        known = sources.with_missing(sources.cameras(session), accounts(session))
        cameras = recorded.with_verified(session, known)
        officers = sources.officers(session)
        changes = latest_changes(session, recorded.recorded_since)
    view = hand_out(cameras, officers, changes, camera, services.clock(), query=query)
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
        may_enrol=may(actor.roles, Permission.ENROL),
        here=urlencode({"camera": view.chosen.camera, "q": query}) if view.chosen else "",
        done_here=urlencode({"done": done}) if done else "",
    )

"""The training of an officer: what is noted, noting more, and taking back what was noted wrongly."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.officers import get_officer
from fleet.people.permissions import may
from fleet.people.training.service import LONGEST_COURSE, note_training, trainings_of, withdraw_training
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.people.training import condition_words, training_rows
from fleet.web.zone import local

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_CAMERAS))]
Trainer = Annotated[Actor, Depends(require(Permission.TRAINING))]
Line = Annotated[str, Form(max_length=1000)]
_NOT_FOUND = 404


@router.get("/officers/{officer}/training")
def training_page(request: Request, officer: str, services: ServicesDep, actor: Viewer) -> Response:
    """Show what is noted of an officer's training."""
    return _page(request, services, actor, officer)


@router.post("/officers/{officer}/training")
def training_form(
    request: Request,
    officer: str,
    services: ServicesDep,
    actor: Trainer,
    course: Line = "",
    taken: Line = "",
    until: Line = "",
) -> Response:
    """Note a training."""
    try:
        with services.sessions.begin() as session:
            note_training(
                session,
                services.random,
                officer=officer,
                course=course,
                taken=_day(taken),
                until=_day(until),
                today=local(services.clock()).date(),
                by=actor,
            )
    except ProblemError as problem:
        if problem.status == _NOT_FOUND:
            raise
        return _page(request, services, actor, officer, typed=(course, taken, until), problem=problem)
    return RedirectResponse(f"/officers/{officer}/training", 303)


@router.post("/officers/{officer}/training/{training}/withdraw")
def withdraw_form(officer: str, training: str, services: ServicesDep, actor: Trainer) -> Response:
    """Take a training back that was noted wrongly."""
    with services.sessions.begin() as session:
        withdraw_training(session, officer=officer, training=training, by=actor)
    return RedirectResponse(f"/officers/{officer}/training", 303)


def _day(text: str) -> date | None:
    """Return a day as a browser's field sends it; None for none.

    Raises:
        ProblemError: 422 it is none.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ProblemError(
            422, "training_unusable", f"“{text[:40]}” is no day; write it as 2026-11-30."
        ) from error


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    officer: str,
    *,
    typed: tuple[str, str, str] = ("", "", ""),
    problem: ProblemError | None = None,
) -> Response:
    today = local(services.clock()).date()
    with services.readers() as session:
        row = get_officer(session, officer)
        rows = training_rows(trainings_of(session, officer, withdrawn=True), services.clock(), today)
        name = row.name
    return pages(request).render(
        request,
        "officers/training.html",
        actor=actor,
        status=200 if problem is None else problem.status,
        officer=officer,
        name=name,
        rows=rows,
        condition=condition_words(services.config.training),
        may_note=may(actor.roles, Permission.TRAINING),
        typed=typed,
        today=today.isoformat(),
        longest=LONGEST_COURSE,
        fault="" if problem is None else problem.detail,
    )

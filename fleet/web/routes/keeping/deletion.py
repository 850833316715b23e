"""Deletion: whether it is switched on, what would go and why, what does not get done, and certificates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.bodies import PathNumber
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services, ServicesDep
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import Recording
from fleet.jobs.models import Job
from fleet.jobs.queue import told, try_again
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.references.forgetting import visits_going
from fleet.releases.forgetting import case_kinds
from fleet.retention.clock import doubted_look
from fleet.retention.deletion.cases import cases_going
from fleet.retention.deletion.deleting import KIND
from fleet.retention.deletion.going import going
from fleet.retention.deletion.services import WorkerDep
from fleet.retention.models import Deletion
from fleet.retention.rules.switching import is_on
from fleet.retention.switch import switch, switches_of
from fleet.web import recorded
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.moments import count
from fleet.web.views.recordings import row
from fleet.web.views.retention.deletion import (
    StuckLine,
    going_lines,
    going_words,
    release_words,
    request_words,
    stuck_lines,
    switch_words,
    switching_words,
    visit_words,
)
from fleet.web.zone import local, site_zone

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_RECORDINGS))]
Retainer = Annotated[Actor, Depends(require(Permission.RETAIN))]
Changer = Annotated[Actor, Depends(require(Permission.RETAIN, confirmed=True))]
Number = Annotated[str, Form(max_length=10)]

LISTED = 100
LONGEST_DAYS = 366
_DAYS = 14


@router.get("/retention/deletion")
def deletion_page(
    request: Request,
    services: ServicesDep,
    actor: Viewer,
    days: Annotated[int, Query(ge=0, le=LONGEST_DAYS)] = _DAYS,
) -> Response:
    """Show whether the fleet deletes, and what goes in the next days, or would."""
    return _page(request, services, actor, days=days)


@router.post("/retention/deletion")
def switch_form(
    request: Request,
    services: ServicesDep,
    actor: Changer,
    worker: WorkerDep,
    on: Number = "",
    seen: Number = "",
) -> Response:
    """Switch deletion on or off, once somebody has seen what that does."""
    try:
        wanted = _wanted(on)
        with services.sessions.begin() as session:
            switch(session, on=wanted, seen=int(seen) if seen.isdecimal() else -1, by=actor)
    except ProblemError as problem:
        return _page(request, services, actor, problem=problem)
    worker.wake()
    return RedirectResponse("/retention/deletion", 303)


@router.post("/retention/deletion/{job}/again")
def again_form(job: PathNumber, services: ServicesDep, _actor: Retainer, worker: WorkerDep) -> Response:
    """Try a deletion again that does not get done."""
    with services.sessions.begin() as session:
        if try_again(session, job) is None:
            raise not_found("such deletion that waits")
    worker.wake()
    return RedirectResponse("/retention/deletion#stuck", 303)


@router.get("/recordings/{recording}/certificate")
def certificate(recording: str, services: ServicesDep, _actor: Viewer) -> Response:
    """Return the signed certificate of a recording's deletion."""
    with services.readers() as session:
        found = get(session, recording)
        deletion = session.get(Deletion, found.id)
    if deletion is None or deletion.certificate is None:
        raise not_found("certificate of that recording's deletion")
    name = f"{found.camera_id}_{found.number:08d}_deleted.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(deletion.certificate, media_type="application/json", headers=headers)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    *,
    days: int = _DAYS,
    problem: ProblemError | None = None,
) -> Response:
    now, zone = services.clock(), site_zone()
    with services.readers() as session:
        switches, doubt = switches_of(session), doubted_look(session)
        found = going(session, now, zone, days=days, most=LISTED)
        facts = recorded.several(session, [each.row for each in found.listed])
        stuck = _stuck(session, services)
        visits, are_counted = visits_going(session, now, zone, services.config.visits.keep_months)
        requests, releases = (
            cases_going(session, kind, local(now).date()) for kind in case_kinds(services.config)
        )
    return pages(request).render(
        request,
        "deletion.html",
        actor=actor,
        status=problem.status if problem else 200,
        state=switch_words(switches, now, zone, doubt),
        is_on=is_on(switches),
        seen=len(switches),
        does=switching_words(switches, found),
        counts=(
            *going_words(found),
            visit_words(visits, is_counted=are_counted),
            request_words(*requests),
            release_words(*releases),
        ),
        lines=going_lines(found, [row(each, now) for each in facts]),
        more=found.plain + found.incident > len(found.listed),
        days=days,
        within=count(days, "day") if days else "0 days",
        longest_days=LONGEST_DAYS,
        stuck=stuck,
        fault=problem.detail if problem else "",
        may_change=may(actor.roles, Permission.RETAIN),
    )


def _wanted(on: str) -> bool:
    if on not in {"yes", "no"}:
        raise ProblemError(422, "not_said", "Say whether it is to be on.")
    return on == "yes"


def _stuck(session: Session, services: Services) -> tuple[StuckLine, ...]:
    jobs: list[tuple[Job, str, str]] = []
    for job in told(session, [KIND]):
        found = session.get(Recording, int(job.subject))
        if found is not None:
            jobs.append((job, f"Recording {found.number} of {found.camera_id}", found.public_id))
    return stuck_lines(jobs, services.clock())

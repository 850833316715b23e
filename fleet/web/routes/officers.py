"""Officers: found, added, renamed, retired and brought back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.assignments.officers import rename, retire
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services, ServicesDep
from fleet.organisation.models import GroupKind
from fleet.organisation.service import list_groups
from fleet.people.access import Permission, require
from fleet.people.models import Officer
from fleet.people.officers import add_officer, bring_back_officer, set_team
from fleet.people.permissions import may
from fleet.web import sources
from fleet.web.faults import PageRoute
from fleet.web.forms import clean_name
from fleet.web.templating import pages
from fleet.web.views.desk.officers import people, person
from fleet.web.views.settings.groups import choices

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_CAMERAS))]
HandOut = Annotated[Actor, Depends(require(Permission.HAND_OUT))]
_WHOSE = "the officer's name"


@router.get("/officers")
def officers_page(
    request: Request,
    services: ServicesDep,
    actor: Viewer,
    added: str = "",
    q: str = "",
    retired: str = "",
    team: str = "",
) -> Response:
    """List the officers, or those who are looked for."""
    return _list(request, services, actor, added=added, query=q, retired=bool(retired), team=team)


@router.post("/officers")
def add_officer_form(
    request: Request, services: ServicesDep, actor: HandOut, name: Annotated[str, Form()] = ""
) -> Response:
    """Add an officer."""
    try:
        clean = clean_name(name, whose=_WHOSE)
        with services.sessions.begin() as session:
            added = add_officer(session, services.random, name=clean, by=actor).id
    except ProblemError as problem:
        return _list(request, services, actor, name=name, problem=problem)
    return RedirectResponse(f"/officers?{urlencode({'added': added})}", 303)


@router.get("/officers/{officer}")
def officer_page(request: Request, officer: str, services: ServicesDep, actor: Viewer) -> Response:
    """Show one officer."""
    return _one(request, services, actor, officer)


@router.post("/officers/{officer}/name")
def rename_form(
    request: Request, officer: str, services: ServicesDep, actor: HandOut, name: Annotated[str, Form()] = ""
) -> Response:
    """Rename an officer."""

    def change(session: Session) -> Officer:
        return rename(session, officer=officer, name=clean_name(name, whose=_WHOSE), by=actor)

    return _changed(request, services, actor, officer, change, name=name)


@router.post("/officers/{officer}/retire")
def retire_form(request: Request, officer: str, services: ServicesDep, actor: HandOut) -> Response:
    """Retire an officer; that they have a camera is said where the person is."""

    def change(session: Session) -> Officer:
        return retire(session, officer=officer, by=actor)

    return _changed(request, services, actor, officer, change)


@router.post("/officers/{officer}/back")
def back_form(request: Request, officer: str, services: ServicesDep, actor: HandOut) -> Response:
    """Let an officer who is retired wear cameras again."""

    def change(session: Session) -> Officer:
        return bring_back_officer(session, officer=officer, by=actor)

    return _changed(request, services, actor, officer, change)


@router.post("/officers/{officer}/team")
def team_form(
    request: Request, officer: str, services: ServicesDep, actor: HandOut, team: Annotated[str, Form()] = ""
) -> Response:
    """Put an officer into a team, or into none."""

    def change(session: Session) -> Officer:
        return set_team(session, officer=officer, team=team, by=actor)

    return _changed(request, services, actor, officer, change)


def _changed(
    request: Request,
    services: Services,
    actor: Actor,
    officer: str,
    change: Callable[[Session], Officer],
    *,
    name: str | None = None,
) -> Response:
    try:
        with services.sessions.begin() as session:
            change(session)
    except ProblemError as problem:
        return _one(request, services, actor, officer, name=name, problem=problem)
    return RedirectResponse(f"/officers/{officer}", 303)


def _list(
    request: Request,
    services: Services,
    actor: Actor,
    *,
    added: str = "",
    name: str = "",
    query: str = "",
    retired: bool = False,
    team: str = "",
    problem: ProblemError | None = None,
) -> Response:
    with services.readers() as session:
        everybody = sources.officers(session, retired=retired)
        teams = list_groups(session, GroupKind.TEAM, retired=True)
    team = team if team in {each.id for each in teams} else ""
    officers = [each for each in everybody if not team or each.team == team]
    chosen = {"q": query, "retired": "yes" if retired else "", "team": team}
    new = next((each.name for each in everybody if each.id == added), "")
    return pages(request).render(
        request,
        "officers.html",
        actor=actor,
        status=problem.status if problem else 200,
        people=people(officers, query, services.clock(), teams={each.id: each.name for each in teams}),
        teams=choices(teams, team),
        team=team,
        total=len(officers),
        looked_for=query,
        retired=retired,
        here=urlencode({key: value for key, value in chosen.items() if value}),
        may_add=may(actor.roles, Permission.HAND_OUT),
        done=f"{new} was added." if new else "",
        name=name,
        fault=problem.detail if problem else "",
    )


def _one(
    request: Request,
    services: Services,
    actor: Actor,
    officer: str,
    *,
    name: str | None = None,
    problem: ProblemError | None = None,
) -> Response:
    with services.readers() as session:
        officers = sources.officers(session, retired=True)
        teams = list_groups(session, GroupKind.TEAM, retired=True)
    facts = next((each for each in officers if each.id == officer), None)
    if facts is None:
        raise not_found(f"officer {officer}")
    return pages(request).render(
        request,
        "officer.html",
        actor=actor,
        status=problem.status if problem else 200,
        officer=person(facts, services.clock(), {each.id: each.name for each in teams}),
        teams=choices(teams, facts.team),
        team=facts.team or "",
        may_change=may(actor.roles, Permission.HAND_OUT),
        name=facts.name if name is None else name,
        fault=problem.detail if problem and name is not None else "",
        refused=problem.detail if problem and name is None else "",
    )

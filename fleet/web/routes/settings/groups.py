"""Sites and teams: added, renamed, retired and brought back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.organisation.models import GroupKind
from fleet.organisation.service import (
    add_group,
    bring_back_group,
    list_groups,
    rename_group,
    retire_group,
)
from fleet.people.access import Permission, require
from fleet.web import sources
from fleet.web.faults import PageRoute
from fleet.web.forms import clean_name
from fleet.web.templating import pages
from fleet.web.views.settings.groups import group_section

router = APIRouter(route_class=PageRoute)

Manager = Annotated[Actor, Depends(require(Permission.MANAGE_PEOPLE))]
Name = Annotated[str, Form(max_length=1000)]
PATH = "/settings/groups"


@router.get(PATH)
def groups_page(request: Request, services: ServicesDep, actor: Manager) -> Response:
    """List sites and teams."""
    return _page(request, services, actor)


@router.post(PATH + "/{kind}")
def add_form(
    request: Request, kind: GroupKind, services: ServicesDep, actor: Manager, name: Name = ""
) -> Response:
    """Add one."""

    def change(session: Session) -> None:
        clean = clean_name(name, whose=f"the name of the {kind}")
        add_group(session, services.random, kind=kind, name=clean, by=actor)

    return _changed(request, services, actor, change, kind, typed=name)


@router.post(PATH + "/{kind}/{group}/name")
def rename_form(
    request: Request, kind: GroupKind, group: str, services: ServicesDep, actor: Manager, name: Name = ""
) -> Response:
    """Rename one."""

    def change(session: Session) -> None:
        clean = clean_name(name, whose=f"the name of the {kind}")
        rename_group(session, kind=kind, group=group, name=clean, by=actor)

    return _changed(request, services, actor, change)


@router.post(PATH + "/{kind}/{group}/retire")
def retire_form(
    request: Request, kind: GroupKind, group: str, services: ServicesDep, actor: Manager
) -> Response:
    """Retire one."""

    def change(session: Session) -> None:
        retire_group(session, kind=kind, group=group, by=actor)

    return _changed(request, services, actor, change)


@router.post(PATH + "/{kind}/{group}/back")
def back_form(
    request: Request, kind: GroupKind, group: str, services: ServicesDep, actor: Manager
) -> Response:
    """Bring one back."""

    def change(session: Session) -> None:
        bring_back_group(session, kind=kind, group=group, by=actor)

    return _changed(request, services, actor, change)


def _changed(
    request: Request,
    services: Services,
    actor: Actor,
    change: Callable[[Session], None],
    kind: GroupKind | None = None,
    *,
    typed: str = "",
) -> Response:
    try:
        with services.sessions.begin() as session:
            change(session)
    except ProblemError as problem:
        return _page(request, services, actor, kind=kind, typed=typed, problem=problem)
    return RedirectResponse(PATH, 303)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    *,
    kind: GroupKind | None = None,
    typed: str = "",
    problem: ProblemError | None = None,
) -> Response:
    now = services.clock()
    with services.readers() as session:
        counts = sources.group_members(session)
        sections = [
            group_section(each, list_groups(session, each, retired=True), counts, now) for each in GroupKind
        ]
    return pages(request).render(
        request,
        "settings/groups.html",
        actor=actor,
        status=problem.status if problem else 200,
        sections=sections,
        fault_of=str(kind or ""),
        fault=problem.detail if problem and kind is not None else "",
        refused=problem.detail if problem and kind is None else "",
        typed=typed,
    )

"""All cameras, one camera, and adding one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.cameras.commanding.issuing import commands_of
from fleet.cameras.rules import limit_sentence, room_for_another
from fleet.cameras.service import create_code, set_site, take_out_of_service
from fleet.cameras.services import CamerasDep
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.organisation.models import GroupKind
from fleet.organisation.service import list_groups
from fleet.people.access import Permission, require
from fleet.people.accounts.users import names_of
from fleet.people.permissions import may
from fleet.web import recorded, sources
from fleet.web.faults import PageRoute
from fleet.web.forms import clean_reason
from fleet.web.templating import pages
from fleet.web.views.claims import Claim, say
from fleet.web.views.desk.attention import doubled
from fleet.web.views.desk.camera import about, had_it, summary
from fleet.web.views.desk.commands import command_lines
from fleet.web.views.moments import Moment, count, moment
from fleet.web.views.recordings import row
from fleet.web.views.settings.groups import choices
from fleet.web.views.tile import tile

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_CAMERAS))]
HandOut = Annotated[Actor, Depends(require(Permission.HAND_OUT))]
Enroller = Annotated[Actor, Depends(require(Permission.ENROL, confirmed=True))]
_NEWEST = 8
_LAST = 10


@dataclass(frozen=True, slots=True)
class Code:
    """An enrolment code, shown this once."""

    text: str
    command: str
    expires: Moment


@router.get("/cameras")
def cameras_page(request: Request, services: ServicesDep, actor: Viewer, site: str = "") -> Response:
    """List the cameras, all or those of a site."""
    return _list(request, services, actor, site=site)


@router.get("/cameras/codes")
def codes_page(actor: Enroller) -> Response:
    """Go to where codes are made: one that was made is shown only in the answer to making it."""
    del actor
    return RedirectResponse("/cameras#add", 303)


@router.post("/cameras/codes")
def make_code(request: Request, cameras: CamerasDep, actor: Enroller) -> Response:
    """Make an enrolment code and show it, this once."""
    services = cameras.core
    try:
        with services.sessions.begin() as session:
            text, expires = create_code(session, cameras, by=actor)
    except ProblemError as problem:
        return _list(request, services, actor, problem=problem)
    fleet = services.endpoints.dashboard_url
    command = f"lapel-device enrol --fleet {fleet} --config camera.toml"
    code = Code(text, command, moment(expires, services.clock()))
    return _list(request, services, actor, code=code)


@router.get("/cameras/{camera}")
def camera_page(request: Request, camera: str, services: ServicesDep, actor: Viewer) -> Response:
    """Show one camera."""
    return _one(request, camera, services, actor)


@router.post("/cameras/{camera}/revoke")
def revoke_form(
    request: Request,
    camera: str,
    cameras: CamerasDep,
    actor: Enroller,
    purpose: Annotated[str, Form()] = "",
) -> Response:
    """Take a camera out of service."""
    try:
        reason = clean_reason(purpose)
    except ProblemError as problem:
        return _one(request, camera, cameras.core, actor, problem=problem)
    with cameras.core.sessions.begin() as session:
        take_out_of_service(session, cameras.wearers, camera=camera, by=actor, purpose=reason)
    return RedirectResponse(f"/cameras/{camera}", 303)


@router.post("/cameras/{camera}/site")
def site_form(
    request: Request, camera: str, services: ServicesDep, actor: HandOut, site: Annotated[str, Form()] = ""
) -> Response:
    """Say at which site a camera is kept."""
    try:
        with services.sessions.begin() as session:
            set_site(session, camera=camera, site=site, by=actor)
    except ProblemError as problem:
        return _one(request, camera, services, actor, refused=problem)
    return RedirectResponse(f"/cameras/{camera}", 303)


def _list(
    request: Request,
    services: Services,
    actor: Actor,
    *,
    site: str = "",
    code: Code | None = None,
    problem: ProblemError | None = None,
) -> Response:
    now = services.clock()
    with services.readers() as session:
        cameras = sources.cameras(session)
        sites = list_groups(session, GroupKind.SITE, retired=True)
    named = {each.id: each.name for each in sites}
    site = site if site in named else ""
    limit = services.config.cameras.limit
    return pages(request).render(
        request,
        "cameras.html",
        actor=actor,
        status=problem.status if problem else 201 if code else 200,
        tiles=[tile(facts, now, named) for facts in cameras if not site or facts.site == site],
        sites=choices(sites, site),
        site=site,
        words=summary(len(cameras), limit),
        may_enrol=may(actor.roles, Permission.ENROL),
        code=code,
        full=limit_sentence(limit, len(cameras))
        if not room_for_another(enrolled=len(cameras), limit=limit)
        else "",
        code_lasts=count(services.config.cameras.code_minutes, "minute"),
        fault=problem.detail if problem else "",
    )


def _one(
    request: Request,
    camera: str,
    services: Services,
    actor: Actor,
    *,
    problem: ProblemError | None = None,
    refused: ProblemError | None = None,
) -> Response:
    now = services.clock()
    with services.readers() as session:
        sites = list_groups(session, GroupKind.SITE, retired=True)
        recordings = recorded.newest(session, camera=camera, listed=_NEWEST)
        facts = sources.one_camera(session, camera, recordings)
        history, more_history = sources.history(session, camera)
        commands = commands_of(session, camera, _LAST + 1)
        names = names_of(session, {each.by_id for each in commands})
    sees_visits = may(actor.roles, Permission.SEE_VISITS)
    return pages(request).render(
        request,
        "camera.html",
        actor=actor,
        status=next((each.status for each in (problem, refused) if each), 200),
        fault=problem.detail if problem else "",
        refused=refused.detail if refused else "",
        sites=choices(sites, facts.site),
        site=facts.site or "",
        may_place=may(actor.roles, Permission.HAND_OUT),
        tile=tile(facts, now),
        since=moment(facts.since, now) if facts.since else None,
        about=about(facts, now),
        doubled=[each.need for each in doubled(facts, now)],
        history=had_it(history, now),
        more_history=more_history,
        until_now=say(Claim.HAD_UNTIL_NOW),
        commands=command_lines(commands[:_LAST], names, now, sees_visits=sees_visits),
        more_commands=len(commands) > _LAST,
        rows=[row(each, now) for each in recordings[:_NEWEST]],
        revoked=facts.revoked is not None,
        may_enrol=may(actor.roles, Permission.ENROL),
    )

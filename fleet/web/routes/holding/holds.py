"""Holds on recordings, incidents and imports: placed, and ended. What is refused comes back in its form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.imagery.service import hold_on_import
from fleet.people.access import Permission, require
from fleet.retention.holds import HoldDraft, hold_incident, hold_recording, release_hold
from fleet.retention.models import Hold
from fleet.web.faults import PageRoute
from fleet.web.kept import NEW_HOLD, HoldForm
from fleet.web.routes.imports.one import import_page_of
from fleet.web.routes.incidents import incident_page_of
from fleet.web.routes.keeping.retention import retention_page_of
from fleet.web.routes.recording import page_of
from fleet.web.routes.recording_forms import Forms

router = APIRouter(route_class=PageRoute)

Retainer = Annotated[Actor, Depends(require(Permission.RETAIN))]
Line = Annotated[str, Form(max_length=1000)]
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class SentHold:
    """The form of a hold, as it was sent."""

    kind: str
    owner: str
    reason: str
    review: str

    def draft(self, services: Services) -> HoldDraft:
        """The hold that it asks for; a day that is none is none."""
        try:
            day = date.fromisoformat(self.review)
        except ValueError:
            day = None
        return HoldDraft(self.kind, self.owner, self.reason, day, services.config.site.time_zone)

    def refused(self, problem: ProblemError) -> HoldForm:
        """Return the form as it is shown again.

        Raises:
            ProblemError: 404, there is nothing that could be held.
        """
        if problem.status == _NOT_FOUND:
            raise problem
        return HoldForm(
            NEW_HOLD, self.kind, self.owner, self.reason, self.review, problem.detail, problem.status
        )


def sent_hold(kind: Line = "", owner: Line = "", reason: Line = "", review: Line = "") -> SentHold:
    """Read the form of a hold."""
    return SentHold(kind, owner, reason, review)


SentDep = Annotated[SentHold, Depends(sent_hold)]


@router.post("/recordings/{recording}/holds")
def hold_recording_form(
    request: Request, recording: str, services: ServicesDep, actor: Retainer, sent: SentDep
) -> Response:
    """Hold a recording."""
    try:
        with services.sessions.begin() as session:
            hold_recording(session, services.random, sent.draft(services), recording=recording, by=actor)
    except ProblemError as problem:
        return page_of(request, recording, services, actor, Forms(holding=sent.refused(problem)))
    return RedirectResponse(f"/recordings/{recording}#kept", 303)


@router.post("/incidents/{incident}/holds")
def hold_incident_form(
    request: Request, incident: str, services: ServicesDep, actor: Retainer, sent: SentDep
) -> Response:
    """Hold every recording of an incident."""
    try:
        with services.sessions.begin() as session:
            hold_incident(session, services.random, sent.draft(services), incident=incident, by=actor)
    except ProblemError as problem:
        return incident_page_of(request, services, actor, incident, holding=sent.refused(problem))
    return RedirectResponse(f"/incidents/{incident}#kept", 303)


@router.post("/imports/{name}/holds")
def hold_import_form(
    request: Request, name: str, services: ServicesDep, actor: Retainer, sent: SentDep
) -> Response:
    """Hold an import."""
    try:
        with services.sessions.begin() as session:
            hold_on_import(session, services, sent.draft(services), name=name, by=actor)
    except ProblemError as problem:
        return import_page_of(request, services, actor, name, holding=sent.refused(problem))
    return RedirectResponse(f"/imports/{name}#kept", 303)


@router.post("/holds/{hold}/release")
def release_form(
    request: Request, hold: str, services: ServicesDep, actor: Retainer, reason: Line = "", shown: Line = ""
) -> Response:
    """End a hold, and go to what it held; ``shown`` is "retention" where the list of all holds was shown."""
    try:
        with services.sessions.begin() as session:
            page = _held(release_hold(session, hold=hold, reason=reason, by=actor))
    except ProblemError as problem:
        if problem.status == _NOT_FOUND:
            raise
        sent = HoldForm(hold, reason=reason, fault=problem.detail, status=problem.status)
        return _again(request, services, actor, sent, everything=shown == "retention")
    return RedirectResponse(f"{page}#kept", 303)


def _again(
    request: Request, services: Services, actor: Actor, sent: HoldForm, *, everything: bool
) -> Response:
    """Show the page on which somebody wanted to end a hold, with why that was refused."""
    if everything:
        return retention_page_of(request, services, actor, holding=sent)
    with services.readers() as session:
        hold = session.get_one(Hold, sent.which)
        recording = "" if hold.recording is None else hold.recording.public_id
    if recording:
        return page_of(request, recording, services, actor, Forms(holding=sent))
    if hold.import_id is not None:
        return import_page_of(request, services, actor, hold.import_id, holding=sent)
    return incident_page_of(request, services, actor, str(hold.incident_id), holding=sent)


def _held(hold: Hold) -> str:
    """Return the page of what a hold is on."""
    if hold.recording is not None:
        return f"/recordings/{hold.recording.public_id}"
    return f"/incidents/{hold.incident_id}" if hold.import_id is None else f"/imports/{hold.import_id}"

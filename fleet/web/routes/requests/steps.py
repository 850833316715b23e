"""The steps that are done on the page of a request; what is refused comes back in its form, with why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.requests.closing import close_request, reopen_request
from fleet.requests.footage import (
    erase_recording,
    let_through_for_claim,
    link_recording,
    note_beside,
    restrict_linked,
    unlink_recording,
)
from fleet.requests.forgetting import keep_request_longer
from fleet.requests.linked.imports import (
    erase_import,
    is_import,
    let_linked_import_through,
    link_import,
    note_beside_import,
    unlink_import,
)
from fleet.requests.replies import clarified, wait_met
from fleet.requests.searches import add_search
from fleet.web.faults import PageRoute
from fleet.web.routes.requests.forms import Line, SentStep, Text, day_of
from fleet.web.routes.requests.one import request_page_of
from fleet.web.zone import site_zone

router = APIRouter(route_class=PageRoute)

Handler = Annotated[Actor, Depends(require(Permission.REQUESTS))]
Retainer = Annotated[Actor, Depends(require(Permission.RETAIN))]
_LED_ON = 303


@dataclass(frozen=True, slots=True)
class WhichLinked:
    """Which recording or import of a request a form is about; one of both is empty."""

    recording: str
    imported: str

    @property
    def name(self) -> str:
        """Its id."""
        return self.imported or self.recording


def which_linked(recording: Line = "", imported: Line = "") -> WhichLinked:
    """Read which of both a form names."""
    return WhichLinked(recording, imported)


WhichDep = Annotated[WhichLinked, Depends(which_linked)]


@router.post("/requests/{case}/came")
def came_form(
    request: Request,
    case: str,
    services: ServicesDep,
    actor: Handler,
    kind: Line = "",
    on: Line = "",
    how: Line = "",
    waived: Line = "",
) -> Response:
    """Write down that what was asked for has come, or that nobody doubts it any longer."""
    typed = {"on": on, "how": how}

    def do(session: Session) -> None:
        if kind == "clarification":
            clarified(session, case=case, on=day_of(on), zone=site_zone(), by=actor)
        else:
            which = {"case": case, "kind": kind, "how": how}
            wait_met(session, **which, on=day_of(on), zone=site_zone(), by=actor, waived=bool(waived))

    return _done(request, services, actor, case, SentStep("came", kind, typed), do)


@router.post("/requests/{case}/search")
def search_form(
    request: Request,
    case: str,
    services: ServicesDep,
    actor: Handler,
    where: Text = "",
    how: Text = "",
    enough: Text = "",
) -> Response:
    """Write a search down."""

    def do(session: Session) -> None:
        add_search(session, services.random, case=case, where=where, how=how, enough=enough, by=actor)

    typed = {"where": where, "how": how, "enough": enough}
    return _done(request, services, actor, case, SentStep("search", "", typed), do)


@router.post("/requests/{case}/link")
def link_form(
    request: Request,
    case: str,
    services: ServicesDep,
    actor: Handler,
    recording: Line = "",
    found: Line = "",
) -> Response:
    """Link a recording or an import, by its id or the address of its page; it is held at once.

    ``found`` is what somebody looked for where they found it, as an address has it: they are led back there.
    """
    name = recording.strip().rstrip("/").rpartition("/")[2]

    def do(session: Session) -> None:
        if is_import(session, name):
            link_import(session, services.random, case=case, name=name, zone=site_zone(), by=actor)
        else:
            link_recording(session, services.random, case=case, recording=name, zone=site_zone(), by=actor)

    answer = _done(request, services, actor, case, SentStep("link", "", {"recording": recording}), do)
    if found and answer.status_code == _LED_ON:
        return RedirectResponse(f"/requests/{quote(case, safe='')}/find?{urlencode(parse_qsl(found))}", 303)
    return answer


@router.post("/requests/{case}/unlink")
def unlink_form(
    request: Request,
    case: str,
    services: ServicesDep,
    actor: Handler,
    which: WhichDep,
) -> Response:
    """Take a recording or an import out."""

    def do(session: Session) -> None:
        if which.imported:
            unlink_import(session, case=case, name=which.imported, by=actor)
        else:
            unlink_recording(session, case=case, recording=which.recording, by=actor)

    return _done(request, services, actor, case, SentStep("linked", which.name), do)


@router.post("/requests/{case}/restrict")
def restrict_form(request: Request, case: str, services: ServicesDep, actor: Handler) -> Response:
    """Restrict the recordings and imports."""

    def do(session: Session) -> None:
        restrict_linked(session, services.random, case=case, by=actor)

    return _done(request, services, actor, case, SentStep("restrict"), do)


@router.post("/requests/{case}/claim")
def claim_form(
    request: Request,
    case: str,
    services: ServicesDep,
    actor: Handler,
    which: WhichDep,
    claim: Line = "",
) -> Response:
    """Let a restricted recording or import through for a legal claim."""

    def do(session: Session) -> None:
        if which.imported:
            let_linked_import_through(session, case=case, name=which.imported, claim=claim, by=actor)
        else:
            let_through_for_claim(session, case=case, recording=which.recording, claim=claim, by=actor)

    sent = SentStep("linked", which.name, {"claim": claim})
    return _done(request, services, actor, case, sent, do)


@router.post("/requests/{case}/erase")
def erase_form(
    request: Request,
    case: str,
    services: ServicesDep,
    actor: Handler,
    which: WhichDep,
) -> Response:
    """Have a recording or an import deleted."""

    def do(session: Session) -> None:
        if which.imported:
            erase_import(session, case=case, name=which.imported, by=actor)
        else:
            erase_recording(session, case=case, recording=which.recording, by=actor)

    return _done(request, services, actor, case, SentStep("linked", which.name), do)


@router.post("/requests/{case}/note")
def note_form(
    request: Request,
    case: str,
    services: ServicesDep,
    actor: Handler,
    which: WhichDep,
    text: Text = "",
) -> Response:
    """Note beside a recording or an import what the person says of it."""

    def do(session: Session) -> None:
        if which.imported:
            note_beside_import(session, services.random, case=case, name=which.imported, text=text, by=actor)
        else:
            note_beside(session, services.random, case=case, recording=which.recording, text=text, by=actor)

    sent = SentStep("linked", which.name, {"text": text})
    return _done(request, services, actor, case, sent, do)


@router.post("/requests/{case}/close")
def close_form(
    request: Request,
    case: str,
    services: ServicesDep,
    actor: Handler,
    unanswered: Line = "",
    why: Line = "",
) -> Response:
    """Close a request."""

    def do(session: Session) -> None:
        close_request(session, case=case, by=actor, unanswered=unanswered == "yes", why=why)

    return _done(request, services, actor, case, SentStep("close", "", {"why": why}), do)


@router.post("/requests/{case}/reopen")
def reopen_form(
    request: Request, case: str, services: ServicesDep, actor: Handler, why: Line = ""
) -> Response:
    """Open a request again."""

    def do(session: Session) -> None:
        reopen_request(session, services.random, case=case, why=why, zone=site_zone(), by=actor)

    return _done(request, services, actor, case, SentStep("reopen", "", {"why": why}), do)


@router.post("/requests/{case}/keep")
def keep_form(
    request: Request, case: str, services: ServicesDep, actor: Retainer, until: Line = "", why: Line = ""
) -> Response:
    """Have a request kept longer than its period."""

    def do(session: Session) -> None:
        keep_request_longer(session, case=case, until=day_of(until), why=why, zone=site_zone(), by=actor)

    return _done(request, services, actor, case, SentStep("keep", "", {"until": until, "why": why}), do)


def _done(
    request: Request,
    services: Services,
    actor: Actor,
    case: str,
    sent: SentStep,
    do: Callable[[Session], None],
) -> Response:
    """Do a step, or show the page again with why it was refused."""
    try:
        with services.sessions.begin() as session:
            do(session)
    except ProblemError as problem:
        return request_page_of(request, services, actor, case, sent.refused(problem))
    return RedirectResponse(f"/requests/{case}", 303)

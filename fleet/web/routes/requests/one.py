"""The page of one request, and the steps that are done on it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.services import ServicesDep
from fleet.footage.restricting.import_restrictions import lasting_on_imports
from fleet.footage.restricting.restrictions import lasting
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.releases.finding import releases_of_request
from fleet.requests.cases import clock_of, get_case, local_today, steps_of
from fleet.requests.closing import close_request, reopen_request
from fleet.requests.footage import (
    erase_recording,
    let_through_for_claim,
    link_recording,
    note_beside,
    recordings_of,
    restrict_linked,
    unlink_recording,
)
from fleet.requests.letters import LETTERS
from fleet.requests.linked.imports import (
    erase_import,
    imports_of,
    is_import,
    let_linked_import_through,
    link_import,
    unlink_import,
)
from fleet.requests.replies import clarified, wait_met
from fleet.requests.rules.kinds import KINDS, RIGHTS, RequestKind
from fleet.requests.searches import add_search, searches_of
from fleet.requests.sending import letters_of, sendable_now
from fleet.web.faults import PageRoute
from fleet.web.routes.requests.forms import Line, Text, day_of
from fleet.web.templating import pages
from fleet.web.views.releases.one import released_views
from fleet.web.views.requests.due import due_badge
from fleet.web.views.requests.one import (
    facts_of,
    letter_rows,
    linked_imports,
    linked_views,
    step_views,
    wait_views,
)
from fleet.web.zone import site_zone

router = APIRouter(route_class=PageRoute)

Handler = Annotated[Actor, Depends(require(Permission.REQUESTS))]


@router.get("/requests/{case}")
def request_page(request: Request, case: str, services: ServicesDep, actor: Handler) -> Response:
    """Show a request: its clock in words, what was done, and what can be."""
    now = services.clock()
    with services.readers() as session:
        row = get_case(session, case)
        today = local_today(session, site_zone())
        kind = RequestKind(row.kind)
        linked = [each.recording for each in recordings_of(session, row)]
        imports = imports_of(session, row)
        mine = {
            number: [each for each in those if each.request == row.id]
            for number, those in lasting(session, [each.id for each in linked]).items()
        }
        mine_of_imports = {
            name: [each for each in those if each.request == row.id]
            for name, those in lasting_on_imports(session, [each.id for each in imports]).items()
        }
        return pages(request).render(
            request,
            "requests/one.html",
            actor=actor,
            here=f"/requests/{row.id}",
            reference=row.reference,
            case_id=row.id,
            title=KINDS[kind].title,
            rule=KINDS[kind].rule,
            state=due_badge(row, today),
            clock=clock_of(row).words,
            is_open=row.closed is None,
            is_answered=row.answered is not None,
            is_right=kind in RIGHTS,
            is_erasure=kind is RequestKind.ERASURE,
            is_rectification=kind is RequestKind.RECTIFICATION,
            facts=facts_of(row),
            waits=wait_views(row),
            searches=searches_of(session, row),
            linked=linked_views(linked, mine, now) + linked_imports(imports, mine_of_imports, now),
            has_recordings=bool(linked),
            may_see_imports=may(actor.roles, Permission.SEE_IMPORTS),
            letters=letter_rows(letters_of(session, row)),
            writable=[(each, LETTERS[each].title) for each in sendable_now(session, services, row)],
            releases=released_views(releases_of_request(session, row.id), now),
            may_release=may(actor.roles, Permission.RELEASE),
            steps=step_views(steps_of(session, row), now),
            today=today.isoformat(),
        )


@router.post("/requests/{case}/came")
def came_form(
    case: str, services: ServicesDep, actor: Handler, kind: Line = "", on: Line = "", how: Line = ""
) -> Response:
    """Write down that what was asked for has come."""
    with services.sessions.begin() as session:
        if kind == "clarification":
            clarified(session, case=case, on=day_of(on), zone=site_zone(), by=actor)
        else:
            wait_met(session, case=case, kind=kind, on=day_of(on), how=how, zone=site_zone(), by=actor)
    return _back(case)


@router.post("/requests/{case}/search")
def search_form(
    case: str, services: ServicesDep, actor: Handler, where: Text = "", how: Text = "", enough: Text = ""
) -> Response:
    """Write a search down."""
    with services.sessions.begin() as session:
        add_search(session, services.random, case=case, where=where, how=how, enough=enough, by=actor)
    return _back(case)


@router.post("/requests/{case}/link")
def link_form(case: str, services: ServicesDep, actor: Handler, recording: Line = "") -> Response:
    """Link a recording or an import, by its id or the address of its page; it is held at once."""
    name = recording.strip().rstrip("/").rpartition("/")[2]
    with services.sessions.begin() as session:
        if is_import(session, name):
            link_import(session, services.random, case=case, name=name, zone=site_zone(), by=actor)
        else:
            link_recording(session, services.random, case=case, recording=name, zone=site_zone(), by=actor)
    return _back(case)


@router.post("/requests/{case}/unlink")
def unlink_form(
    case: str, services: ServicesDep, actor: Handler, recording: Line = "", imported: Line = ""
) -> Response:
    """Take a recording or an import out."""
    with services.sessions.begin() as session:
        if imported:
            unlink_import(session, case=case, name=imported, by=actor)
        else:
            unlink_recording(session, case=case, recording=recording, by=actor)
    return _back(case)


@router.post("/requests/{case}/restrict")
def restrict_form(case: str, services: ServicesDep, actor: Handler) -> Response:
    """Restrict the recordings and imports."""
    with services.sessions.begin() as session:
        restrict_linked(session, services.random, case=case, by=actor)
    return _back(case)


@router.post("/requests/{case}/claim")
def claim_form(
    case: str,
    services: ServicesDep,
    actor: Handler,
    recording: Line = "",
    imported: Line = "",
    claim: Line = "",
) -> Response:
    """Let a restricted recording or import through for a legal claim."""
    with services.sessions.begin() as session:
        if imported:
            let_linked_import_through(session, case=case, name=imported, claim=claim, by=actor)
        else:
            let_through_for_claim(session, case=case, recording=recording, claim=claim, by=actor)
    return _back(case)


@router.post("/requests/{case}/erase")
def erase_form(
    case: str, services: ServicesDep, actor: Handler, recording: Line = "", imported: Line = ""
) -> Response:
    """Have a recording or an import deleted."""
    with services.sessions.begin() as session:
        if imported:
            erase_import(session, case=case, name=imported, by=actor)
        else:
            erase_recording(session, case=case, recording=recording, by=actor)
    return _back(case)


@router.post("/requests/{case}/note")
def note_form(
    case: str, services: ServicesDep, actor: Handler, recording: Line = "", text: Text = ""
) -> Response:
    """Note beside a recording what the person says of it."""
    with services.sessions.begin() as session:
        note_beside(session, services.random, case=case, recording=recording, text=text, by=actor)
    return _back(case)


@router.post("/requests/{case}/close")
def close_form(
    case: str, services: ServicesDep, actor: Handler, unanswered: Line = "", why: Line = ""
) -> Response:
    """Close a request."""
    with services.sessions.begin() as session:
        close_request(session, case=case, by=actor, unanswered=unanswered == "yes", why=why)
    return _back(case)


@router.post("/requests/{case}/reopen")
def reopen_form(case: str, services: ServicesDep, actor: Handler, why: Line = "") -> Response:
    """Open a request again."""
    with services.sessions.begin() as session:
        reopen_request(session, services.random, case=case, why=why, zone=site_zone(), by=actor)
    return _back(case)


def _back(case: str) -> Response:
    return RedirectResponse(f"/requests/{case}", 303)

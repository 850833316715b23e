"""The templates of letters: the list, and one of them to be edited by versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services, ServicesDep
from fleet.letters.rules.filling import LONGEST_TEMPLATE
from fleet.letters.rules.kinds import LetterKind
from fleet.letters.templates import edit_template, template_of, versions_of
from fleet.people.access import Permission, require
from fleet.requests.letters import LETTERS
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.moments import moment

router = APIRouter(route_class=PageRoute)

Editor = Annotated[Actor, Depends(require(Permission.LETTERS))]
Long = Annotated[str, Form(max_length=2 * LONGEST_TEMPLATE)]


@router.get("/letters")
def templates_page(request: Request, services: ServicesDep, actor: Editor) -> Response:
    """List the templates."""
    with services.readers() as session:
        found = [(kind.id, kind.title, template_of(session, kind).version) for kind in LETTERS.values()]
    return pages(request).render(request, "letters/all.html", actor=actor, templates=found)


@router.get("/letters/{kind}")
def template_page(request: Request, kind: str, services: ServicesDep, actor: Editor) -> Response:
    """Show a template, to be edited."""
    return _page(request, services, actor, _kind(kind))


@router.post("/letters/{kind}")
def edit_form(
    request: Request,
    kind: str,
    services: ServicesDep,
    actor: Editor,
    text: Long = "",
    seen: Annotated[int, Form(ge=0, le=100_000)] = 0,
) -> Response:
    """Write the next version of a template."""
    known = _kind(kind)
    try:
        with services.sessions.begin() as session:
            edit_template(session, known, text=text, seen=seen, by=actor)
    except ProblemError as problem:
        return _page(request, services, actor, known, typed=text, problem=problem)
    return RedirectResponse(f"/letters/{known.id}", 303)


def _kind(name: str) -> LetterKind:
    if name not in LETTERS:
        raise not_found("such letter")
    return LETTERS[name]


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    kind: LetterKind,
    *,
    typed: str = "",
    problem: ProblemError | None = None,
) -> Response:
    now = services.clock()
    with services.readers() as session:
        present = template_of(session, kind)
        versions = [
            (each.version, moment(each.written, now), each.written_by) for each in versions_of(session, kind)
        ]
    return pages(request).render(
        request,
        "letters/one.html",
        actor=actor,
        status=200 if problem is None else problem.status,
        kind=kind,
        fields=sorted(kind.fields),
        required=sorted(kind.required),
        present=present,
        text=typed if problem is not None else present.text,
        is_own=present.text == kind.text,
        own=kind.text,
        versions=versions,
        longest=LONGEST_TEMPLATE,
        fault="" if problem is None else problem.detail,
    )

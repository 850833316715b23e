"""Documents as they are now: the list, one beside what was published, its words, and publishing it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services, ServicesDep
from fleet.documents.live import cameras_heard, live_facts
from fleet.documents.publishing import (
    MOST_SHEETS,
    all_published,
    draft_document,
    newest_published,
    publish,
    published_facts,
)
from fleet.documents.rules.differences import side_by_side
from fleet.documents.rules.drawing import stated_by
from fleet.documents.rules.plan import DocumentKind
from fleet.documents.rules.plans import PLANS
from fleet.documents.words import versions_of, words_now, write_words
from fleet.letters.rules.filling import LONGEST_TEMPLATE
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.printing.errors import NotPrintableError
from fleet.printing.html import HTML_POLICY, html_of
from fleet.printing.pdf import pdf_of
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.documents.one import camera_rows, fact_rows, part_views, standing
from fleet.web.views.moments import moment

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_DOCUMENTS))]
Publisher = Annotated[Actor, Depends(require(Permission.PUBLISH))]
Long = Annotated[str, Form(max_length=2 * LONGEST_TEMPLATE)]
_NOT_FOUND = 404


def document_kind(kind: str) -> DocumentKind:
    """Return which document an address names.

    Raises:
        ProblemError: 404 there is none.
    """
    if kind not in set(DocumentKind):
        raise not_found("such document")
    return DocumentKind(kind)


@router.get("/documents")
def documents_page(request: Request, services: ServicesDep, actor: Viewer) -> Response:
    """List the documents with how each stands to what is set, and what cameras are told and said."""
    now = services.clock()
    rows = []
    with services.readers() as session:
        facts = live_facts(session, services)
        cameras = camera_rows(cameras_heard(session))
        for kind, plan in PLANS.items():
            row = newest_published(session, kind, text=False)
            at = None if row is None else moment(row.published, now)
            pairs = side_by_side([] if row is None else published_facts(row), stated_by(plan, facts))
            number, by = (0, "") if row is None else (row.number, row.published_by)
            rows.append((kind.value, plan.title, number, at, by, standing(pairs, at)))
    settings = [each for each in facts if each.id in {"window.told", "sound.told"}]
    return pages(request).render(
        request,
        "documents/all.html",
        actor=actor,
        documents=rows,
        settings=settings,
        cameras=cameras,
    )


@router.get("/documents/{kind}")
def document_page(request: Request, kind: str, services: ServicesDep, actor: Viewer) -> Response:
    """Show a document as it is now, beside what was published."""
    return _page(request, services, actor, document_kind(kind))


@router.get("/documents/{kind}/draft/print")
def draft_print(kind: str, services: ServicesDep, actor: Viewer) -> Response:
    """Return a document as it is now as a page that prints on A4."""
    del actor
    with services.readers() as session:
        text = html_of(draft_document(session, services, document_kind(kind)).page())
    return HTMLResponse(text, headers={"Content-Security-Policy": HTML_POLICY, "Cache-Control": "no-store"})


@router.get("/documents/{kind}/draft/pdf")
def draft_pdf(kind: str, services: ServicesDep, actor: Viewer) -> Response:
    """Return a document as it is now as a PDF."""
    del actor
    with services.readers() as session:
        page = draft_document(session, services, document_kind(kind)).page()
    try:
        data = pdf_of(page, made=services.clock(), most=MOST_SHEETS)
    except NotPrintableError as error:
        raise ProblemError(409, "not_printable", str(error)) from error
    headers = {"Content-Disposition": f'inline; filename="{kind}-draft.pdf"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/pdf", headers=headers)


@router.post("/documents/{kind}/publish")
def publish_form(
    request: Request,
    kind: str,
    services: ServicesDep,
    actor: Publisher,
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Publish a document as it was seen."""
    known = document_kind(kind)
    try:
        with services.sessions.begin() as session:
            publish(session, services, known, seen=seen, by=actor)
    except ProblemError as problem:
        return _page(request, services, actor, known, problem=problem)
    return RedirectResponse(f"/documents/{known}", 303)


@router.get("/documents/{kind}/words/{section}")
def words_page(
    request: Request, kind: str, section: str, services: ServicesDep, actor: Publisher
) -> Response:
    """Show the landlord's words of a section, to be written anew."""
    return _words(request, services, actor, document_kind(kind), section)


@router.post("/documents/{kind}/words/{section}")
def words_form(
    request: Request,
    kind: str,
    section: str,
    services: ServicesDep,
    actor: Publisher,
    text: Long = "",
    seen: Annotated[int, Form(ge=0, le=100_000)] = 0,
) -> Response:
    """Write the next version of the words of a section."""
    known = document_kind(kind)
    try:
        with services.sessions.begin() as session:
            write_words(session, known, section, text=text, seen=seen, by=actor)
    except ProblemError as problem:
        if problem.status == _NOT_FOUND:
            raise
        return _words(request, services, actor, known, section, typed=text, problem=problem)
    return RedirectResponse(f"/documents/{known}#{section}", 303)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    kind: DocumentKind,
    *,
    problem: ProblemError | None = None,
) -> Response:
    now = services.clock()
    with services.readers() as session:
        draft = draft_document(session, services, kind)
        newest = newest_published(session, kind, text=False)
        listed = [
            (each.number, moment(each.published, now), each.published_by, each.sha256.hex())
            for each in all_published(session, kind)
        ]
        pairs = side_by_side([] if newest is None else published_facts(newest), draft.facts)
        versions = None if newest is None else newest.words
    words = {section: (each.version, each.text) for section, each in draft.words.items()}
    return pages(request).render(
        request,
        "documents/one.html",
        actor=actor,
        status=200 if problem is None else problem.status,
        kind=kind.value,
        plan=draft.plan,
        sentence=standing(pairs, listed[0][1] if listed else None),
        rows=fact_rows(pairs, is_published=bool(listed)),
        parts=part_views(draft.plan, draft.facts, words, versions),
        published=listed,
        lacks=draft.lacks,
        seal=draft.seal,
        may_publish=may(actor.roles, Permission.PUBLISH),
        fault="" if problem is None else problem.detail,
    )


def _words(
    request: Request,
    services: Services,
    actor: Actor,
    kind: DocumentKind,
    section: str,
    *,
    typed: str = "",
    problem: ProblemError | None = None,
) -> Response:
    plan, now = PLANS[kind], services.clock()
    if section not in plan.sections:
        raise not_found("such part of the document")
    with services.readers() as session:
        present = words_now(session, kind).get(section)
        versions = [
            (each.version, moment(each.written, now), each.written_by, each.text)
            for each in versions_of(session, kind, section)
        ]
    text = "" if present is None else present.text
    return pages(request).render(
        request,
        "documents/words.html",
        actor=actor,
        status=200 if problem is None else problem.status,
        kind=kind.value,
        plan=plan,
        part=plan.sections[section],
        version=0 if present is None else present.version,
        text=typed if problem is not None else text,
        versions=versions,
        longest=LONGEST_TEMPLATE,
        fault="" if problem is None else problem.detail,
    )

"""Documents exactly as they were published: shown, printed, and taken as a text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.documents.models import PublishedDocument
from fleet.documents.publishing import MOST_SHEETS, get_published
from fleet.people.access import Permission, require
from fleet.printing.blocks import ParagraphBlock, PrintedPage, read_text
from fleet.printing.errors import NotPrintableError
from fleet.printing.html import HTML_POLICY, html_of
from fleet.printing.pdf import pdf_of
from fleet.retention.rules.calendar import day_words
from fleet.web.faults import PageRoute
from fleet.web.routes.documents.drafts import document_kind
from fleet.web.templating import pages
from fleet.web.views.moments import moment
from fleet.web.zone import local

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_DOCUMENTS))]
Number = Annotated[int, Path(ge=1, le=100_000)]
PATH = "/documents/{kind}/published/{number}"


@router.get(PATH)
def published_page(
    request: Request, kind: str, number: Number, services: ServicesDep, actor: Viewer
) -> Response:
    """Show a document exactly as it was published."""
    row = _row(services, kind, number)
    return pages(request).render(
        request,
        "documents/published.html",
        actor=actor,
        kind=row.document,
        document=row,
        at=moment(row.published, services.clock()),
        sha256=row.sha256.hex(),
    )


@router.get(PATH + "/print")
def published_print(kind: str, number: Number, services: ServicesDep, actor: Viewer) -> Response:
    """Return it as a page that prints on A4."""
    del actor
    text = html_of(_printed(_row(services, kind, number)))
    return HTMLResponse(text, headers={"Content-Security-Policy": HTML_POLICY, "Cache-Control": "no-store"})


@router.get(PATH + "/pdf")
def published_pdf(kind: str, number: Number, services: ServicesDep, actor: Viewer) -> Response:
    """Return it as a PDF."""
    del actor
    row = _row(services, kind, number)
    try:
        data = pdf_of(_printed(row), made=row.published, most=MOST_SHEETS + 1)
    except NotPrintableError as error:
        raise ProblemError(409, "not_printable", str(error)) from error
    headers = {"Content-Disposition": f'inline; filename="{kind}-{number}.pdf"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/pdf", headers=headers)


@router.get(PATH + "/text")
def published_text(kind: str, number: Number, services: ServicesDep, actor: Viewer) -> Response:
    """Return its text, byte for byte what its digest is of."""
    del actor
    headers = {
        "Content-Disposition": f'attachment; filename="{kind}-{number}.txt"',
        "Cache-Control": "no-store",
    }
    return PlainTextResponse(_row(services, kind, number).text, headers=headers)


def _row(services: Services, kind: str, number: int) -> PublishedDocument:
    with services.readers() as session:
        return get_published(session, document_kind(kind), number)


def _printed(row: PublishedDocument) -> PrintedPage:
    """Put its number, its day and its digest above what it says."""
    day = day_words(local(row.published).date())
    head = ParagraphBlock(
        (f"Number {row.number}, published on {day}.", f"SHA-256 of its text: {row.sha256.hex()}")
    )
    return PrintedPage(row.title, row.sender, (head, *read_text(row.text)))

"""What happened to a release: on its page, entered by people, and as a statement to be printed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.config import FleetConfig
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.releases.exhibits.continuity import enter_continuity, entries_of, stated, statement_of
from fleet.releases.exhibits.receipts import note_receipt
from fleet.releases.forgetting import keep_release_longer
from fleet.releases.models import FootageRelease
from fleet.releases.rules.continuity import COPY_WORDS, ENTERED_WORDS, MOST_ENTRIES, ContinuityDraft
from fleet.releases.rules.continuity_statement import STATEMENT_NAME, entry_words
from fleet.releases.steps import get_release
from fleet.releases.subjects import exhibits_of, page_of, public_id
from fleet.web.faults import PageRoute
from fleet.web.forms import clean_moment, typed_moment
from fleet.web.routes.requests.forms import Line, day_of
from fleet.web.templating import pages
from fleet.web.views.releases.continuity import continuity_lines, no_exhibit_words
from fleet.web.zone import site_zone

router = APIRouter(route_class=PageRoute)

Drafter = Annotated[Actor, Depends(require(Permission.RELEASE))]
Retainer = Annotated[Actor, Depends(require(Permission.RETAIN))]
_NOT_FOUND = 404
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class ContinuityForm:
    """The form of an entry, as it was typed; ``corrects`` is empty where it corrects none."""

    kind: str = ""
    at: str = ""
    holder: str = ""
    taker: str = ""
    how: str = ""
    seal: str = ""
    which_copy: str = ""
    words: str = ""
    corrects: str = ""
    known: str = ""

    def draft(self) -> ContinuityDraft:
        """Return what is to be entered."""
        typed = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "known"}
        corrects = _number(self.corrects) if self.corrects else None
        return ContinuityDraft(**{**typed, "at": clean_moment(self.at, self.known), "corrects": corrects})


def continuity_form(  # noqa: PLR0917 - FastAPI gives them by name
    kind: Line = "",
    at: Line = "",
    holder: Line = "",
    taker: Line = "",
    how: Line = "",
    seal: Line = "",
    which_copy: Line = "",
    words: Line = "",
    corrects: Line = "",
    known: Line = "",
) -> ContinuityForm:
    """Read the form."""
    return ContinuityForm(kind, at, holder, taker, how, seal, which_copy, words, corrects, known)


FormDep = Annotated[ContinuityForm, Depends(continuity_form)]


@router.get("/releases/{release}/continuity")
def continuity_page(
    request: Request,
    release: str,
    services: ServicesDep,
    actor: Drafter,
    corrects: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the form of an entry, or of a correction."""
    now = services.clock()
    form = ContinuityForm(at=typed_moment(now), known=now.isoformat(), corrects=corrects)
    return _form(request, services, actor, release, form)


@router.post("/releases/{release}/continuity")
def enter_form(
    request: Request, release: str, services: ServicesDep, actor: Drafter, form: FormDep
) -> Response:
    """Write an entry down."""
    try:
        with services.sessions.begin() as session:
            enter_continuity(session, form.draft(), release=release, by=actor)
    except ProblemError as problem:
        if problem.status == _NOT_FOUND:
            raise
        return _form(request, services, actor, release, form, problem=problem)
    return RedirectResponse(f"/releases/{release}", 303)


@router.get("/releases/{release}/continuity.txt", dependencies=[Depends(require(Permission.SEE_RELEASES))])
def statement_text(release: str, services: ServicesDep) -> Response:
    """Send what happened to a release as a text, as a package has it."""
    with services.readers() as session:
        row = get_release(session, release)
        text = statement_of(session, row, services.config.landlord.name).text()
    name = f"{row.reference}-{STATEMENT_NAME}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


@router.post("/releases/{release}/receipt")
def receipt_form(
    release: str, services: ServicesDep, actor: Drafter, on: Line = "", receipt: Line = ""
) -> Response:
    """Write the receipt down."""
    with services.sessions.begin() as session:
        note_receipt(session, release=release, on=day_of(on), receipt=receipt, zone=site_zone(), by=actor)
    return RedirectResponse(f"/releases/{release}", 303)


@router.post("/releases/{release}/keep")
def keep_form(
    release: str, services: ServicesDep, actor: Retainer, until: Line = "", why: Line = ""
) -> Response:
    """Have a release kept longer than its period."""
    with services.sessions.begin() as session:
        keep_release_longer(
            session, release=release, until=day_of(until), why=why, zone=site_zone(), by=actor
        )
    return RedirectResponse(f"/releases/{release}", 303)


def continuity_part(
    session: Session, row: FootageRelease, config: FleetConfig, now: datetime
) -> dict[str, Any]:
    """Return what the page of a release says of its exhibits and of what happened to it."""
    statement = statement_of(session, row, config.landlord.name)
    return {
        "exhibits": statement.exhibits,
        "exhibit_pages": {public_id(each): page_of(each) for each, _ in exhibits_of(row)},
        "no_exhibit": no_exhibit_words(row),
        "continuity": continuity_lines(entries_of(session, row.id), statement.entries, now),
        "most_entries": MOST_ENTRIES,
        "is_full": len(statement.entries) >= MOST_ENTRIES,
    }


def _form(
    request: Request,
    services: Services,
    actor: Actor,
    release: str,
    form: ContinuityForm,
    *,
    problem: ProblemError | None = None,
) -> Response:
    with services.readers() as session:
        row = get_release(session, release)
        known = {str(each.number): entry_words(stated(each)) for each in entries_of(session, row.id)}
    return pages(request).render(
        request,
        "releases/continuity.html",
        actor=actor,
        status=200 if problem is None else problem.status,
        here=f"/releases/{row.id}",
        reference=row.reference,
        form=form,
        corrected=known.get(form.corrects, "there is none of this number"),
        kinds={str(kind): words for kind, words in ENTERED_WORDS.items()},
        copies={str(kind): words for kind, words in COPY_WORDS.items()},
        fault="" if problem is None else problem.detail,
        fault_field="" if problem is None else problem.code.removesuffix("_unusable"),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0

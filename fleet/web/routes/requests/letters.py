"""Letters about a request: written, looked at, kept as sent, shown and printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services, ServicesDep
from fleet.letters.keeping import LONGEST_METHOD, get_letter
from fleet.letters.models import Letter
from fleet.people.access import Permission, require
from fleet.printing.blocks import PrintedPage, read_text
from fleet.printing.errors import NotPrintableError
from fleet.printing.html import HTML_POLICY, html_of
from fleet.printing.pdf import pdf_of
from fleet.requests.cases import get_case
from fleet.requests.letters import LETTERS
from fleet.requests.rules.bases import BASES, LandlordKind, bases_of, conditions_of
from fleet.requests.rules.done import asks_how_given
from fleet.requests.rules.exemptions import NOT_SHOWN, exemptions_of
from fleet.requests.rules.kinds import OTHERS, OUTCOMES, RequestKind
from fleet.requests.rules.sending import REFUSALS, WITHOUT_WORDS, Decision, outcomes_with
from fleet.requests.sending import LONGEST_OTHERWISE, LetterDraft, preview_letter, send_letter, sending_facts
from fleet.web.faults import PageRoute
from fleet.web.routes.requests.forms import Line, Text
from fleet.web.templating import pages

router = APIRouter(route_class=PageRoute)

Handler = Annotated[Actor, Depends(require(Permission.REQUESTS))]
MOST_SHEETS = 6
_NOT_FOUND = 404


def typed_letter(
    words: Text = "",
    method: Line = "",
    outcome: Line = "",
    exemption: Line = "",
    basis: Line = "",
    condition: Line = "",
    otherwise: Line = "",
) -> LetterDraft:
    """Read the form of a letter; which one is in the address."""
    return LetterDraft("", words, method, Decision(outcome, exemption, basis, condition, otherwise))


DraftDep = Annotated[LetterDraft, Depends(typed_letter)]


@router.get("/requests/{case}/write/{letter}")
def write_page(request: Request, case: str, letter: str, services: ServicesDep, actor: Handler) -> Response:
    """Show the form of a letter."""
    return _page(request, services, actor, case, LetterDraft(letter))


@router.post("/requests/{case}/write/{letter}")
def write_form(
    request: Request,
    case: str,
    letter: str,
    services: ServicesDep,
    actor: Handler,
    sent: DraftDep,
    step: Line = "",
) -> Response:
    """Show a letter as it would be sent, or keep it as it is sent."""
    draft = replace(sent, letter=letter)
    try:
        if step == "send":
            with services.sessions.begin() as session:
                kept = send_letter(session, services, case=case, draft=draft, by=actor).id
            return RedirectResponse(f"/requests/{case}/letters/{kept}", 303)  # where it is printed
        with services.readers() as session:
            text = preview_letter(session, services, get_case(session, case), draft)
    except ProblemError as problem:
        if problem.status == _NOT_FOUND:
            raise
        return _page(request, services, actor, case, draft, problem=problem)
    return _page(request, services, actor, case, draft, text=text)


@router.get("/requests/{case}/letters/{letter}")
def letter_page(request: Request, case: str, letter: str, services: ServicesDep, actor: Handler) -> Response:
    """Show a letter exactly as it was sent."""
    with services.readers() as session:
        row = get_case(session, case)
        kept = get_letter(session, letter, about=row.id)
        return pages(request).render(
            request,
            "requests/letter.html",
            actor=actor,
            here=f"/requests/{row.id}",
            reference=row.reference,
            letter=kept,
            title=_title(kept),
            sha256=kept.sha256.hex(),
        )


@router.get("/requests/{case}/letters/{letter}/print")
def letter_print(case: str, letter: str, services: ServicesDep, actor: Handler) -> Response:
    """Return a letter as a page that prints on A4."""
    text = html_of(_printed(services, case, letter, actor)[1])
    return HTMLResponse(text, headers={"Content-Security-Policy": HTML_POLICY, "Cache-Control": "no-store"})


@router.get("/requests/{case}/letters/{letter}/pdf")
def letter_pdf(case: str, letter: str, services: ServicesDep, actor: Handler) -> Response:
    """Return a letter as a PDF."""
    kept, page = _printed(services, case, letter, actor)
    try:
        data = pdf_of(page, made=datetime.combine(kept.dated, time(12), UTC), most=MOST_SHEETS)
    except NotPrintableError as error:
        raise ProblemError(409, "not_printable", str(error)) from error
    headers = {"Content-Disposition": 'inline; filename="letter.pdf"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/pdf", headers=headers)


def _printed(services: Services, case: str, letter: str, actor: Actor) -> tuple[Letter, PrintedPage]:
    del actor  # whoever may see the request may print its letters
    with services.readers() as session:
        kept = get_letter(session, letter, about=get_case(session, case).id)
    return kept, PrintedPage(_title(kept), "", read_text(kept.text))


def _title(letter: Letter) -> str:
    return LETTERS[letter.kind].title if letter.kind in LETTERS else letter.kind


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    case: str,
    draft: LetterDraft,
    *,
    text: str = "",
    problem: ProblemError | None = None,
) -> Response:
    if draft.letter not in LETTERS:
        raise not_found("such letter")
    with services.readers() as session:
        row = get_case(session, case)
        kind, landlord = RequestKind(row.kind), LandlordKind(services.config.landlord.kind)
        facts = sending_facts(session, row)
    is_answer = draft.letter in {"answer", "others-answer"}
    has_basis = is_answer and (kind in OTHERS or kind is RequestKind.PORTABILITY)
    return pages(request).render(
        request,
        "requests/write.html",
        actor=actor,
        status=200 if problem is None else problem.status,
        here=f"/requests/{row.id}",
        reference=row.reference,
        what=row.what,
        title=LETTERS[draft.letter].title,
        draft=draft,
        text=text,
        fault="" if problem is None else problem.detail,
        has_words=draft.letter not in WITHOUT_WORDS,
        longest_method=LONGEST_METHOD,
        outcomes={each.value: OUTCOMES[each] for each in outcomes_with(draft.letter)},
        exemptions={
            each.id: each.words
            for each in exemptions_of(kind)
            if draft.letter in REFUSALS and (each is not NOT_SHOWN or facts.unshown)
        },
        asks_how_given=is_answer and asks_how_given(kind, facts.done),
        longest_otherwise=LONGEST_OTHERWISE,
        bases={each.value: BASES[each] for each in bases_of(landlord)} if has_basis else {},
        conditions={each.id: each.words for each in conditions_of(kind, landlord)} if is_answer else {},
    )

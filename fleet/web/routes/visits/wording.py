"""The landlord's texts for visits: notices in each language, and what officers say at the door."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.visits.languages import language_states
from fleet.visits.texts import (
    FIELDS_OF,
    LANGUAGES,
    LONGEST_TEXT,
    LONGEST_TITLE,
    PLAIN,
    LandlordText,
    TextUse,
    text_now,
    texts_now,
    versions_of,
    write_text,
)
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.moments import moment
from fleet.web.views.visits.languages import language_views

router = APIRouter(route_class=PageRoute)

Writer = Annotated[Actor, Depends(require(Permission.WRITE_TEXTS))]
Line = Annotated[str, Form(max_length=1000)]
PATH = "/settings/visit-texts"
_MOST_SHOWN = 20


def draft_of_form(
    use: Annotated[TextUse, Form()],
    language: Line = "",
    version: Annotated[int, Form(ge=0, le=10_000)] = 0,
    title: Line = "",
    text: Annotated[str, Form(max_length=20_000)] = "",
) -> LandlordText:
    """Read the form."""
    return LandlordText(use, language, version, title, text)


@router.get(PATH)
def visit_texts_page(
    request: Request,
    services: ServicesDep,
    actor: Writer,
    use: TextUse = TextUse.NOTICE,
    language: Annotated[str, Query(max_length=3)] = PLAIN,
) -> Response:
    """Show a text, and write it anew."""
    chosen = language if language in LANGUAGES else PLAIN
    return _page(request, services, actor, use, chosen)


@router.post(PATH)
def visit_text_form(
    request: Request,
    services: ServicesDep,
    actor: Writer,
    draft: Annotated[LandlordText, Depends(draft_of_form)],
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Write a text anew, from the form or from a file whose first line is the title of a notice."""
    use, chosen = draft.use, draft.language if draft.language in LANGUAGES else PLAIN
    try:
        if file is not None and file.filename:
            draft = _from_file(draft, file.file.read(LONGEST_TEXT * 4 + 1))
        with services.sessions.begin() as session:
            write_text(session, services.random, draft, by=actor)
    except ProblemError as problem:
        return _page(request, services, actor, use, chosen, draft=draft, problem=problem)
    return RedirectResponse(f"{PATH}?use={use}&language={chosen}", 303)


def _from_file(draft: LandlordText, content: bytes) -> LandlordText:
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise ProblemError(422, "no_text", "That file is no text in UTF-8; save it as one.") from error
    title = ""
    if draft.has_title:
        title, _, text = text.partition("\n")
    return LandlordText(draft.use, draft.language, draft.version, title, text)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    use: TextUse,
    language: str,
    *,
    draft: LandlordText | None = None,
    problem: ProblemError | None = None,
) -> Response:
    now = services.clock()
    with services.readers() as session:
        text = text_now(session, use, language)
        written = versions_of(session, use, language)
        there = [each.language for each in texts_now(session, use)]
        states = language_views(language_states(session, now))
    shown = text
    if text.language != language:  # none yet in this one: it begins empty
        shown = LandlordText(use, language, 0, "", "")
    return pages(request).render(
        request,
        "visits/texts.html",
        actor=actor,
        status=problem.status if problem else 200,
        text=draft or shown,
        version=shown.version,
        use=str(use),
        language=language,
        language_word=LANGUAGES[language],
        languages=LANGUAGES,
        there=there,
        states=states,
        is_shipped=shown.version == 0 and bool(shown.text),
        versions=[
            (each.version, moment(each.written, now), each.written_by, f"{each.title}\n\n{each.text}".strip())
            for each in written[:_MOST_SHOWN]
        ],
        fields=FIELDS_OF[use],
        may_approve=may(actor.roles, Permission.APPROVE_TEXTS),
        longest_text=LONGEST_TEXT,
        longest_title=LONGEST_TITLE,
        fault=problem.detail if problem else "",
    )

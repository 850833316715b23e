"""What people say of recordings: of one on its page, of many on a page of its own, and back again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.incidents.judging import MOST_AT_ONCE, SaidOfRecording, judge, judge_many, undo_many
from fleet.incidents.notes import add_note
from fleet.incidents.rules.words import CATEGORIES
from fleet.people.access import Permission, require
from fleet.web import recorded
from fleet.web.faults import PageRoute
from fleet.web.routes.recording import page_of
from fleet.web.routes.recording_forms import Asked, Forms, answered
from fleet.web.routes.recordings import known_search, search_of, wanted_of
from fleet.web.routes.searching import found_page
from fleet.web.templating import pages
from fleet.web.views.moments import count
from fleet.web.views.recordings import row
from fleet.web.views.search import PAGE, Search, left_out_words, odd_words

router = APIRouter(route_class=PageRoute)

Writer = Annotated[Actor, Depends(require(Permission.CLASSIFY))]
Line = Annotated[str, Form(max_length=1000)]
Text = Annotated[str, Form(max_length=20_000)]
Several = Annotated[list[str], Form(max_length=MOST_AT_ONCE)]
SearchDep = Annotated[Search, Depends(search_of)]
Seen = Annotated[str | None, Form(max_length=100)]
_ANSWERS = {"yes": True, "no": False}


@router.get("/marking")
def marking_page(request: Request, services: ServicesDep, actor: Writer, search: SearchDep) -> Response:
    """Show the recordings that fit, each with a box to tick."""
    return _page(request, services, actor, search)


@router.post("/marking")
def marking_form(
    request: Request,
    services: ServicesDep,
    actor: Writer,
    search: SearchDep,
    recording: Several = [],  # noqa: B006
    said_category: Line = "",
    said_incident: Line = "",
) -> Response:
    """Say the same of many recordings."""
    said = SaidOfRecording(said_category or None, _ANSWERS.get(said_incident))
    try:
        with services.sessions.begin() as session:
            mark = judge_many(session, services.random, recordings=recording, said=said, by=actor).id
    except ProblemError as problem:
        return _page(request, services, actor, search, ticked=recording, problem=problem, said=said)
    query = search.query()
    return RedirectResponse(f"/recordings?{query}{'&' if query else ''}mark={mark}", 303)


@router.post("/marking/{mark}/undo")
def undo_form(mark: str, services: ServicesDep, actor: Writer) -> Response:
    """Take back what was said of many."""
    with services.sessions.begin() as session:
        undo_many(session, mark=mark, by=actor)
    return RedirectResponse(f"/recordings?mark={mark}", 303)


@router.post("/recordings/{recording}/judge")
def judge_form(
    request: Request,
    recording: str,
    services: ServicesDep,
    actor: Writer,
    category: Line = "",
    incident: Line = "",
    seen: Seen = None,
) -> Response:
    """Say what one recording is, in place of what the page showed."""
    said = SaidOfRecording(category or None, _ANSWERS.get(incident))
    before = None if seen is None else _shown(seen)

    def keep() -> Response:
        with services.sessions.begin() as session:
            judge(session, recording=recording, said=said, by=actor, seen=before)
        return RedirectResponse(f"/recordings/{recording}#judged", 303)

    def again(asked: Asked) -> Response:
        return page_of(request, recording, services, actor, Forms(judging=asked))

    return answered(Asked(), keep, again)


def _shown(seen: str) -> SaidOfRecording:
    """Return what the page showed of a recording, as its form sends it: "threat yes", "- -"."""
    category, _, incident = seen.partition(" ")
    return SaidOfRecording(None if category == "-" else category, _ANSWERS.get(incident))


@router.post("/recordings/{recording}/notes")
def note_form(
    request: Request, recording: str, services: ServicesDep, actor: Writer, text: Text = ""
) -> Response:
    """Write a note about one recording."""

    def keep() -> Response:
        with services.sessions.begin() as session:
            add_note(session, services.random, recording=recording, text=text, by=actor)
        return RedirectResponse(f"/recordings/{recording}#judged", 303)

    def again(asked: Asked) -> Response:
        return page_of(request, recording, services, actor, Forms(noting=asked))

    return answered(Asked(note=text), keep, again)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    search: Search,
    *,
    ticked: list[str] | None = None,
    problem: ProblemError | None = None,
    said: SaidOfRecording | None = None,
) -> Response:
    with services.readers() as session:
        search, odd = known_search(session, search)
        wanted, bad_day = wanted_of(session, search, actor)
        search, found, total = found_page(
            search, lambda skip: recorded.search(session, wanted, skip=skip, limit=PAGE)
        )
    now = services.clock()
    return pages(request).render(
        request,
        "marking.html",
        actor=actor,
        status=problem.status if problem else 200,
        rows=[row(each, now) for each in found],
        ticked=frozenset(ticked or ()),
        shown=f"{len(found)} of {count(total, 'recording')}" if len(found) < total else "",
        chosen=search,
        address=search.address(search.skip),
        sent=search.query(search.skip),
        categories=CATEGORIES,
        said=said or SaidOfRecording(),
        odd=" ".join(filter(None, (odd_words(odd), left_out_words(search.text), str(bad_day or "")))),
        fault=problem.detail if problem else "",
    )

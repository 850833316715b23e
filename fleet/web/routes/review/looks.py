"""Who watched what for which reason: looked through with the odd ones first, asked about, and explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.review.history import MOST_SHOWN, entries_of, of_viewing
from fleet.review.look_finding import all_looks, find_looks, people_who_looked
from fleet.review.looks import ask_about, explain, get_look
from fleet.review.rules.asking import LONGEST, LookState
from fleet.review.services import ReviewsDep
from fleet.web.faults import PageRoute
from fleet.web.reviewed import look_rows
from fleet.web.routes.searching import Skip, found_page
from fleet.web.templating import pages
from fleet.web.views.csv_rows import csv_text
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.reviews.looks import (
    LOOK_HEADINGS,
    LOOK_STATES,
    ODD_KINDS,
    LookSearch,
    look_cells,
    looks_title,
    named,
)
from fleet.web.views.reviews.one import done_lines
from fleet.web.views.reviews.through import behind_words
from fleet.web.views.search import PAGE

router = APIRouter(route_class=PageRoute)

Reader = Annotated[Actor, Depends(require(Permission.REVIEW_VIEWINGS))]
Text = Annotated[str, Query(max_length=200)]
Line = Annotated[str, Form(max_length=4000)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
_BLOCK = 500


def search_of(
    state: Text = "",
    kind: Text = "",
    who: Text = "",
    skip: Skip = 0,
) -> LookSearch:
    """Read what is looked for out of the address."""
    return LookSearch.of(state, kind, who, skip)


SearchDep = Annotated[LookSearch, Depends(search_of)]


@router.get("/viewings")
def viewings_page(
    request: Request, services: ServicesDep, reviews: ReviewsDep, actor: Reader, search: SearchDep
) -> Response:
    """List viewings, the odd ones first."""
    with services.readers() as session:
        wanted = search.filter
        search, found, total = found_page(
            search, lambda skip: find_looks(session, wanted, skip=skip, limit=PAGE)
        )
        rows, people = look_rows(session, found), named(people_who_looked(session))
    before, after = search.pager(total)
    return pages(request).render(
        request,
        "reviews/looks.html",
        actor=actor,
        rows=rows,
        title=looks_title(total, search),
        chosen=search,
        states=LOOK_STATES,
        kinds=ODD_KINDS,
        people=people,
        before=before,
        after=after,
        sent=search.query(),
        on_paper=narrowed_words(search.labelled, skip=search.skip, shown=len(found), total=total),
        behind=behind_words(reviews.sorter.through, services.clock(), "viewings"),
    )


@router.get("/viewings.csv")
def viewings_csv(services: ServicesDep, actor: Reader, search: SearchDep) -> Response:
    """Send the viewings that fit as a table; the log says who took it."""
    with services.sessions.begin() as session:
        total = find_looks(session, search.filter, skip=0, limit=1)[1]
        detail = {"viewings": total, "narrowed": "yes" if search.any else "no"}
        record(session, actor, "review:viewings:csv", "viewings", detail=detail)
    headers = {"Content-Disposition": 'attachment; filename="viewings.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(_blocks(services, search), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/viewings/{number}")
def viewing_page(request: Request, number: Number, services: ServicesDep, actor: Reader) -> Response:
    """Show one viewing, and what was asked about it."""
    return _page(request, services, actor, number)


@router.post("/viewings/{number}/ask")
def ask_form(
    request: Request, number: Number, services: ServicesDep, actor: Reader, words: Line = ""
) -> Response:
    """Write down that somebody was asked about it."""

    def do(session: Session) -> object:
        return ask_about(session, number=number, question=words, by=actor)

    return _done(request, services, actor, number, do, typed=words, form="ask")


@router.post("/viewings/{number}/explain")
def explain_form(
    request: Request, number: Number, services: ServicesDep, actor: Reader, words: Line = ""
) -> Response:
    """Write down how it is explained."""

    def do(session: Session) -> object:
        return explain(session, number=number, explanation=words, by=actor)

    return _done(request, services, actor, number, do, typed=words, form="explain")


def _done(
    request: Request,
    services: Services,
    actor: Actor,
    number: int,
    do: Callable[[Session], object],
    *,
    typed: str,
    form: str,
) -> Response:
    """Do what a form asks for, or show it again with why that was refused."""
    try:
        with services.sessions.begin() as session:
            do(session)
    except ProblemError as problem:
        return _page(request, services, actor, number, problem=problem, typed=typed, form=form)
    return RedirectResponse(f"/viewings/{number}", 303)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    number: int,
    *,
    problem: ProblemError | None = None,
    typed: str = "",
    form: str = "",
) -> Response:
    with services.readers() as session:
        look = get_look(session, number)
        row = look_rows(session, [look])[0]
        entries = entries_of(session, of_viewing(number), most=MOST_SHOWN + 1)
        done = done_lines(entries[:MOST_SHOWN], services.clock())
    own = look.who == actor.label
    may_ask = not own and look.state != LookState.ASKED
    may_explain = not own and look.state != LookState.EXPLAINED
    beside = form if (form == "ask" and may_ask) or (form == "explain" and may_explain) else ""
    return pages(request).render(
        request,
        "reviews/look.html",
        actor=actor,
        status=problem.status if problem else 200,
        row=row,
        done=done,
        more_done=len(entries) > MOST_SHOWN,
        fault=problem.detail if problem else "",
        typed=typed,
        form=beside,
        own=own,
        may_ask=may_ask,
        may_explain=may_explain,
        longest=LONGEST,
    )


def _blocks(services: Services, search: LookSearch) -> Iterator[bytes]:
    """Make the table block by block, from one look at the tables."""
    yield ("\ufeff" + csv_text([LOOK_HEADINGS])).encode("utf-8")
    with services.readers() as session:
        for block in all_looks(session, search.filter, block=_BLOCK):
            yield csv_text(look_cells(each) for each in block).encode("utf-8")

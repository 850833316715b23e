"""What an officer sees of themselves, on a phone first: their camera, their recordings, their own words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.incidents.own_words import add_own_words
from fleet.people.access import Permission, require
from fleet.people.accounts.officer_link import officer_of
from fleet.people.models import Officer
from fleet.people.permissions import may
from fleet.people.training.service import trainings_of
from fleet.web import own
from fleet.web.facts import RecordingFacts
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.moments import count, moment
from fleet.web.views.people.mine import MINE, mine_row, mine_view
from fleet.web.views.people.training import condition_words, training_rows
from fleet.web.views.tile import tile
from fleet.web.zone import local

router = APIRouter(route_class=PageRoute)

Own = Annotated[Actor, Depends(require(Permission.OWN))]
PAGE = 25
_FURTHEST = 1_000_000


@router.get("/mine")
def mine_page(
    request: Request,
    services: ServicesDep,
    actor: Own,
    skip: Annotated[int, Query(ge=0, le=_FURTHEST)] = 0,
) -> Response:
    """Show one's own camera and recordings."""
    now = services.clock()
    with services.readers() as session:
        officer = officer_of(session, actor)
        camera = None if officer is None else own.own_camera(session, officer.id)
        trainings = () if officer is None else trainings_of(session, officer.id)
        trained = training_rows(trainings, now, local(now).date())
        rows, total = _page_of(session, officer, skip)
        if total and not rows:  # further back than there is anything: the last page there is
            skip = (total - 1) // PAGE * PAGE
            rows, total = _page_of(session, officer, skip)
    return pages(request).render(
        request,
        "mine/all.html",
        actor=actor,
        officer=officer,
        tile=None if camera is None else tile(camera, now),
        since=None if camera is None or camera.since is None else moment(camera.since, now),
        rows=[mine_row(each, now) for each in rows],
        trainings=trained,
        condition=condition_words(services.config.training),
        total=count(total, "recording"),
        page_query=f"skip={skip}" if skip else "",
        newer=f"{MINE}?skip={max(0, skip - PAGE)}" if skip else "",
        older=f"{MINE}?skip={skip + PAGE}" if skip + PAGE < total else "",
    )


@router.get("/mine/{recording}")
def mine_one_page(
    request: Request, recording: str, services: ServicesDep, actor: Own, said: str = ""
) -> Response:
    """Show one of one's own recordings."""
    return _one(request, services, actor, recording, said=said)


@router.post("/mine/{recording}/words")
def words_form(
    request: Request,
    recording: str,
    services: ServicesDep,
    actor: Own,
    text: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Write something about one's own recording."""
    try:
        with services.sessions.begin() as session:
            officer = _officer(officer_of(session, actor))
            add_own_words(
                session, services.random, recording=recording, officer=officer.id, text=text, by=actor
            )
    except ProblemError as problem:
        if problem.code not in {"day_over", "words_missing", "words_too_long", "too_many_words"}:
            raise
        return _one(request, services, actor, recording, text=text, problem=problem)
    return RedirectResponse(f"{MINE}/{recording}?said=kept#words", 303)


def _page_of(session: Session, officer: Officer | None, skip: int) -> tuple[tuple[RecordingFacts, ...], int]:
    return ((), 0) if officer is None else own.own_recordings(session, officer.id, skip=skip, limit=PAGE)


def _officer(found: Officer | None) -> Officer:
    if found is None:
        detail = "Your account is not joined to an officer yet; ask an administrator to do that."
        raise ProblemError(403, "no_officer", detail)
    return found


def _one(
    request: Request,
    services: Services,
    actor: Actor,
    recording: str,
    *,
    said: str = "",
    text: str = "",
    problem: ProblemError | None = None,
) -> Response:
    with services.readers() as session:
        officer = _officer(officer_of(session, actor))
        facts, review, words = own.one_of_own(session, recording, officer.id)
    return pages(request).render(
        request,
        "mine/one.html",
        actor=actor,
        status=problem.status if problem else 200,
        mine=mine_view(facts, review, services.clock()),
        words=words,
        text=text,
        done="It is kept, with your name and the time." if said == "kept" and words else "",
        fault=problem.detail if problem else "",
        may_see=may(actor.roles, Permission.SEE_RECORDINGS),
        may_play=may(actor.roles, Permission.PLAY),
    )

"""Visits of a day, planned by hand or from a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.database import Turn, take_turn
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.officers import list_officers
from fleet.people.permissions import may
from fleet.visits.bulk import MOST_CHARACTERS, MOST_LINES, ReadTable, read_table
from fleet.visits.consent import entries_of
from fleet.visits.languages import written_in
from fleet.visits.notices import notices_of
from fleet.visits.rules.draft import (
    LONGEST_MIN,
    LONGEST_PLACE,
    LONGEST_PURPOSE,
    LONGEST_TENANCY,
    SHORTEST_MIN,
    VisitDraft,
    VisitDraftError,
    clean_visit,
)
from fleet.visits.service import already_planned, plan_once, plan_visit, visits_between
from fleet.visits.texts import LANGUAGES, TextUse
from fleet.web.faults import PageRoute
from fleet.web.forms import clean_moment, why_never_shown
from fleet.web.templating import pages
from fleet.web.views.moments import count, long_day
from fleet.web.views.visits.languages import language_choices, table_words
from fleet.web.views.visits.visit import visit_row
from fleet.web.zone import local, midnight, site_zone

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_VISITS))]
Planner = Annotated[Actor, Depends(require(Permission.PLAN_VISITS))]
Line = Annotated[str, Form(max_length=1000)]
Table = Annotated[str, Form(max_length=MOST_CHARACTERS)]
_NO_FILE = "Choose a file, or write the table."


@dataclass(frozen=True, slots=True)
class WrittenVisit:
    """A visit's form as it was sent, and what was wrong with it; empty before that."""

    tenancy: str = ""
    place: str = ""
    purpose: str = ""
    planned: str = ""
    minutes: str = "60"
    officer: str = ""
    language: str = "en"
    known: str = ""
    fault: str = ""
    fault_field: str = ""

    def draft(self, now: datetime) -> VisitDraft:
        """Return what is to be kept.

        Raises:
            VisitDraftError: something is missing, or cannot be.
        """
        if self.language not in LANGUAGES:
            raise VisitDraftError("Choose the language of the notice.", "language")
        planned = clean_moment(self.planned, self.known)
        never = "" if planned is None else why_never_shown(self.planned)
        if never:
            raise VisitDraftError(never, "planned")
        return clean_visit(
            tenancy=self.tenancy,
            place=self.place,
            purpose=self.purpose,
            planned=planned,
            minutes=self.minutes,
            officer=self.officer,
            language=self.language,
            now=now,
        )

    def refused(self, error: VisitDraftError) -> WrittenVisit:
        """Return the form with what was wrong."""
        return replace(self, fault=str(error), fault_field=error.field)


def written_visit(
    tenancy: Line = "",
    place: Line = "",
    purpose: Line = "",
    planned: Line = "",
    minutes: Line = "",
    officer: Line = "",
    language: Line = "",
    known: Line = "",
) -> WrittenVisit:
    """Read the form."""
    return WrittenVisit(tenancy, place, purpose, planned, minutes, officer, language, known)


WrittenVisitDep = Annotated[WrittenVisit, Depends(written_visit)]


@router.get("/visits")
def visits_page(
    request: Request,
    services: ServicesDep,
    actor: Viewer,
    day: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """List the visits of a day, today where none is named."""
    now = services.clock()
    chosen = _day(day) or local(now).date()
    start, end = midnight(chosen), midnight(chosen + timedelta(days=1))
    with services.readers() as session:
        rows, total = visits_between(session, start.astimezone(UTC), end.astimezone(UTC))
        names = [each.id for each in rows]
        notices, entries = notices_of(session, names), entries_of(session, names)
        ahead = services.config.visits.ahead
        shown = [
            visit_row(each, notices.get(each.id, ()), entries.get(each.id, ()), now, ahead) for each in rows
        ]
    return pages(request).render(
        request,
        "visits/list.html",
        actor=actor,
        rows=shown,
        title=count(total, "visit").capitalize(),
        more=total - len(shown),
        day=chosen.isoformat(),
        day_words=long_day(start),
        before=(chosen - timedelta(days=1)).isoformat(),
        after=(chosen + timedelta(days=1)).isoformat(),
        is_today=chosen == local(now).date(),
        may_plan=may(actor.roles, Permission.PLAN_VISITS),
        may_write=may(actor.roles, Permission.WRITE_TEXTS),
        may_approve=may(actor.roles, Permission.APPROVE_TEXTS),
    )


@router.get("/visits/new")
def new_visit_page(
    request: Request,
    services: ServicesDep,
    actor: Planner,
    day: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the form for a visit."""
    chosen = _day(day)
    return visit_form(
        request, services, actor, WrittenVisit(planned="" if chosen is None else f"{chosen}T10:00"), "/visits"
    )


@router.post("/visits")
def plan_form(request: Request, services: ServicesDep, actor: Planner, written: WrittenVisitDep) -> Response:
    """Plan a visit."""
    try:
        draft = written.draft(services.clock())
        with services.sessions.begin() as session:
            planned = plan_once(session, services.random, draft, by=actor).id
    except VisitDraftError as error:
        return visit_form(request, services, actor, written.refused(error), "/visits")
    return RedirectResponse(f"/visits/{planned}", 303)


@router.get("/visits/table")
def table_page(request: Request, actor: Planner) -> Response:
    """Show the form for a table of visits."""
    return _table(request, actor)


@router.post("/visits/table")
def table_form(
    request: Request,
    services: ServicesDep,
    actor: Planner,
    table: Table = "",
    file: Annotated[UploadFile | None, File()] = None,
    take: Line = "",
) -> Response:
    """Say of each line of a table whether it can be taken; with ``take`` plan all of its visits, or none."""
    text = table
    try:
        if file is not None and file.filename:
            text = _decoded(file.file.read(MOST_CHARACTERS * 4 + 1))
        found, planned = _taken(services, actor, text, take=bool(take))
    except ProblemError as problem:
        return _table(request, actor, text=text, fault=problem.detail, status=problem.status)
    if planned:
        return RedirectResponse(f"/visits?day={local(planned).date()}", 303)
    with services.readers() as session:
        written = written_in(session, TextUse.NOTICE)
    lacking = table_words({each.language for each in found.drafts}, written)
    return _table(
        request, actor, text=text, found=found, lacking=lacking, status=422 if found.faults else 200
    )


def visit_form(
    request: Request,
    services: Services,
    actor: Actor,
    written: WrittenVisit,
    target: str,
    *,
    seen: str = "",
    back: str = "/visits",
) -> Response:
    """Show the form for a visit, new or written anew."""
    with services.readers() as session:
        officers = [(each.id, each.name) for each in list_officers(session)]
        written_in_notice = written_in(session, TextUse.NOTICE)
    return pages(request).render(
        request,
        "visits/form.html",
        actor=actor,
        status=422 if written.fault else 200,
        written=written,
        officers=officers,
        languages=language_choices(written_in_notice),
        target=target,
        seen=seen,
        back=back,
        longest_tenancy=LONGEST_TENANCY,
        longest_place=LONGEST_PLACE,
        longest_purpose=LONGEST_PURPOSE,
        shortest=SHORTEST_MIN,
        longest=LONGEST_MIN,
    )


def _taken(services: Services, actor: Actor, text: str, *, take: bool) -> tuple[ReadTable, datetime | None]:
    """Read a table, and plan all of it where that is asked and nothing is wrong with it."""
    if not text.strip():
        raise ProblemError(422, "table_missing", _NO_FILE)
    with services.sessions.begin() as session:
        if take:
            take_turn(session, Turn.VISITS)  # of two who take one at once the second finds it planned
        officers = {each.name: each.id for each in list_officers(session)}
        now, zone = services.clock(), site_zone()
        read = read_table(text, officers=officers, languages=LANGUAGES, zone=zone, now=now)
        found = read.besides(already_planned(session, read.drafts))
        if not take or found.faults or not found.drafts:
            return found, None
        for each in found.drafts:
            plan_visit(session, services.random, each, by=actor)
        return found, min(each.planned for each in found.drafts)


def _table(
    request: Request,
    actor: Actor,
    *,
    text: str = "",
    found: ReadTable | None = None,
    lacking: str = "",
    fault: str = "",
    status: int = 200,
) -> Response:
    return pages(request).render(
        request,
        "visits/table.html",
        actor=actor,
        status=status,
        text=text,
        found=found,
        lacking=lacking,
        fault=fault,
        good=0 if found is None else len(found.drafts),
        most=MOST_LINES,
    )


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(422, "no_text", "That file is no text in UTF-8; save it as CSV UTF-8.") from error


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 9000 else None  # noqa: PLR2004 - days that a calendar shows

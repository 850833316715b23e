"""One visit: its notice, what was said, its recordings, written anew, or called off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.printing.blocks import PrintedPage
from fleet.printing.errors import NotPrintableError
from fleet.printing.html import HTML_POLICY, html_of
from fleet.printing.pdf import pdf_of
from fleet.visits.consent import entries_of, give_reason
from fleet.visits.keeping import keep_no_longer, keep_visit
from fleet.visits.languages import written_in
from fleet.visits.links import links_of, maybe_of, relink
from fleet.visits.models import TenancyVisit, VisitNotice
from fleet.visits.notices import WAYS, note_sent, notice_page, notices_of, sent_page
from fleet.visits.rules.draft import VisitDraftError
from fleet.visits.service import cancel_visit, change_visit, draft_of, get_visit
from fleet.visits.texts import LandlordText, TextUse
from fleet.web import recorded
from fleet.web.faults import PageRoute
from fleet.web.forms import clean_moment, typed_moment
from fleet.web.routes.visits.at_door import cameras_part
from fleet.web.routes.visits.listed import WrittenVisit, WrittenVisitDep, visit_form
from fleet.web.templating import pages
from fleet.web.views.moments import count, moment
from fleet.web.views.recordings import row as row_view
from fleet.web.views.visits.keeping import kept_visit
from fleet.web.views.visits.languages import notice_language
from fleet.web.views.visits.visit import NOTHING_SAID, consent_views, notice_views, visit_row, when_of

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_VISITS))]
Planner = Annotated[Actor, Depends(require(Permission.PLAN_VISITS))]
Line = Annotated[str, Form(max_length=1000)]
Kind = Literal["pdf", "html"]
InAddress = Annotated[str, Query(max_length=10)]


@router.get("/visits/{visit}")
def one_visit_page(request: Request, visit: str, services: ServicesDep, actor: Viewer) -> Response:
    """Show one visit."""
    return _page(request, services, actor, visit)


@router.get("/visits/{visit}/change")
def change_visit_page(request: Request, visit: str, services: ServicesDep, actor: Planner) -> Response:
    """Show the form that writes a visit anew."""
    with services.readers() as session:
        row = get_visit(session, visit)
        written = WrittenVisit(
            row.tenancy,
            row.place,
            row.purpose,
            typed_moment(row.planned),
            str(row.minutes),
            row.officer_id,
            row.language,
            row.planned.isoformat(),
        )
        seen = draft_of(row).mark
    here = f"/visits/{visit}"
    return visit_form(request, services, actor, written, f"{here}/change", seen=seen, back=here)


@router.post("/visits/{visit}/change")
def change_visit_form(
    request: Request,
    visit: str,
    services: ServicesDep,
    actor: Planner,
    written: WrittenVisitDep,
    seen: Line = "",
) -> Response:
    """Write a visit anew."""
    here = f"/visits/{visit}"
    try:
        draft = written.draft(services.clock())
        with services.sessions.begin() as session:
            change_visit(session, draft, visit=visit, by=actor, seen=seen or None)
    except VisitDraftError as error:
        again = written.refused(error)
        return visit_form(request, services, actor, again, f"{here}/change", seen=seen, back=here)
    return RedirectResponse(here, 303)


@router.post("/visits/{visit}/cancel")
def cancel_form(
    request: Request, visit: str, services: ServicesDep, actor: Planner, reason: Line = ""
) -> Response:
    """Call a visit off."""
    try:
        with services.sessions.begin() as session:
            cancel_visit(session, visit=visit, reason=reason, by=actor)
    except ProblemError as problem:
        return _refused(request, services, actor, visit, problem, "cancel")
    return RedirectResponse(f"/visits/{visit}", 303)


@router.get("/visits/{visit}/notice.{kind}")
def notice_file(
    visit: str, kind: Kind, services: ServicesDep, actor: Viewer, large: InAddress = ""
) -> Response:
    """Return the notice of a visit as it would be sent now."""
    del actor
    with services.readers() as session:
        page, _ = _notice(session, services, get_visit(session, visit), large=bool(large))
    return _file(services, page, kind, "notice")


@router.get("/visits/{visit}/notices/{notice}.{kind}")
def sent_notice_file(visit: str, notice: str, kind: Kind, services: ServicesDep, actor: Viewer) -> Response:
    """Return a notice as it was sent."""
    del actor
    with services.readers() as session:
        found = session.get(VisitNotice, notice)
        if found is None or found.visit_id != visit:
            raise not_found("such notice")
        page = sent_page(found)
    return _file(services, page, kind, "notice-sent")


@router.post("/visits/{visit}/notices")
def notice_form(
    request: Request,
    visit: str,
    services: ServicesDep,
    actor: Planner,
    way: Line = "",
    sent: Line = "",
    known: Line = "",
    large: Line = "",
) -> Response:
    """Note that a notice was sent, with all that it said."""

    def do(session: Session) -> None:
        page, text = _notice(session, services, get_visit(session, visit), large=bool(large))
        at = clean_moment(sent, known)
        note_sent(session, services.random, visit=visit, page=page, text=text, way=way, sent=at, by=actor)

    return _done(request, services, actor, visit, "notice", do)


@router.post("/visits/{visit}/recordings")
def link_form(
    request: Request,
    visit: str,
    services: ServicesDep,
    actor: Planner,
    recording: Line = "",
    of: Line = "",
    reason: Line = "",
) -> Response:
    """Say that a recording is of this visit, or with ``of`` being ``none`` of none, and why."""

    def do(session: Session) -> None:
        get_visit(session, visit)
        target = None if of == "none" else visit
        relink(session, recording=recording, visit=target, reason=reason, by=actor)

    return _done(request, services, actor, visit, "recordings", do)


@router.post("/visits/{visit}/keep")
def keep_form(
    request: Request, visit: str, services: ServicesDep, actor: Planner, reason: Line = ""
) -> Response:
    """Keep a visit for longer than its time, and say why."""
    keep = partial(keep_visit, visit=visit, reason=reason, by=actor)
    return _done(request, services, actor, visit, "keeping", keep)


@router.post("/visits/{visit}/keep/end")
def keep_end_form(request: Request, visit: str, services: ServicesDep, actor: Planner) -> Response:
    """Keep a visit no longer than its time."""
    return _done(request, services, actor, visit, "keeping", partial(keep_no_longer, visit=visit, by=actor))


@router.post("/visits/{visit}/consent/{entry}")
def reason_form(
    request: Request, visit: str, entry: str, services: ServicesDep, actor: Planner, reason: Line = ""
) -> Response:
    """Say afterwards why somebody was recorded without consent."""

    def do(session: Session) -> None:
        give_reason(session, visit=get_visit(session, visit), entry=entry, reason=reason, by=actor)

    return _done(request, services, actor, visit, "consent", do)


def _notice(
    session: Session, services: Services, row: TenancyVisit, *, large: bool
) -> tuple[PrintedPage, LandlordText]:
    return notice_page(session, row, services.config.landlord, when_of(row), large=large)


def _file(services: Services, page: PrintedPage, kind: Kind, name: str) -> Response:
    if kind == "html":
        return HTMLResponse(html_of(page), headers={"Content-Security-Policy": HTML_POLICY})
    try:
        made = pdf_of(page, made=services.clock())
    except NotPrintableError as error:
        raise ProblemError(422, "not_printable", str(error)) from error
    named = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(made, media_type="application/pdf", headers=named)


def _done(
    request: Request, services: Services, actor: Actor, visit: str, part: str, do: Callable[[Session], object]
) -> Response:
    """Do what a form of a part of the page asks for, or show the page with why that was refused."""
    try:
        with services.sessions.begin() as session:
            do(session)
    except ProblemError as problem:
        return _refused(request, services, actor, visit, problem, part)
    return RedirectResponse(f"/visits/{visit}#{part}", 303)


def _refused(
    request: Request, services: Services, actor: Actor, visit: str, problem: ProblemError, part: str
) -> Response:
    """Show the page with what was refused, where the page is there at all."""
    with services.readers() as session:
        get_visit(session, visit)
    return _page(request, services, actor, visit, problem=problem, part=part)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    visit: str,
    *,
    problem: ProblemError | None = None,
    part: str = "",
) -> Response:
    now = services.clock()
    with services.readers() as session:
        row = get_visit(session, visit)
        notices = notices_of(session, [row.id]).get(row.id, ())
        entries = entries_of(session, [row.id]).get(row.id, ())
        cameras = cameras_part(session, entries)
        links = links_of(session, row.id)
        maybe = maybe_of(session, row)
        facts = recorded.several(session, [each for each, _ in (*links, *maybe)])
        shown = [row_view(each, now) for each in facts]
        view = visit_row(row, notices, entries, now, services.config.visits.ahead)
        kept = kept_visit(session, row, services.config, now)
        cancelled = None if row.cancelled is None else moment(row.cancelled, now)
        linked = [
            (each, f"Linked by {link.linked_by}: {link.reason}" if link.linked_by else "By officer and time")
            for each, (_, link) in zip(shown, links, strict=False)
        ]
        doubtful = [
            (each, f"{count(len(meant), 'visit').capitalize()} may be meant.")
            for each, (_, meant) in zip(shown[len(links) :], maybe, strict=True)
        ]
        language = notice_language(row.language, written_in(session, TextUse.NOTICE))
        planned_by = f"Planned by {row.created_by} {moment(row.created, now).text}."
    return pages(request).render(
        request,
        "visits/one.html",
        actor=actor,
        status=problem.status if problem else 200,
        visit=view,
        here=f"/visits/{row.id}",
        day=when_of(row)[0],
        planned_by=planned_by,
        language=language,
        cancelled=cancelled,
        cancelled_by=row.cancelled_by or "",
        cancelled_reason=row.cancelled_reason or "",
        notices=notice_views(row, notices, now),
        ways=WAYS,
        sent_now=typed_moment(now),
        now_known=now.isoformat(),
        entries=consent_views(entries, now, cameras),
        signed=len(cameras.signed),
        nothing_said=NOTHING_SAID,
        linked=linked,
        doubtful=doubtful,
        kept=kept,
        fault=problem.detail if problem else "",
        fault_part=part,
        may_plan=may(actor.roles, Permission.PLAN_VISITS),
        may_see_recordings=may(actor.roles, Permission.SEE_RECORDINGS),
    )

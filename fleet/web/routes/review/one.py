"""One review: what was found, two signatures, and the ways back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.review.rules.closing import SigningRole
from fleet.review.rules.findings import ACTIONS, FINDINGS, LONGEST_TEXT, FindingsError, clean_findings
from fleet.review.service import LONGEST_WHY, WHY_MISSING, ask_for, sign, take_back, write_findings
from fleet.web.faults import PageRoute
from fleet.web.reviewed import review_page
from fleet.web.templating import pages
from fleet.web.views.recordings import look
from fleet.web.zone import site_zone

router = APIRouter(route_class=PageRoute)

Reviewer = Annotated[Actor, Depends(require(Permission.REVIEW))]
Line = Annotated[str, Form(max_length=1000)]
Text = Annotated[str, Form(max_length=20_000)]
Several = Annotated[list[str], Form(max_length=len(FINDINGS) * 2)]
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class WrittenFindings:
    """The form of what was found, as it was sent, and what was wrong with it."""

    found: frozenset[str] = field(default_factory=frozenset)
    action: str = ""
    text: str = ""
    fault: str = ""
    fault_field: str = ""


@dataclass(frozen=True, slots=True)
class AskedReview:
    """The form that asks for a review, as it was sent, and what was wrong with it."""

    why: str = ""
    fault: str = ""


@router.get("/reviews/{recording}")
def review_of_recording(request: Request, recording: str, services: ServicesDep, actor: Reviewer) -> Response:
    """Show the review of one recording."""
    return _page(request, services, actor, recording)


@router.post("/reviews/{recording}/findings")
def findings_form(
    request: Request,
    recording: str,
    services: ServicesDep,
    actor: Reviewer,
    found: Several = [],  # noqa: B006
    step: Line = "",
    text: Text = "",
    seen: Line = "",
) -> Response:
    """Write what was found."""
    sent = WrittenFindings(frozenset(found), step, text)
    try:
        findings = clean_findings(found=found, action=step, text=text)
        with services.sessions.begin() as session:
            write_findings(session, findings, recording=recording, seen=_whole(seen), by=actor)
    except FindingsError as error:
        wrong = WrittenFindings(sent.found, step, text, str(error), error.field)
        return _page(request, services, actor, recording, sent=wrong, status=422)
    except ProblemError as problem:
        return _refused(request, services, actor, recording, problem, sent)
    return RedirectResponse(f"/reviews/{recording}#names", 303)


@router.post("/reviews/{recording}/sign")
def sign_form(
    request: Request,
    recording: str,
    services: ServicesDep,
    actor: Reviewer,
    role: Line = "",
    seen: Line = "",
) -> Response:
    """Sign for one of the two names."""
    try:
        chosen = _role(role)
        with services.sessions.begin() as session:
            sign(
                session,
                recording=recording,
                role=chosen,
                seen=_whole(seen),
                by=actor,
                zone=site_zone(),
            )
    except ProblemError as problem:
        return _refused(request, services, actor, recording, problem)
    return RedirectResponse(f"/reviews/{recording}#names", 303)


@router.post("/reviews/{recording}/take-back")
def take_back_form(request: Request, recording: str, services: ServicesDep, actor: Reviewer) -> Response:
    """Take back what one has signed."""
    try:
        with services.sessions.begin() as session:
            take_back(session, recording=recording, by=actor)
    except ProblemError as problem:
        return _refused(request, services, actor, recording, problem)
    return RedirectResponse(f"/reviews/{recording}#names", 303)


@router.post("/reviews/{recording}/ask")
def ask_form(
    request: Request, recording: str, services: ServicesDep, actor: Reviewer, why: Line = ""
) -> Response:
    """Have a recording reviewed that need not be, or that was."""
    days = services.config.review.due_days
    try:
        with services.sessions.begin() as session:
            ask_for(session, recording=recording, why=why, by=actor, days=days, zone=site_zone())
    except ProblemError as problem:
        if problem.code == WHY_MISSING:
            asked = AskedReview(why, problem.detail)
            return _page(request, services, actor, recording, asked=asked, status=problem.status)
        return _refused(request, services, actor, recording, problem)
    return RedirectResponse(f"/reviews/{recording}", 303)


def _refused(
    request: Request,
    services: Services,
    actor: Actor,
    recording: str,
    problem: ProblemError,
    sent: WrittenFindings | None = None,
) -> Response:
    """Show the page with the reason why not, where there is a page at all."""
    if problem.status == _NOT_FOUND or problem.code == "not_sorted_yet":
        raise problem
    return _page(request, services, actor, recording, sent=sent, fault=problem.detail, status=problem.status)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    recording: str,
    *,
    sent: WrittenFindings | None = None,
    asked: AskedReview = AskedReview(),
    fault: str = "",
    status: int = 200,
) -> Response:
    with services.readers() as session:
        page = review_page(session, recording, actor)
    shown = sent or WrittenFindings(page.picked, page.action, page.text)
    return pages(request).render(
        request,
        "reviews/one.html",
        actor=actor,
        status=status,
        page=page,
        written=shown,
        asked=asked,
        fault=fault,
        looks=[look(each) for each in page.looks],
        findings=FINDINGS,
        actions=ACTIONS,
        longest_text=LONGEST_TEXT,
        longest_why=LONGEST_WHY,
    )


def _role(text: str) -> SigningRole:
    if text not in set(SigningRole):
        raise ProblemError(422, "name_unknown", "Choose for which of the two names you sign.")
    return SigningRole(text)


def _whole(text: str) -> int:
    """Return a whole number, or -1 where none was sent, which no version has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004

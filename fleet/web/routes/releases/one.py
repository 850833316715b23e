"""The page of one release, its form, and the steps that are done on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.imagery.rules.kinds import ImportState
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.releases.choosing import choices_of, why_not_let_out
from fleet.releases.drafting import approve_release, change_release, draft_release, end_release, make_again
from fleet.releases.finding import folders_of, import_folders_of, last_link
from fleet.releases.links import IssuedLink, end_links, issue_link
from fleet.releases.packages.covers import basis_words, condition_words
from fleet.releases.packages.handing import take_for_medium
from fleet.releases.routes import package_answer
from fleet.releases.rules.draft import LONGEST_DAYS, METHOD_WORDS, ReleaseMethod
from fleet.releases.rules.exhibits import initials_of
from fleet.releases.rules.plan import TRACK_WORDS
from fleet.releases.rules.states import ReleaseStep
from fleet.releases.services import ReleasesDep
from fleet.releases.steps import get_release, may_step, notes_on
from fleet.releases.subjects import released_in
from fleet.requests.cases import get_case, local_today
from fleet.requests.footage import recordings_of as recordings_of_request
from fleet.requests.linked.imports import imports_of as imports_of_request
from fleet.retention.deletion.services import WorkerDep
from fleet.vault.services import VAULT
from fleet.web.faults import PageRoute
from fleet.web.routes.releases.continuity import continuity_part
from fleet.web.routes.releases.forms import (
    ReleaseForm,
    SpanForm,
    for_request,
    form_rows,
    release_form,
    written_form,
)
from fleet.web.routes.releases.hidden_part import hidden_part
from fleet.web.routes.releases.next_part import next_part
from fleet.web.routes.requests.forms import Line
from fleet.web.templating import pages
from fleet.web.views.releases.links import barred_words, can_end_link, link_words
from fleet.web.views.releases.one import (
    amounts,
    note_views,
    release_badge,
    release_facts,
    span_views,
)
from fleet.web.views.retention.cases import kept_release
from fleet.web.zone import site_zone

router = APIRouter(route_class=PageRoute)

Seer = Annotated[Actor, Depends(require(Permission.SEE_RELEASES))]
Drafter = Annotated[Actor, Depends(require(Permission.RELEASE))]
Giver = Annotated[Actor, Depends(require(Permission.RELEASE, confirmed=True))]
Approver = Annotated[Actor, Depends(require(Permission.APPROVE_RELEASES))]
InAddress = Annotated[str, Query(max_length=100)]
FormDep = Annotated[ReleaseForm, Depends(release_form)]
_USUAL_DAYS = 30
_NOT_FOUND = 404
_ENDS = {
    "decline": (ReleaseStep.DECLINE, Permission.APPROVE_RELEASES),
    "withdraw": (ReleaseStep.WITHDRAW, Permission.RELEASE),
    "revoke": (ReleaseStep.REVOKE, Permission.SEE_RELEASES),
}
_STEPS = {
    "change": (ReleaseStep.CHANGE, Permission.RELEASE),
    "approve": (ReleaseStep.APPROVE, Permission.APPROVE_RELEASES),
    "retry": (ReleaseStep.RETRY, Permission.RELEASE),
    "hand_over": (ReleaseStep.HAND_OVER, Permission.RELEASE),
    "receipt": (ReleaseStep.RECEIPT, Permission.RELEASE),
    "continuity": (ReleaseStep.CONTINUITY, Permission.RELEASE),
    **_ENDS,
}


@router.get("/releases/new")
def new_page(
    request: Request,
    services: ServicesDep,
    actor: Drafter,
    recording: InAddress = "",
    imported: Annotated[str, Query(alias="import", max_length=100)] = "",
    case: Annotated[str, Query(alias="request", max_length=100)] = "",
) -> Response:
    """Show the form of a release, with what is known of its recording, its import or its request."""
    with services.readers() as session:
        last = local_today(session, site_zone()) + timedelta(days=_USUAL_DAYS)
        form = ReleaseForm(expires=last.isoformat(), initials=initials_of(actor.name))
        if case:
            row = get_case(session, case)
            names = [each.recording.public_id for each in recordings_of_request(session, row)]
            names += [each.id for each in imports_of_request(session, row) if each.state == ImportState.HELD]
            form = for_request(form, row, names)
        elif recording or imported:
            form = replace(form, spans=(SpanForm(recording or imported, "0:00"),))
    return _form(request, services, actor, form, action="/releases")


@router.post("/releases")
def draft_form(request: Request, services: ServicesDep, actor: Drafter, form: FormDep) -> Response:
    """Draft a release."""
    try:
        with services.sessions.begin() as session:
            release = draft_release(session, services, form.draft(), by=actor).id
    except ProblemError as problem:
        return _form(request, services, actor, form, action="/releases", problem=problem)
    return _back(release)


@router.get("/releases/{release}/change")
def change_page(request: Request, release: str, services: ServicesDep, actor: Drafter) -> Response:
    """Show a draft, to be changed."""
    with services.readers() as session:
        form = written_form(get_release(session, release))
    return _form(request, services, actor, form, action=f"/releases/{release}/change")


@router.post("/releases/{release}/change")
def change_form(
    request: Request, release: str, services: ServicesDep, actor: Drafter, form: FormDep
) -> Response:
    """Write a draft down anew."""
    try:
        with services.sessions.begin() as session:
            change_release(session, services, form.draft(), release=release, by=actor)
    except ProblemError as problem:
        if problem.status == _NOT_FOUND:
            raise
        action = f"/releases/{release}/change"
        return _form(request, services, actor, form, action=action, problem=problem)
    return _back(release)


@router.get("/releases/{release}")
def release_page(request: Request, release: str, services: ServicesDep, actor: Seer) -> Response:
    """Show a release: what is given to whom, what was done, and what can be."""
    return _page(request, services, actor, release)


@router.post("/releases/{release}/approve")
def approve_form(release: str, services: ServicesDep, worker: WorkerDep, actor: Approver) -> Response:
    """Approve it as a second person."""
    with services.sessions.begin() as session:
        approve_release(session, release=release, by=actor)
    worker.wake()
    return _back(release)


@router.post("/releases/{release}/retry")
def retry_form(release: str, services: ServicesDep, worker: WorkerDep, actor: Drafter) -> Response:
    """Have it made again."""
    with services.sessions.begin() as session:
        make_again(session, release=release, by=actor)
    worker.wake()
    return _back(release)


@router.post("/releases/{release}/decline")
def decline_form(release: str, services: ServicesDep, actor: Approver, why: Line = "") -> Response:
    """Decline it."""
    return _end(services, ReleaseStep.DECLINE, release, why, actor)


@router.post("/releases/{release}/withdraw")
def withdraw_form(release: str, services: ServicesDep, actor: Drafter, why: Line = "") -> Response:
    """Withdraw it."""
    return _end(services, ReleaseStep.WITHDRAW, release, why, actor)


@router.post("/releases/{release}/revoke")
def revoke_form(release: str, services: ServicesDep, actor: Seer, why: Line = "") -> Response:
    """Revoke it."""
    return _end(services, ReleaseStep.REVOKE, release, why, actor)


@router.post("/releases/{release}/link")
def link_form(
    request: Request, release: str, services: ServicesDep, actor: Giver, days: Line = "", times: Line = ""
) -> Response:
    """Give out a link and its code, and show them once."""
    with services.sessions.begin() as session:
        issued = issue_link(
            session, services, release=release, days=_whole(days), times=_whole(times), by=actor
        )
    answer = _page(request, services, actor, release, issued=issued)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/releases/{release}/end-link")
def end_link_form(release: str, services: ServicesDep, actor: Drafter) -> Response:
    """End the link."""
    with services.sessions.begin() as session:
        end_links(session, release=release, by=actor)
    return _back(release)


@router.post("/releases/{release}/package")
def package_form(release: str, services: ServicesDep, releases: ReleasesDep, actor: Giver) -> Response:
    """Send the package, to be put on a medium."""
    return package_answer(take_for_medium(services, releases.packages, release=release, by=actor))


def _page(
    request: Request, services: Services, actor: Actor, release: str, *, issued: IssuedLink | None = None
) -> Response:
    now, sealed = services.clock(), VAULT(request).vault.sealed()
    with services.readers() as session:
        row = get_release(session, release)
        link, kept = last_link(session, row.id), kept_release(session, row, services.config)
        barred = barred_words(why_not_let_out(session, released_in(row)), sealed)
        return pages(request).render(
            request,
            "releases/one.html",
            actor=actor,
            here=f"/releases/{row.id}",
            reference=row.reference,
            state=release_badge(row, now),
            request_link=kept.request_link,
            kept=kept.until,
            may_keep=may(actor.roles, Permission.RETAIN),
            request_reference=row.request_reference,
            facts=release_facts(row),
            spans=span_views(row),
            amounts=amounts(folders_of(session, row.id), import_folders_of(session, row.id)),
            progress=(row.done, row.whole) if row.state == "approved" and row.whole else None,
            trouble=row.trouble,
            by_link=row.method == ReleaseMethod.LINK,
            link=link_words(row, link, now, barred),
            can_end_link=can_end_link(row, link, now),
            issued=issued,
            was_handed=row.handed > 0,
            notes=note_views(notes_on(session, row), now),
            today=local_today(session, site_zone()).isoformat(),
            next=next_part(row, actor, now),
            **hidden_part(session, row, actor, now),
            **continuity_part(session, row, services.config, now),
            can={
                name: may(actor.roles, permission) and may_step(row, step, actor, now)
                for name, (step, permission) in _STEPS.items()
            },
        )


def _form(
    request: Request,
    services: Services,
    actor: Actor,
    form: ReleaseForm,
    *,
    action: str,
    problem: ProblemError | None = None,
) -> Response:
    choices = choices_of(services)
    with services.readers() as session:
        today, rows = local_today(session, site_zone()), form_rows(session, form.spans)
    return pages(request).render(
        request,
        "releases/form.html",
        actor=actor,
        status=200 if problem is None else problem.status,
        form=form,
        rows=rows,
        action=action,
        is_new=action == "/releases",
        bases={each: basis_words(each) for each in choices.bases},
        conditions={each: condition_words(each) for each in choices.conditions},
        methods=METHOD_WORDS,
        tracks=TRACK_WORDS,
        today=today.isoformat(),
        latest=(today + timedelta(days=LONGEST_DAYS)).isoformat(),
        fault="" if problem is None else problem.detail,
        fault_field="" if problem is None else problem.code.removesuffix("_unusable"),
    )


def _end(services: Services, step: ReleaseStep, release: str, why: str, actor: Actor) -> Response:
    with services.sessions.begin() as session:
        end_release(session, step, release=release, why=why, by=actor)
    return _back(release)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _back(release: str) -> Response:
    return RedirectResponse(f"/releases/{release}", 303)

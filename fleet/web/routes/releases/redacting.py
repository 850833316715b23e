"""The page on which something is hidden in what is released, and the steps that are done on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.footage.recordings.models import Recording
from fleet.imagery.seconds.asking import is_here, why_not_hidden_in
from fleet.people.access import Permission, require
from fleet.redaction.rules.document import read_draft
from fleet.redaction.rules.plan import Fill
from fleet.releases.choosing import refuse_footage, why_not_let_out
from fleet.releases.redacting.drafts import (
    ask_search,
    begin_redaction,
    change_redaction,
    get_redaction,
    redaction_of,
    remove_redaction,
)
from fleet.releases.redacting.models import AnyRedaction, SearchState
from fleet.releases.rules.states import ReleaseStep
from fleet.releases.services import ReleasesDep
from fleet.releases.steps import get_release, may_step
from fleet.releases.subjects import released_one, title_of
from fleet.web.faults import PageRoute
from fleet.web.routes.recording_forms import Asked, answered
from fleet.web.routes.releases.hidden_part import asking
from fleet.web.routes.releases.opened import ENDED, OpenedFootage, open_one, opened_here
from fleet.web.routes.releases.redaction_forms import EditorPlace, PlaceDep, StepFormDep
from fleet.web.routes.requests.forms import Line
from fleet.web.templating import pages
from fleet.web.views.purpose import purpose_text
from fleet.web.views.releases.redacting import (
    FILL_WORDS,
    MOST_SHOWN,
    is_narrow,
    mask_rows,
    mute_rows,
    plan_bars,
    redaction_line,
    search_words,
    usual_reason,
    wideners,
)
from protocol.units import NS_PER_S

router = APIRouter(route_class=PageRoute)

Drafter = Annotated[Actor, Depends(require(Permission.RELEASE))]
_NOT_FOUND = 404


@router.get("/releases/{release}/redact/{recording}")  # noqa: FAST003 - place_of takes them
def redact_page(request: Request, place: PlaceDep, services: ServicesDep, actor: Drafter) -> Response:
    """Show what is hidden in something, over its pictures while a viewing of it lasts."""
    opened, fault = _opened(request, services, actor, place)
    return _redact(request, services, actor, place, opened, Asked(fault=fault))


@router.post("/releases/{release}/redact/{recording}/watch")
def redact_watch_form(
    request: Request,
    release: str,
    recording: str,
    services: ServicesDep,
    releases: ReleasesDep,
    actor: Drafter,
    choice: Line = "",
    note: Line = "",
) -> Response:
    """Open a viewing, for a purpose, and begin to hide something."""

    def begin() -> Response:
        purpose = purpose_text(choice, note)
        with services.sessions.begin() as session:
            of = released_one(get_release(session, release), recording)
            refuse_footage(session, [of])  # nothing is begun in what nobody can open
            begin_redaction(session, release=release, recording=recording, by=actor)
        releases.searcher.wake()
        viewing = open_one(request, actor, of, purpose)
        return RedirectResponse(f"/releases/{release}/redact/{recording}?viewing={viewing}#player", 303)

    def again(asked: Asked) -> Response:
        return _redact(request, services, actor, EditorPlace(release, recording, "", 0), None, asked)

    return answered(Asked(choice, note), begin, again)


@router.post("/releases/{release}/redact/{recording}/step")  # noqa: FAST003 - place_of takes them
def step_form(
    request: Request, place: PlaceDep, services: ServicesDep, actor: Drafter, form: StepFormDep
) -> Response:
    """Do one step of the draft, and show it as it is then; what is refused says why, and changed nothing."""

    def step(session: Session, opened: OpenedFootage) -> None:
        change_redaction(
            session,
            release=place.release,
            recording=place.recording,
            version=form.seen,
            edit=form.edit(opened.clock),
            by=actor,
        )

    return _done(request, services, actor, place, step)


@router.post("/releases/{release}/redact/{recording}/search")  # noqa: FAST003 - place_of takes them
def search_form(
    request: Request, place: PlaceDep, services: ServicesDep, releases: ReleasesDep, actor: Drafter
) -> Response:
    """Have faces searched for."""

    def search(session: Session, _: OpenedFootage) -> None:
        ask_search(session, release=place.release, recording=place.recording, by=actor)

    answer = _done(request, services, actor, place, search)
    releases.searcher.wake()
    return answer


@router.post("/releases/{release}/redact/{recording}/remove")
def remove_form(
    release: str, recording: str, services: ServicesDep, actor: Drafter, version: Line = ""
) -> Response:
    """Hide nothing in it after all."""
    seen = int(version) if version.isascii() and version.isdigit() else -1
    with services.sessions.begin() as session:
        remove_redaction(session, release=release, recording=recording, version=seen, by=actor)
    return RedirectResponse(f"/releases/{release}", 303)


def _opened(
    request: Request, services: Services, actor: Actor, place: EditorPlace
) -> tuple[OpenedFootage | None, str]:
    with services.readers() as session:
        of = released_one(get_release(session, place.release), place.recording)
    return opened_here(request, services, actor, of, place.viewing)


def _done(
    request: Request,
    services: Services,
    actor: Actor,
    place: EditorPlace,
    do: Callable[[Session, OpenedFootage], None],
) -> Response:
    opened, ended = _opened(request, services, actor, place)
    asked = Asked(fault=ended or ENDED, status=409) if opened is None else Asked()
    if opened is not None:
        try:
            with services.sessions.begin() as session:
                do(session, opened)
        except ProblemError as problem:
            if problem.status == _NOT_FOUND:
                raise
            asked = Asked(fault=problem.detail, status=problem.status)
    return _redact(request, services, actor, place, opened, asked)


def _redact(
    request: Request,
    services: Services,
    actor: Actor,
    place: EditorPlace,
    viewing: OpenedFootage | None,
    asked: Asked,
) -> Response:
    release, recording = place.release, place.recording
    now = services.clock()
    with services.readers() as session:
        row = get_release(session, release)
        of = released_one(row, recording)
        begun = redaction_of(session, release, of)
        found = None if begun is None else get_redaction(session, release, of)
        can_change = may_step(row, ReleaseStep.CHANGE, actor, now)
        is_shown = viewing is not None and found is not None and not viewing.waits
        hidden = _hidden(found, viewing, place.skip) if is_shown and found and viewing else None
        too_large = why_not_hidden_in(of) if not isinstance(of, Recording) and is_here(of) else ""
        barred = too_large or why_not_let_out(session, [of])
        over = "This release waits for approval no longer: nothing of it is changed."
        return pages(request).render(
            request,
            "releases/redact.html",
            actor=actor,
            status=asked.status,
            here=f"/releases/{release}/redact/{recording}",
            back=f"/releases/{release}",
            copy_page=f"/releases/{release}/copy/{recording}",
            api=f"/api/v1/releases/{release}/redactions/{recording}",
            reference=row.reference,
            name=title_of(of),
            recording=recording,
            can_change=can_change,
            why_not=barred if can_change else over,
            viewing=viewing if found is not None and can_change and not barred else None,
            hidden=hidden,
            state=None if found is None else _state(found),
            **asking(request, asked),
        )


def _state(found: AnyRedaction) -> dict[str, Any]:
    words, tone = search_words(found)
    return {
        "version": found.version,
        "line": redaction_line(found),
        "undecided": found.undecided,
        "search": words,
        "search_tone": tone,
        "is_searching": found.search == SearchState.ASKED,
        "warning": Fill(found.fill).warning,
    }


def _hidden(found: AnyRedaction, viewing: OpenedFootage, skip: int) -> dict[str, Any]:
    draft = read_draft(found.document)
    clock, whole_s = viewing.clock, viewing.duration_s
    rows, before, more = mask_rows(draft.plan, clock, skip)
    return {
        "masks": rows,
        "before": before,
        "more": more,
        "shown": MOST_SHOWN,
        "mutes": mute_rows(draft.plan, clock),
        "bars": plan_bars(draft.plan, clock, whole_s),
        "duration_s": whole_s,
        "clock": json.dumps(clock.steps),
        "reason": usual_reason(draft.plan),
        "can_undo": draft.done > 0,
        "can_redo": draft.done < len(draft.steps),
        "fill": draft.plan.fill,
        "fills": FILL_WORDS,
        "warning": Fill.BLUR.warning,
        "widening": draft.plan.widening,
        "widened_s": f"{draft.plan.widening.time_ns / NS_PER_S:g}",
        "wideners": wideners(draft.plan.widening),
        "is_narrow": is_narrow(draft.plan.widening),
    }

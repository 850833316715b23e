"""The page on which a redacted copy is watched, before it is approved and after."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.problems import not_found
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.redaction.rules.plan import Fill
from fleet.releases.models import FootageRelease
from fleet.releases.redacting.drafts import get_redaction
from fleet.releases.redacting.watchings import watched_by, why_not_approved
from fleet.releases.rules.states import ReleaseStep
from fleet.releases.steps import get_release, may_step
from fleet.releases.subjects import released_one, title_of
from fleet.web.faults import PageRoute
from fleet.web.routes.recording_forms import Asked, answered
from fleet.web.routes.releases.hidden_part import asking
from fleet.web.routes.releases.opened import OpenedFootage, open_one, opened_here
from fleet.web.routes.releases.redaction_forms import InAddress
from fleet.web.routes.requests.forms import Line
from fleet.web.templating import pages
from fleet.web.views.purpose import purpose_text
from fleet.web.views.releases.redacting import left_words, redaction_line, watch_rows

router = APIRouter(route_class=PageRoute)

Watcher = Annotated[Actor, Depends(require(Permission.PLAY))]


@router.get("/releases/{release}/copy/{recording}")
def copy_page(
    request: Request,
    release: str,
    recording: str,
    services: ServicesDep,
    actor: Watcher,
    viewing: InAddress = "",
) -> Response:
    """Show the redacted copy, which is watched from its start to its end."""
    with services.readers() as session:
        of = released_one(get_release(session, release), recording)
    opened, fault = opened_here(request, services, actor, of, viewing)
    return _copy(request, services, actor, (release, recording), opened, Asked(fault=fault))


@router.post("/releases/{release}/copy/{recording}/watch")
def copy_watch_form(
    request: Request,
    release: str,
    recording: str,
    services: ServicesDep,
    actor: Watcher,
    choice: Line = "",
    note: Line = "",
) -> Response:
    """Open a viewing, for a purpose, under which the copy is played."""

    def watch() -> Response:
        with services.readers() as session:
            of = released_one(get_release(session, release), recording)
            get_redaction(session, release, of)
        viewing = open_one(request, actor, of, purpose_text(choice, note))
        return RedirectResponse(f"/releases/{release}/copy/{recording}?viewing={viewing}#player", 303)

    def again(asked: Asked) -> Response:
        return _copy(request, services, actor, (release, recording), None, asked)

    return answered(Asked(choice, note), watch, again)


def _copy(
    request: Request,
    services: Services,
    actor: Actor,
    names: tuple[str, str],
    viewing: OpenedFootage | None,
    asked: Asked,
) -> Response:
    release, recording = names
    if not may(actor.roles, Permission.SEE_RELEASES):
        raise not_found("such release")
    with services.readers() as session:
        row = get_release(session, release)
        of = released_one(row, recording)
        found = get_redaction(session, release, of)
        watched = watched_by(session, row, found)
        own = next((each for each in watched if each.actor == actor.id), None)
        base = f"/api/v1/releases/{release}/copies/{recording}"
        return pages(request).render(
            request,
            "releases/watch_copy.html",
            actor=actor,
            status=asked.status,
            here=f"/releases/{release}/copy/{recording}",
            back=f"/releases/{release}",
            reference=row.reference,
            name=title_of(of),
            line=redaction_line(found),
            warning=Fill(found.fill).warning,
            undecided=found.undecided,
            viewing=None if found.undecided else viewing,
            playlist="" if viewing is None else f"{base}/{viewing.id}/main.m3u8",
            picture=f"{base}/{viewing.id}/still.jpg" if viewing is not None and viewing.picture else "",
            duration_s=0 if viewing is None else viewing.duration_s,
            played="" if viewing is None else f"{base}/{viewing.id}/played",
            watched=watch_rows(watched),
            left=() if own is None else left_words(own),
            may_approve=_may_approve(session, row, actor, services),
            **asking(request, asked),
        )


def _may_approve(session: Session, row: FootageRelease, actor: Actor, services: Services) -> bool:
    return (
        may(actor.roles, Permission.APPROVE_RELEASES)
        and may_step(row, ReleaseStep.APPROVE, actor, services.clock())
        and not why_not_approved(session, row, actor.id)
    )

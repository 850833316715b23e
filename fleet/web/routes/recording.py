"""One recording: what is known of it, watching it, and taking it out, each with its purpose."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.footage.problems import FOOTAGE_ERRORS, FootageProblem, footage_problem
from fleet.footage.receiving.services import ReceivingDep
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.timeline.events import RecordingEvents
from fleet.footage.watching.export import export
from fleet.footage.watching.services import WatchingDep
from fleet.footage.watching.viewings import Viewing, Viewings
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.web import recorded, sources
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.purpose import CHOICES, PurposeError, purpose_text
from fleet.web.views.recording.ending import CHOICES as WHY_NO_MORE
from fleet.web.views.recording.ending import can_be_ended, reason_text
from fleet.web.views.recording.events import event_lines, why_no_lines
from fleet.web.views.recording.taking_out import is_exportable, why_not_exportable
from fleet.web.views.recording.timeline import draw_timeline
from fleet.web.views.recordings import head, is_watchable, look

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_RECORDINGS))]
Watcher = Annotated[Actor, Depends(require(Permission.PLAY))]
Stopper = Annotated[Actor, Depends(require(Permission.STOP_WAITING))]
Exporter = Annotated[Actor, Depends(require(Permission.EXPORT))]
Text = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A form for a purpose, as it was sent and what was wrong with it; empty before that."""

    choice: str = ""
    note: str = ""
    fault: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page, and the viewing that it shows."""

    watch: Asked = field(default_factory=Asked)
    export: Asked = field(default_factory=Asked)
    no_more: Asked = field(default_factory=Asked)
    viewing: Viewing | None = None


@router.get("/recordings/{recording}")
def recording_page(
    request: Request,
    recording: str,
    services: ServicesDep,
    watching: WatchingDep,
    actor: Viewer,
    viewing: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Show a recording, with its player while a viewing of it lasts."""
    opened, fault = _viewing(watching.viewings, actor, recording, viewing)
    forms = Forms(watch=Asked(fault=fault), viewing=opened)
    return _page(request, recording, services, actor, forms)


@router.post("/recordings/{recording}/watch")
def watch_form(
    request: Request,
    recording: str,
    services: ServicesDep,
    watching: WatchingDep,
    actor: Watcher,
    choice: Text = "",
    note: Text = "",
) -> Response:
    """Open a viewing, for a purpose, and go to its player."""
    try:
        opened = watching.viewings.open(recording, actor, purpose_text(choice, note))
    except PurposeError as error:
        asked = Asked(choice, note, str(error), 422)
        return _page(request, recording, services, actor, Forms(watch=asked))
    except (ProblemError, *FOOTAGE_ERRORS) as error:
        asked = _refused(error, choice, note)
        return _page(request, recording, services, actor, Forms(watch=asked))
    services.live.publish("recording", recording)  # pages that show who looked at it
    return RedirectResponse(f"/recordings/{recording}?viewing={opened.id}#player", 303)


@router.post("/recordings/{recording}/download")
def download_form(
    request: Request,
    recording: str,
    services: ServicesDep,
    watching: WatchingDep,
    actor: Exporter,
    choice: Text = "",
    note: Text = "",
) -> Response:
    """Send the recording as one file, for a purpose."""
    try:
        movie = export(watching.opener, public_id=recording, actor=actor, purpose=purpose_text(choice, note))
    except PurposeError as error:
        asked = Asked(choice, note, str(error), 422)
        return _page(request, recording, services, actor, Forms(export=asked))
    except (ProblemError, *FOOTAGE_ERRORS) as error:
        asked = _refused(error, choice, note)
        return _page(request, recording, services, actor, Forms(export=asked))
    services.live.publish("recording", recording)
    headers = {
        "Cache-Control": "no-store",
        "Content-Length": str(movie.length),
        "Content-Disposition": f'attachment; filename="{movie.name}"',
    }
    return StreamingResponse(movie.blocks, media_type="video/mp4", headers=headers)


@router.post("/recordings/{recording}/no-more")
def no_more_form(
    request: Request,
    recording: str,
    services: ServicesDep,
    receiving: ReceivingDep,
    actor: Stopper,
    choice: Text = "",
    note: Text = "",
) -> Response:
    """Say that no more of a recording will come, and why."""
    try:
        receiving.stopping.stop(recording, actor, reason_text(choice, note))
    except PurposeError as error:
        asked = Asked(choice, note, str(error), 422)
        return _page(request, recording, services, actor, Forms(no_more=asked))
    except ProblemError as error:
        asked = _refused(error, choice, note)
        return _page(request, recording, services, actor, Forms(no_more=asked))
    return RedirectResponse(f"/recordings/{recording}", 303)


def _refused(error: ProblemError | FootageProblem, choice: str, note: str) -> Asked:
    """Return the form with the refusal in it; a recording that does not exist has no form.

    Raises:
        ProblemError: 404.
    """
    problem = error if isinstance(error, ProblemError) else footage_problem(error)
    if problem.status == 404:  # noqa: PLR2004 - HTTP's number
        raise problem
    return Asked(choice, note, problem.detail, problem.status)


def _viewing(viewings: Viewings, actor: Actor, recording: str, name: str) -> tuple[Viewing | None, str]:
    """Return the actor's viewing of this recording, or why there is none."""
    if not name or not may(actor.roles, Permission.PLAY):
        return None, ""
    try:
        opened = viewings.get(name, actor)
    except ProblemError:
        return None, "That viewing has ended. Say again why you are watching."
    if opened.player.arrived.summary.id != recording:
        return None, ""
    with contextlib.suppress(
        ProblemError, *FOOTAGE_ERRORS
    ):  # what was here at the last look can be told still
        opened.player.refresh()
    return opened, ""


def _page(request: Request, recording: str, services: Services, actor: Actor, forms: Forms) -> Response:
    with services.readers() as session:
        row = get(session, recording)
        facts = recorded.one(session, row)
        events, final = _events(forms.viewing, row)
        looks = recorded.looks(session, row)
        verified = RecordingEvents.from_json(row.timeline) if row.timeline is not None else None
        hands = sources.hands(session, facts.summary) if events is not None else ()
    if events is not None:
        events = events.by_another_clock(facts.summary.clock_shift_us)
    now = services.clock()
    listed = hands if facts.summary.is_dated else ()
    told_s = facts.summary.told_s if facts.summary.is_stopped else facts.summary.duration_s
    line = draw_timeline(events, told_s=told_s, final=final) if events is not None else None
    return pages(request).render(
        request,
        "recording.html",
        actor=actor,
        status=max(forms.watch.status, forms.export.status, forms.no_more.status),
        head=head(facts, now, verified),
        lines=event_lines(facts.summary, events, hands=listed, final=final) if events is not None else (),
        why_no_lines=why_no_lines(facts.summary),
        line=line,
        looks=[look(each) for each in looks],
        choices=CHOICES,
        watch=forms.watch,
        export=forms.export,
        viewing=forms.viewing,
        playable=may(actor.roles, Permission.PLAY) and is_watchable(facts.summary),
        may_play=may(actor.roles, Permission.PLAY),
        may_export=may(actor.roles, Permission.EXPORT),
        exportable=is_exportable(facts.summary),
        why_not_exportable=why_not_exportable(facts.summary),
        may_end=may(actor.roles, Permission.STOP_WAITING)
        and (can_be_ended(facts.summary) or bool(forms.no_more.fault)),
        no_more=forms.no_more,
        no_more_choices=WHY_NO_MORE,
        purpose=next((each.purpose for each in looks if each.who == actor.name), ""),
    )


def _events(viewing: Viewing | None, row: Recording) -> tuple[RecordingEvents | None, bool]:
    """Return what happened, and whether that is all of it.

    As the verifier found it where what is watched is verified, else as it plays.
    """
    verified = RecordingEvents.from_json(row.timeline) if row.timeline is not None else None
    if viewing is None or (viewing.player.arrived.summary.is_held and verified is not None):
        return verified, row.state != RecordingState.STOPPED
    return viewing.player.events(), viewing.player.arrived.summary.is_whole

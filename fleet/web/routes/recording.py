"""One recording: what is known of it, watching it, and taking it out, each with its purpose."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from fleet.core.actor import Actor
from fleet.core.database import announce
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.footage.problems import FOOTAGE_ERRORS
from fleet.footage.receiving.services import ReceivingDep
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import ARRIVING, GONE, Recording, RecordingState
from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.timeline.events import RecordingEvents
from fleet.footage.watching.export import export
from fleet.footage.watching.services import WatchingDep
from fleet.footage.watching.viewings import Viewing, Viewings
from fleet.incidents.rules.draft import LONGEST_NOTE
from fleet.incidents.rules.words import CATEGORIES
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.retention.holds import holds_on
from fleet.retention.switch import switches_of
from fleet.vault.services import VAULT
from fleet.web import recorded, sources
from fleet.web.facts import AssignmentFacts
from fleet.web.faults import PageRoute
from fleet.web.judged import judged_recording
from fleet.web.kept import kept_part
from fleet.web.routes.keeping.deleted import deleted_page
from fleet.web.routes.recording_forms import Asked, Forms, answered
from fleet.web.routes.releases.on_recording import released_part
from fleet.web.templating import pages
from fleet.web.views.kept import hold_views
from fleet.web.views.purpose import CHOICES, purpose_text
from fleet.web.views.recording.beginning import beginning
from fleet.web.views.recording.ending import CHOICES as WHY_NO_MORE
from fleet.web.views.recording.ending import can_be_ended, reason_text
from fleet.web.views.recording.events import event_lines, why_no_lines
from fleet.web.views.recording.taking_out import is_exportable, why_not_exportable
from fleet.web.views.recording.timeline import draw_timeline
from fleet.web.views.recordings import head, is_watchable, look
from protocol.units import utc_us

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_RECORDINGS))]
Watcher = Annotated[Actor, Depends(require(Permission.PLAY))]
Stopper = Annotated[Actor, Depends(require(Permission.STOP_WAITING))]
Exporter = Annotated[Actor, Depends(require(Permission.EXPORT, confirmed=True))]
Text = Annotated[str, Form(max_length=1000)]
InAddress = Annotated[str, Query(max_length=100)]


@router.get("/recordings/{recording}")
def recording_page(
    request: Request,
    recording: str,
    services: ServicesDep,
    watching: WatchingDep,
    actor: Viewer,
    viewing: InAddress = "",
    at: InAddress = "",
    why: InAddress = "",
) -> Response:
    """Show a recording, with its player while a viewing of it lasts; it begins where somebody picked.

    ``why`` is the reason for watching that the form begins with.
    """
    opened, fault = _viewing(watching.viewings, actor, recording, viewing)
    forms = Forms(watch=Asked(choice=why, fault=fault), viewing=opened, begin=beginning(at))
    return page_of(request, recording, services, actor, forms)


@router.post("/recordings/{recording}/watch")
def watch_form(
    request: Request,
    recording: str,
    services: ServicesDep,
    watching: WatchingDep,
    actor: Watcher,
    choice: Text = "",
    note: Text = "",
    at: Text = "",
) -> Response:
    """Open a viewing, for a purpose, and go to its player."""
    begin = beginning(at)

    def watch() -> Response:
        opened = watching.viewings.open(recording, actor, purpose_text(choice, note))
        place = f"&at={begin.at_s}" if begin is not None else ""
        return RedirectResponse(f"/recordings/{recording}?viewing={opened.id}{place}#player", 303)

    def again(asked: Asked) -> Response:
        return page_of(request, recording, services, actor, Forms(watch=asked, begin=begin))

    return answered(Asked(choice, note), watch, again)


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

    def download() -> Response:
        purpose = purpose_text(choice, note)
        movie = export(watching.opener, public_id=recording, actor=actor, purpose=purpose)
        with services.sessions.begin() as session:
            announce(session, "recording", recording)  # pages that show who looked at it, of any process
        headers = {
            "Cache-Control": "no-store",
            "Content-Length": str(movie.length),
            "Content-Disposition": f'attachment; filename="{movie.name}"',
        }
        return StreamingResponse(movie.blocks, media_type="video/mp4", headers=headers)

    def again(asked: Asked) -> Response:
        return page_of(request, recording, services, actor, Forms(export=asked))

    return answered(Asked(choice, note), download, again)


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

    def end() -> Response:
        receiving.stopping.stop(recording, actor, reason_text(choice, note))
        return RedirectResponse(f"/recordings/{recording}", 303)

    def again(asked: Asked) -> Response:
        return page_of(request, recording, services, actor, Forms(no_more=asked))

    return answered(Asked(choice, note), end, again)


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


def page_of(request: Request, recording: str, services: Services, actor: Actor, forms: Forms) -> Response:
    """Show the page of a recording, with its forms as they were sent or refused."""
    with services.readers() as session:
        row = get(session, recording)
        if row.state in GONE:
            return deleted_page(request, session, row, actor, forms)
        facts = recorded.one(session, row)
        events, final = _events(forms.viewing, row)
        looks, more_looks = recorded.looks(session, row)
        has_report = bool(row.verified) and row.report is not None
        verified = _verified(row)
        judged = judged_recording(session, row)
        switches = switches_of(session)
        holds = hold_views(holds_on(session, [row.id]).get(row.id, ()), services.clock())
        hands = sources.hands(session, facts.summary) if events is not None else ()
        released = released_part(session, row, actor)
    is_told = facts.summary.said is None  # what did not verify tells nothing of what happened
    if events is not None:
        events = events.by_another_clock(facts.summary.clock_shift_us) if is_told else events.bare()
    now = services.clock()
    return pages(request).render(
        request,
        "recording.html",
        actor=actor,
        status=forms.status,
        head=head(facts, now, verified, events if is_told else None),
        why_no_lines=why_no_lines(facts.summary),
        looks=[look(each) for each in looks],
        more_looks=more_looks,
        has_report=has_report,
        coming=facts.summary.state in ARRIVING,
        held=facts.summary.is_held,
        choices=CHOICES,
        watch=forms.watch,
        sealed="" if (sealed := VAULT(request).vault.sealed()) is None else sealed.refusal,
        export=forms.export,
        viewing=forms.viewing,
        begin=forms.begin,
        exportable=is_exportable(facts.summary),
        why_not_exportable=why_not_exportable(facts.summary),
        no_more=forms.no_more,
        judging=forms.judging,
        no_more_choices=WHY_NO_MORE,
        judged=judged,
        may_see_visits=may(actor.roles, Permission.SEE_VISITS),
        noting=forms.noting,
        **_happened(facts.summary, events, hands, final=final),
        **released,
        **kept_part(facts.kept, holds, actor, now, switches, holding=forms.holding),
        categories=CATEGORIES,
        longest_text=LONGEST_NOTE,
        **_allowed(actor, facts.summary, was_refused=bool(forms.no_more.fault)),
    )


def _happened(
    summary: RecordingSummary,
    events: RecordingEvents | None,
    hands: Sequence[AssignmentFacts],
    *,
    final: bool,
) -> dict[str, object]:
    """Return the timeline and the lines of what happened; nothing of either where that is not known."""
    if events is None:
        return {"line": None, "lines": ()}
    is_told = summary.said is None
    told_s = summary.told_s if summary.is_stopped else summary.duration_s
    line = draw_timeline(
        events,
        told_s=told_s,
        final=final,
        ended=summary.is_stopped,
        dated=summary.is_dated,
        is_pressed=summary.is_pressed and is_told,
    )
    listed = hands if summary.is_dated else ()
    lines = event_lines(summary, events, hands=listed, told_s=told_s, final=final) if is_told else ()
    return {"line": line, "lines": lines}


def _allowed(actor: Actor, summary: RecordingSummary, *, was_refused: bool) -> dict[str, bool]:
    """Return what whoever looks may do with it now; what was refused comes back with its form."""
    can_end = can_be_ended(summary) or was_refused
    return {
        "playable": may(actor.roles, Permission.PLAY) and is_watchable(summary),
        "may_play": may(actor.roles, Permission.PLAY),
        "may_export": may(actor.roles, Permission.EXPORT),
        "may_end": may(actor.roles, Permission.STOP_WAITING) and can_end,
        "may_classify": may(actor.roles, Permission.CLASSIFY),
        "may_review": may(actor.roles, Permission.REVIEW),
    }


def _events(viewing: Viewing | None, row: Recording) -> tuple[RecordingEvents | None, bool]:
    """Return what happened, and whether that is all of it.

    As the verifier found it where what is watched is verified, else as it plays.
    """
    verified = _verified(row)
    if viewing is None or (viewing.player.arrived.summary.is_held and verified is not None):
        return verified, row.state != RecordingState.STOPPED
    return viewing.player.events(), viewing.player.arrived.summary.is_whole


def _verified(row: Recording) -> RecordingEvents | None:
    """Return what the verifier found to have happened; nothing where it did not verify."""
    if row.timeline is None or row.untrusted:
        return None
    events = RecordingEvents.from_json(row.timeline)
    return events if row.pressed is None else events.pressed_at(utc_us(row.pressed))

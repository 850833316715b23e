"""One import: its file sent, looked at and taken out, each with its reason; kept, held and deleted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.footage.restricting.import_restrictions import import_restricted
from fleet.imagery.finding import looks_at
from fleet.imagery.import_keepings import import_holds, import_keepings
from fleet.imagery.import_notes import add_import_note, notes_of_import
from fleet.imagery.models import ImportRow, ImportViewing
from fleet.imagery.rules.kinds import EXPORTED, KIND_WORDS, NOT_VERIFIED, ImportKind, ImportState
from fleet.imagery.service import delete_now, discard_import, get_import, keep_until, put_in_incident
from fleet.imagery.services import IMPORTS, ImportsDep
from fleet.imagery.spans import export_answer
from fleet.incidents.rules.draft import LONGEST_NOTE as LONGEST_TEXT
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.retention.deletion.services import WorkerDep
from fleet.retention.switch import switches_of
from fleet.vault.services import VAULT
from fleet.web.faults import PageRoute
from fleet.web.kept import NO_HOLD_FORM, HoldForm, kept_part
from fleet.web.routes.imports.import_forms import Line, Text, day_of, last_part
from fleet.web.routes.recording_forms import Asked, answered
from fleet.web.routes.releases.on_recording import released_import_part
from fleet.web.templating import pages
from fleet.web.views.imports.one import (
    copy_words,
    file_of,
    gone_of,
    import_looks,
    import_notes,
    said_of,
    state_badge,
)
from fleet.web.views.kept import hold_views
from fleet.web.views.purpose import CHOICES, LONGEST_NOTE, purpose_text
from fleet.web.zone import local
from protocol.units import MIB

router = APIRouter(route_class=PageRoute)

Seer = Annotated[Actor, Depends(require(Permission.SEE_IMPORTS))]
Importer = Annotated[Actor, Depends(require(Permission.IMPORT))]
Viewer = Annotated[Actor, Depends(require(Permission.PLAY))]
Exporter = Annotated[Actor, Depends(require(Permission.EXPORT, confirmed=True))]
Retainer = Annotated[Actor, Depends(require(Permission.RETAIN))]
Deleter = Annotated[Actor, Depends(require(Permission.RETAIN, confirmed=True))]
InAddress = Annotated[str, Query(max_length=100)]
LOOKS = 20


@router.get("/imports/{name}")
def one_import_page(
    request: Request, name: str, services: ServicesDep, actor: Seer, viewing: InAddress = ""
) -> Response:
    """Show an import, and what it shows while a viewing of it lasts."""
    opened, fault = _viewing(request, services, actor, name, viewing)
    return import_page_of(request, services, actor, name, look=Asked(fault=fault), viewing=opened)


@router.post("/imports/{name}/look")
def look_form(
    request: Request,
    name: str,
    services: ServicesDep,
    imports: ImportsDep,
    actor: Viewer,
    choice: Line = "",
    note: Line = "",
) -> Response:
    """Begin to look at an import, for a purpose."""

    def begin() -> Response:
        viewing = imports.opener.view(name, by=actor, purpose=purpose_text(choice, note))
        return RedirectResponse(f"/imports/{name}?viewing={viewing}#shown", 303)

    def again(asked: Asked) -> Response:
        return import_page_of(request, services, actor, name, look=asked)

    return answered(Asked(choice, note), begin, again)


@router.post("/imports/{name}/download")
def download_import_form(
    request: Request,
    name: str,
    services: ServicesDep,
    imports: ImportsDep,
    actor: Exporter,
    choice: Line = "",
    note: Line = "",
) -> Response:
    """Send the copy of an import, for a purpose."""

    def download() -> Response:
        purpose = purpose_text(choice, note)
        return export_answer(imports.opener.plain(name, by=actor, action=EXPORTED, purpose=purpose))

    def again(asked: Asked) -> Response:
        return import_page_of(request, services, actor, name, export=asked)

    return answered(Asked(choice, note), download, again)


@router.post("/imports/{name}/discard")
def discard_form(name: str, services: ServicesDep, actor: Importer) -> Response:
    """Discard an import whose file never came."""
    with services.sessions.begin() as session:
        discard_import(session, name=name, by=actor)
    return RedirectResponse("/imports", 303)


@router.post("/imports/{name}/keep")
def keep_form(
    name: str, services: ServicesDep, actor: Retainer, until: Line = "", why: Line = ""
) -> Response:
    """Say until which day an import is needed for its purpose."""
    with services.sessions.begin() as session:
        keep_until(session, services, name=name, until=day_of(until), why=why, by=actor)
    return RedirectResponse(f"/imports/{name}#kept", 303)


@router.post("/imports/{name}/delete")
def delete_now_form(
    name: str, services: ServicesDep, worker: WorkerDep, actor: Deleter, why: Line = ""
) -> Response:
    """Have an import deleted before its time."""
    with services.sessions.begin() as session:
        delete_now(session, name=name, why=why, by=actor)
    worker.wake()
    return RedirectResponse(f"/imports/{name}#kept", 303)


@router.post("/imports/{name}/incident")
def import_incident_form(name: str, services: ServicesDep, actor: Importer, incident: Line = "") -> Response:
    """Say which incident an import belongs to."""
    with services.sessions.begin() as session:
        put_in_incident(session, name=name, incident=last_part(incident), by=actor)
    return RedirectResponse(f"/imports/{name}#incident", 303)


@router.post("/imports/{name}/notes")
def import_note_form(
    request: Request, name: str, services: ServicesDep, actor: Importer, text: Text = ""
) -> Response:
    """Write a note about an import."""

    def keep() -> Response:
        with services.sessions.begin() as session:
            add_import_note(session, services.random, name=name, text=text, by=actor)
        return RedirectResponse(f"/imports/{name}#notes", 303)

    def again(asked: Asked) -> Response:
        return import_page_of(request, services, actor, name, noting=asked)

    return answered(Asked(note=text), keep, again)


def _viewing(
    request: Request, services: Services, actor: Actor, name: str, viewing: str
) -> tuple[ImportViewing | None, str]:
    """Return the actor's viewing of this import, or why there is none."""
    if not viewing or not may(actor.roles, Permission.PLAY):
        return None, ""
    try:
        with services.readers() as session:
            found = IMPORTS(request).opener.viewing_of(session, viewing, actor)
    except ProblemError as problem:
        return None, problem.detail
    return (found, "") if found.import_id == name else (None, "")


def import_page_of(
    request: Request,
    services: Services,
    actor: Actor,
    name: str,
    *,
    look: Asked = Asked(),  # noqa: B008 - it is frozen
    export: Asked = Asked(),  # noqa: B008
    noting: Asked = Asked(),  # noqa: B008
    viewing: ImportViewing | None = None,
    holding: HoldForm = NO_HOLD_FORM,
) -> Response:
    """Show the page of an import, with its forms as they were sent or refused."""
    now, config = services.clock(), services.config
    with services.readers() as session:
        row = get_import(session, name)
        kept = import_keepings(session, [row], config.imports.cctv_months, config.site.time_zone).get(row.id)
        holds = hold_views(import_holds(session, [row]).get(row.id, ()), now)
        looks = looks_at(session, row, most=LOOKS + 1)
        notes = import_notes(notes_of_import(session, row), now)
        incident = (row.incident.id, row.incident.reference) if row.incident is not None else ("", "")
        restricted = import_restricted(session, row.id) if row.state == ImportState.HELD else ""
        part = kept_part(kept, holds, actor, now, switches_of(session), holding=holding)
        part |= released_import_part(session, row, actor)
    return pages(request).render(
        request,
        "imports/one.html",
        actor=actor,
        status=max(look.status, export.status, noting.status, holding.status),
        unverified=NOT_VERIFIED,
        incident_id=incident[0],
        incident=incident[1],
        notes=notes,
        noting=noting,
        longest_text=LONGEST_TEXT,
        looks=import_looks(looks[:LOOKS]),
        more_looks=len(looks) > LOOKS,
        choices=CHOICES,
        longest_note=LONGEST_NOTE,
        look=look,
        export=export,
        viewing=None if restricted else viewing,
        restricted=restricted,
        sealed="" if (sealed := VAULT(request).vault.sealed()) is None else sealed.refusal,
        most_mib=IMPORTS(request).receiving.limit // MIB,
        today=local(now).date().isoformat(),
        months=config.imports.cctv_months,
        may_import=may(actor.roles, Permission.IMPORT),
        may_play=may(actor.roles, Permission.PLAY),
        may_export=may(actor.roles, Permission.EXPORT),
        **_described(row),
        **part,
    )


def _described(row: ImportRow) -> dict[str, object]:
    """Return what the page is told of an import by its row alone."""
    return {
        "row_id": row.id,
        "here": f"/imports/{row.id}",
        "reference": row.reference,
        "title": KIND_WORDS[ImportKind(row.kind)],
        "state": state_badge(row),
        "waits": row.state == ImportState.DESCRIBED,
        "is_here": row.state == ImportState.HELD,
        "is_photograph": row.kind == ImportKind.PHOTOGRAPH,
        "is_ended": row.ended is not None,
        "gone": gone_of(row),
        "has_certificate": row.certificate is not None,
        "said": said_of(row) if row.state in (ImportState.DESCRIBED, ImportState.HELD) else [],
        "file": file_of(row),
        "copied": copy_words(row),
        "kept_until": "" if row.kept_until is None else row.kept_until.isoformat(),
    }

"""The HTTP API of imports, for people and programs (F1, F3, F5).

An import is described by ``POST /imports``, and its file is put beside that, as bytes.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import SessionDep
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.imagery.bodies import (
    ImportEnded,
    ImportKept,
    ImportLinked,
    ImportLooked,
    ImportNoteOfApi,
    ImportOfApi,
    ImportViewingOfApi,
    NewImport,
    NewImportNote,
)
from fleet.imagery.finding import ImportFilter, find_imports
from fleet.imagery.import_keepings import import_holds, import_keepings
from fleet.imagery.import_notes import add_import_note, notes_of_import
from fleet.imagery.models import ImportRow
from fleet.imagery.rules.kinds import EXPORTED
from fleet.imagery.service import (
    delete_now,
    describe_import,
    discard_import,
    get_import,
    hold_on_import,
    keep_until,
    put_in_incident,
)
from fleet.imagery.services import ImportsDep
from fleet.imagery.spans import export_answer, shown_answer
from fleet.people.access import Permission, require
from fleet.retention.deletion.services import WorkerDep
from fleet.retention.hold_routes import HoldOfApi, NewHold
from protocol.messages.uploads import parse_content_digest

router = APIRouter(prefix="/api/v1", tags=["imports"])

SEES = [Depends(require(Permission.SEE_IMPORTS))]
Importer = Annotated[Actor, Depends(require(Permission.IMPORT))]
Viewer = Annotated[Actor, Depends(require(Permission.PLAY))]
Exporter = Annotated[Actor, Depends(require(Permission.EXPORT, confirmed=True))]
Retainer = Annotated[Actor, Depends(require(Permission.RETAIN))]
Deleter = Annotated[Actor, Depends(require(Permission.RETAIN, confirmed=True))]
Word = Annotated[str, Query(max_length=100)]


@router.get("/imports", dependencies=SEES)
def get_imports(
    session: SessionDep,
    services: ServicesDep,
    state: Word = "here",
    kind: Word = "",
    q: Word = "",
    skip: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[ImportOfApi]:
    """List imports, the newest first; ``state`` is one of the words that the page has."""
    found, _ = find_imports(session, ImportFilter(state, kind, " ".join(q.split())), skip=skip, limit=limit)
    config = services.config
    kept = import_keepings(session, found, config.imports.cctv_months, config.site.time_zone)
    return [ImportOfApi.of(each, kept.get(each.id)) for each in found]


@router.post("/imports", status_code=201)
def post_import(body: NewImport, session: SessionDep, services: ServicesDep, actor: Importer) -> ImportOfApi:
    """Describe an import; its file is put beside it next."""
    row = describe_import(session, services, body.draft, incident=body.incident, by=actor)
    return ImportOfApi.of(row)


@router.get("/imports/{name}", dependencies=SEES)
def get_one_import(name: str, session: SessionDep, services: ServicesDep) -> ImportOfApi:
    """Return an import, with how long it is kept."""
    return _told(session, services, get_import(session, name))


@router.put("/imports/{name}/file")
async def put_file(
    name: str,
    request: Request,
    services: ServicesDep,
    imports: ImportsDep,
    actor: Importer,
    content_digest: Annotated[str | None, Header(max_length=500)] = None,
    content_length: Annotated[int | None, Header()] = None,
) -> ImportOfApi:
    """Send the file of an import, as bytes; ``Content-Digest`` (RFC 9530) may state its SHA-256."""
    try:
        digest = None if content_digest is None else parse_content_digest(content_digest)
    except ValueError as error:
        raise ProblemError(400, "digest_unusable", f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    row = await imports.receiving.receive(
        name, request.stream(), length=content_length, digest=digest, by=actor
    )
    with services.readers() as session:
        return _told(session, services, row)


@router.delete("/imports/{name}", status_code=204)
def delete_described(name: str, session: SessionDep, actor: Importer) -> None:
    """Discard an import whose file never came."""
    discard_import(session, name=name, by=actor)


@router.post("/imports/{name}/viewings", status_code=201)
def post_import_viewing(
    name: str, body: ImportLooked, imports: ImportsDep, actor: Viewer
) -> ImportViewingOfApi:
    """Begin to look at an import; who and why is written down first."""
    viewing = imports.opener.view(name, by=actor, purpose=body.purpose)
    return ImportViewingOfApi(viewing=viewing, media=f"/api/v1/import-viewings/{viewing}/media")


@router.get("/import-viewings/{viewing}/media", response_class=Response)
def get_import_media(
    viewing: str,
    imports: ImportsDep,
    actor: Viewer,
    span: Annotated[str | None, Header(alias="Range", max_length=100)] = None,
) -> Response:
    """Return the copy that is shown, or a span of it."""
    return shown_answer(imports.opener.shown(viewing, by=actor), span)


@router.post("/imports/{name}/exports", response_class=Response)
def post_import_export(name: str, body: ImportLooked, imports: ImportsDep, actor: Exporter) -> Response:
    """Return the copy as one file; who and why is written down first."""
    return export_answer(imports.opener.plain(name, by=actor, action=EXPORTED, purpose=body.purpose))


@router.post("/imports/{name}/keep")
def post_keep(
    name: str, body: ImportKept, session: SessionDep, services: ServicesDep, actor: Retainer
) -> ImportOfApi:
    """Say until which day an import is needed for its purpose."""
    keep_until(session, services, name=name, until=body.until, why=body.why, by=actor)
    return _told(session, services, get_import(session, name))


@router.post("/imports/{name}/delete")
def post_delete_now(
    name: str,
    body: ImportEnded,
    session: SessionDep,
    services: ServicesDep,
    worker: WorkerDep,
    actor: Deleter,
) -> ImportOfApi:
    """Have an import deleted before its time."""
    delete_now(session, name=name, why=body.why, by=actor)
    worker.wake()
    return _told(session, services, get_import(session, name))


@router.put("/imports/{name}/incident")
def put_import_incident(
    name: str, body: ImportLinked, session: SessionDep, services: ServicesDep, actor: Importer
) -> ImportOfApi:
    """Say which incident an import belongs to."""
    put_in_incident(session, name=name, incident=body.incident, by=actor)
    return _told(session, services, get_import(session, name))


@router.get("/imports/{name}/holds", dependencies=SEES)
def get_import_holds(name: str, session: SessionDep) -> list[HoldOfApi]:
    """List the holds that last on an import, by itself or by its incident."""
    row = get_import(session, name)
    return [HoldOfApi.of(each) for each in import_holds(session, [row]).get(row.id, ())]


@router.post("/imports/{name}/holds", status_code=201)
def post_import_hold(
    name: str, body: NewHold, session: SessionDep, services: ServicesDep, actor: Retainer
) -> HoldOfApi:
    """Hold an import: nothing of it is deleted while that lasts."""
    draft = body.draft(services.config.site.time_zone)
    return HoldOfApi.of(hold_on_import(session, services, draft, name=name, by=actor))


@router.get("/imports/{name}/deletion-certificate", dependencies=SEES, response_class=Response)
def get_import_certificate(name: str, session: SessionDep) -> Response:
    """Return the signed certificate that an import was deleted."""
    row = get_import(session, name)
    if row.certificate is None:
        raise ProblemError(404, "no_certificate", f"{row.reference} was not deleted, or not yet.")
    headers = {"Content-Disposition": f'attachment; filename="{row.reference}-deleted.json"'}
    return Response(row.certificate, media_type="application/json", headers=headers)


def _told(session: Session, services: Services, row: ImportRow) -> ImportOfApi:
    config = services.config
    kept = import_keepings(session, [row], config.imports.cctv_months, config.site.time_zone)
    return ImportOfApi.of(row, kept.get(row.id))


@router.get("/imports/{name}/notes", dependencies=SEES)
def get_import_notes(name: str, session: SessionDep) -> list[ImportNoteOfApi]:
    """List the notes about an import, the oldest first."""
    return [ImportNoteOfApi.of(each) for each in notes_of_import(session, get_import(session, name))]


@router.post("/imports/{name}/notes", status_code=201)
def post_import_note(
    name: str, body: NewImportNote, session: SessionDep, services: ServicesDep, actor: Importer
) -> ImportNoteOfApi:
    """Write a note about an import."""
    return ImportNoteOfApi.of(add_import_note(session, services.random, name=name, text=body.text, by=actor))

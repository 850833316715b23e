"""The HTTP API of requests, for programs that write them down and follow them (F5, F10)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from fleet.core.actor import Actor
from fleet.core.database import SessionDep
from fleet.core.services import ServicesDep
from fleet.letters.models import Letter
from fleet.people.access import Permission, require
from fleet.requests.bodies import (
    Came,
    Closing,
    KeptUntil,
    LetterOfApi,
    LinkedImport,
    LinkedRecording,
    NewLetter,
    NewRequest,
    NewSearch,
    NoteBeside,
    RequestOfApi,
    WhyReopened,
)
from fleet.requests.cases import get_case, local_today, open_request
from fleet.requests.closing import close_request, reopen_request
from fleet.requests.finding import RequestFilter, find_requests
from fleet.requests.footage import (
    erase_recording,
    link_recording,
    note_beside,
    recordings_of,
    restrict_linked,
)
from fleet.requests.forgetting import keep_request_longer
from fleet.requests.linked.imports import erase_import, imports_of, link_import
from fleet.requests.replies import clarified, wait_met
from fleet.requests.rules.clock import WaitKind
from fleet.requests.searches import add_search
from fleet.requests.sending import letters_of, send_letter

router = APIRouter(prefix="/api/v1", tags=["requests"])

Handler = Annotated[Actor, Depends(require(Permission.REQUESTS))]
Retainer = Annotated[Actor, Depends(require(Permission.RETAIN))]
HANDLES = [Depends(require(Permission.REQUESTS))]
Word = Annotated[str, Query(max_length=40)]


@router.get("/requests", dependencies=HANDLES)
def get_requests(
    session: SessionDep,
    services: ServicesDep,
    state: Word = "open",
    kind: Word = "",
    skip: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[RequestOfApi]:
    """List requests, those due first in front; ``state`` is one of the words that the page has."""
    today = local_today(session, services.config.site.time_zone)
    found, _ = find_requests(session, RequestFilter(state, kind), today=today, skip=skip, limit=limit)
    return [RequestOfApi.of(each) for each in found]


@router.post("/requests", status_code=201)
def post_request(
    body: NewRequest, session: SessionDep, services: ServicesDep, actor: Handler
) -> RequestOfApi:
    """Write a request down; its clock runs from the day of receipt."""
    zone = services.config.site.time_zone
    return RequestOfApi.of(open_request(session, services.random, body.draft, zone=zone, by=actor))


@router.get("/requests/{case}", dependencies=HANDLES)
def get_request(case: str, session: SessionDep) -> RequestOfApi:
    """Return a request and its clock."""
    return RequestOfApi.of(get_case(session, case))


@router.get("/requests/{case}/letters", dependencies=HANDLES)
def get_letters(case: str, session: SessionDep) -> list[LetterOfApi]:
    """List the letters about a request, exactly as they were sent."""
    return [_letter(each) for each in letters_of(session, get_case(session, case))]


@router.post("/requests/{case}/letters", status_code=201)
def post_letter(
    case: str, body: NewLetter, session: SessionDep, services: ServicesDep, actor: Handler
) -> LetterOfApi:
    """Keep a letter as it is sent, and do the step that it stands for."""
    return _letter(send_letter(session, services, case=case, draft=body.draft, by=actor))


@router.post("/requests/{case}/waits/{kind}/met")
def post_wait_met(
    case: str, kind: WaitKind, body: Came, session: SessionDep, services: ServicesDep, actor: Handler
) -> RequestOfApi:
    """Say that identity or authority was shown or is no longer doubted, or a fee paid."""
    zone = services.config.site.time_zone
    row = wait_met(
        session, case=case, kind=kind, on=body.on, how=body.how, zone=zone, by=actor, waived=body.waived
    )
    return RequestOfApi.of(row)


@router.post("/requests/{case}/clarified")
def post_clarified(
    case: str, body: Came, session: SessionDep, services: ServicesDep, actor: Handler
) -> RequestOfApi:
    """Say that a question was answered: the clock goes on."""
    zone = services.config.site.time_zone
    return RequestOfApi.of(clarified(session, case=case, on=body.on, zone=zone, by=actor))


@router.post("/requests/{case}/searches", status_code=201)
def post_search(
    case: str, body: NewSearch, session: SessionDep, services: ServicesDep, actor: Handler
) -> RequestOfApi:
    """Write a search down."""
    add_search(
        session,
        services.random,
        case=case,
        where=body.where,
        how=body.how,
        enough=body.enough,
        by=actor,
    )
    return RequestOfApi.of(get_case(session, case))


@router.get("/requests/{case}/recordings", dependencies=HANDLES)
def get_recordings(case: str, session: SessionDep) -> list[str]:
    """List the recordings that a request is about, by their ids."""
    return [each.recording.public_id for each in recordings_of(session, get_case(session, case))]


@router.post("/requests/{case}/recordings", status_code=201)
def post_recording(
    case: str, body: LinkedRecording, session: SessionDep, services: ServicesDep, actor: Handler
) -> list[str]:
    """Link a recording to a request; it is held at once."""
    zone = services.config.site.time_zone
    link_recording(session, services.random, case=case, recording=body.recording, zone=zone, by=actor)
    session.flush()
    return get_recordings(case, session)


@router.post("/requests/{case}/recordings/{recording}/erase", status_code=202)
def post_erase(case: str, recording: str, session: SessionDep, actor: Handler) -> RequestOfApi:
    """Have a recording of a request for erasure deleted; there is no way back."""
    erase_recording(session, case=case, recording=recording, by=actor)
    return RequestOfApi.of(get_case(session, case))


@router.post("/requests/{case}/recordings/{recording}/note", status_code=201)
def post_note_beside(
    case: str, recording: str, body: NoteBeside, session: SessionDep, services: ServicesDep, actor: Handler
) -> RequestOfApi:
    """Write beside a recording what the person says is wrong with it; the recording stays as it is."""
    note_beside(session, services.random, case=case, recording=recording, text=body.text, by=actor)
    return RequestOfApi.of(get_case(session, case))


@router.get("/requests/{case}/imports", dependencies=HANDLES)
def get_linked_imports(case: str, session: SessionDep) -> list[str]:
    """List the imports that a request is about, by their ids; none of them is verified."""
    return [each.id for each in imports_of(session, get_case(session, case))]


@router.post("/requests/{case}/imports", status_code=201)
def post_linked_import(
    case: str, body: LinkedImport, session: SessionDep, services: ServicesDep, actor: Handler
) -> list[str]:
    """Link an import to a request; it is held at once."""
    zone = services.config.site.time_zone
    link_import(session, services.random, case=case, name=body.imported, zone=zone, by=actor)
    session.flush()
    return get_linked_imports(case, session)


@router.post("/requests/{case}/imports/{name}/erase", status_code=202)
def post_erase_import(case: str, name: str, session: SessionDep, actor: Handler) -> RequestOfApi:
    """Have an import of a request for erasure deleted; there is no way back."""
    erase_import(session, case=case, name=name, by=actor)
    return RequestOfApi.of(get_case(session, case))


@router.post("/requests/{case}/restrict")
def post_restrict(case: str, session: SessionDep, services: ServicesDep, actor: Handler) -> RequestOfApi:
    """Restrict what a request is about: kept, and neither watched nor taken out."""
    restrict_linked(session, services.random, case=case, by=actor)
    return RequestOfApi.of(get_case(session, case))


@router.post("/requests/{case}/close")
def post_close(case: str, body: Closing, session: SessionDep, actor: Handler) -> RequestOfApi:
    """Close a request."""
    row = close_request(session, case=case, by=actor, unanswered=body.unanswered, why=body.why)
    return RequestOfApi.of(row)


@router.post("/requests/{case}/reopen")
def post_reopen(
    case: str, body: WhyReopened, session: SessionDep, services: ServicesDep, actor: Handler
) -> RequestOfApi:
    """Open a request again; what is still here of it is held again."""
    zone = services.config.site.time_zone
    return RequestOfApi.of(
        reopen_request(session, services.random, case=case, why=body.why, zone=zone, by=actor)
    )


@router.post("/requests/{case}/keep")
def post_keep(
    case: str, body: KeptUntil, session: SessionDep, services: ServicesDep, actor: Retainer
) -> RequestOfApi:
    """Have a request kept longer than its period."""
    zone = services.config.site.time_zone
    row = keep_request_longer(session, case=case, until=body.until, why=body.why, zone=zone, by=actor)
    return RequestOfApi.of(row)


def _letter(row: Letter) -> LetterOfApi:
    return LetterOfApi(
        id=row.id,
        letter=row.kind,
        template_version=row.version,
        text=row.text,
        sha256=row.sha256.hex(),
        dated=row.dated,
        kept_by=row.kept_by,
        method=row.method,
    )

"""The HTTP API of recordings for people and programs: listed, described, watched, exported (F1, F5).

Everything that is watched is under a viewing, which was opened with a purpose; every answer with plaintext in
it says ``no-store``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import select

from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep
from fleet.core.problems import ProblemError
from fleet.core.services import ServicesDep
from fleet.footage.errors import MediaError, PlaybackError, StoreError
from fleet.footage.recordings.accounts import accounts
from fleet.footage.recordings.models import Recording
from fleet.footage.recordings.rows import get
from fleet.footage.recordings.summary import AccountView, RecordingSummary
from fleet.footage.watching import player
from fleet.footage.watching.export import export
from fleet.footage.watching.viewings import Viewing, Viewings
from fleet.people.access import Permission, require
from fleet.vault.vault import LONGEST_PURPOSE
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track

router = APIRouter(prefix="/api/v1", tags=["recordings"])

Viewer = Annotated[Actor, Depends(require(Permission.PLAY))]
Exporter = Annotated[Actor, Depends(require(Permission.EXPORT))]
SEES = [Depends(require(Permission.SEE_RECORDINGS))]

PLAYLIST = "application/vnd.apple.mpegurl"
MP4 = "video/mp4"
_NO_STORE = {"Cache-Control": "no-store"}


class Purpose(RequestBody):
    """Why somebody wants to see a recording; it is kept in the audit log with their name."""

    purpose: str = Field(max_length=LONGEST_PURPOSE)


class ViewingView(BaseModel):
    """A viewing that was opened: its id, the address of its playlist, and that of its time line."""

    viewing: str
    playlist: str
    timeline: str


@router.get("/recordings", dependencies=SEES)
def get_recordings(
    session: SessionDep,
    camera: Annotated[str | None, Query(max_length=32)] = None,
    skip: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[RecordingSummary]:
    """List recordings, the newest first."""
    query = select(Recording).order_by(Recording.announced.desc(), Recording.id.desc())
    if camera is not None:
        query = query.where(Recording.camera_id == camera)
    return [RecordingSummary.of(row) for row in session.scalars(query.offset(skip).limit(limit))]


@router.get("/recordings/accounts", dependencies=SEES)
def get_accounts(session: SessionDep) -> list[AccountView]:
    """Return what each camera made, and what of it is here (L3)."""
    return [
        AccountView(
            camera=camera,
            made=each.made,
            received=each.received,
            arriving=each.arriving,
            failed=each.failed,
            missing=list(each.missing),
            missing_count=each.missing_count,
        )
        for camera, each in accounts(session).items()
    ]


@router.get("/recordings/{recording}", dependencies=SEES)
def get_recording(recording: str, session: SessionDep) -> RecordingSummary:
    """Return one recording."""
    return RecordingSummary.of(get(session, recording))


@router.get("/recordings/{recording}/report", dependencies=SEES)
def get_report(recording: str, session: SessionDep) -> dict[str, Any]:
    """Return the verifier's whole report.

    Raises:
        ProblemError: 404 there is none yet.
    """
    report = get(session, recording).report
    if report is None:
        raise ProblemError(404, "not_verified", "This recording has not been verified yet.")
    return report


@router.post("/recordings/{recording}/viewings", status_code=201)
def post_viewing(recording: str, body: Purpose, actor: Viewer, services: ServicesDep) -> ViewingView:
    """Open a recording to watch it; who and why is written down first."""
    with footage_answers():
        viewing = services.find(Viewings).open(recording, actor, body.purpose)
    base = f"/api/v1/viewings/{viewing.id}"
    return ViewingView(viewing=viewing.id, playlist=f"{base}/main.m3u8", timeline=f"{base}/timeline")


def viewing_of(viewing: str, actor: Viewer, services: ServicesDep) -> Viewing:
    """FastAPI dependency: the viewing in the address, which must be the actor's own."""
    return services.find(Viewings).get(viewing, actor)


OwnViewing = Annotated[Viewing, Depends(viewing_of)]


@router.delete("/viewings/{viewing}", status_code=204)
def delete_viewing(viewing: str, actor: Viewer, services: ServicesDep) -> None:
    """End a viewing."""
    services.find(Viewings).end(viewing, actor)


@router.get("/viewings/{viewing}/timeline")
def get_timeline(viewing: OwnViewing, response: Response) -> dict[str, Any]:
    """Return the time line: press, pre-record, bookmarks and gaps, in seconds after the first picture."""
    response.headers.update(_NO_STORE)
    return player.timeline(viewing)


@router.get("/viewings/{viewing}/main.m3u8", response_class=Response)
def get_main_playlist(viewing: OwnViewing) -> Response:
    """Return the playlist that a player begins with."""
    with footage_answers():
        return _answer(player.main(viewing).encode(), PLAYLIST)


@router.get("/viewings/{viewing}/{track}.m3u8", response_class=Response)
def get_playlist(viewing: OwnViewing, track: Track) -> Response:
    """Return the playlist of one track."""
    with footage_answers():
        return _answer(player.playlist(viewing, track).encode(), PLAYLIST)


@router.get("/viewings/{viewing}/{track}/init.mp4", response_class=Response)
def get_first_initialisation(viewing: OwnViewing, track: Track) -> Response:
    """Return what a decoder must know before the first fragment."""
    with footage_answers():
        return _answer(player.initialisation(viewing, track, 0), MP4)


@router.get("/viewings/{viewing}/{track}/init-{era}.mp4", response_class=Response)
def get_initialisation(viewing: OwnViewing, track: Track, era: int) -> Response:
    """Return what a decoder must know after a change of codec."""
    with footage_answers():
        return _answer(player.initialisation(viewing, track, era), MP4)


@router.get("/viewings/{viewing}/{track}/{seq}.m4s", response_class=Response)
def get_fragment(viewing: OwnViewing, track: Track, seq: int) -> Response:
    """Return one track of one chunk, decrypted for this request."""
    with footage_answers():
        return _answer(player.fragment(viewing, track, seq), MP4)


@router.post("/recordings/{recording}/exports", response_class=StreamingResponse)
def post_export(recording: str, body: Purpose, actor: Exporter, services: ServicesDep) -> StreamingResponse:
    """Return the recording as one MP4 file, without re-encoding; who and why is written down first."""
    with footage_answers():
        movie = export(services, public_id=recording, actor=actor, purpose=body.purpose)
    headers = {
        **_NO_STORE,
        "Content-Length": str(movie.length),
        "Content-Disposition": f'attachment; filename="{movie.name}"',
    }
    return StreamingResponse(movie.blocks, media_type=MP4, headers=headers)


@contextmanager
def footage_answers() -> Iterator[None]:
    """Answer what goes wrong between a request and its footage in one sentence, with the right status."""
    try:
        yield
    except PlaybackError as error:
        raise ProblemError(404, "not_in_recording", str(error)) from error
    except (MediaError, KeysError) as error:
        sentence = str(error)
        detail = f"This footage cannot be shown: {sentence[:1].lower()}{sentence[1:].rstrip('.')}."
        raise ProblemError(422, "not_showable", detail) from error
    except StoreError as error:
        raise ProblemError(503, "storage_failed", str(error), headers={"Retry-After": "10"}) from error


def _answer(data: bytes, media_type: str) -> Response:
    return Response(data, media_type=media_type, headers=_NO_STORE)

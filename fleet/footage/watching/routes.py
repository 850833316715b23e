"""The HTTP API of watching and exporting recordings, for people and programs (F1, F5).

Everything that is watched is under a viewing, which was opened with a purpose; every answer with plaintext in
it says ``no-store``.
"""

from __future__ import annotations

from base64 import b64encode
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from fleet.core.actor import Actor
from fleet.core.bodies import PathNumber, RequestBody
from fleet.footage.watching.decrypting import decrypted
from fleet.footage.watching.export import export
from fleet.footage.watching.services import WatchingDep
from fleet.footage.watching.viewings import Viewing
from fleet.people.access import Permission, require
from fleet.vault.vault import LONGEST_PURPOSE
from protocol.footage.format.model import Track

router = APIRouter(prefix="/api/v1", tags=["recordings"])

Viewer = Annotated[Actor, Depends(require(Permission.PLAY))]
Exporter = Annotated[Actor, Depends(require(Permission.EXPORT, confirmed=True))]

PLAYLIST = "application/vnd.apple.mpegurl"
MP4 = "video/mp4"
_NO_STORE = {"Cache-Control": "no-store"}


class Purpose(RequestBody):
    """Why somebody wants to see a recording; it is kept in the audit log with their name."""

    purpose: str = Field(max_length=LONGEST_PURPOSE)


class ViewingView(BaseModel):
    """A viewing that was opened: its id, the address of its playlist, and that of its timeline."""

    viewing: str
    playlist: str
    timeline: str


@router.post("/recordings/{recording}/viewings", status_code=201)
def post_viewing(recording: str, body: Purpose, actor: Viewer, watching: WatchingDep) -> ViewingView:
    """Open a recording to watch it; who and why is written down first."""
    viewing = watching.viewings.open(recording, actor, body.purpose)
    base = f"/api/v1/viewings/{viewing.id}"
    return ViewingView(viewing=viewing.id, playlist=f"{base}/main.m3u8", timeline=f"{base}/timeline")


def viewing_of(viewing: str, actor: Viewer, watching: WatchingDep) -> Viewing:
    """FastAPI dependency: the viewing in the address, which must be the actor's own."""
    return watching.viewings.get(viewing, actor)


OwnViewing = Annotated[Viewing, Depends(viewing_of)]


@router.delete("/viewings/{viewing}", status_code=204)
def delete_viewing(viewing: str, actor: Viewer, watching: WatchingDep) -> None:
    """End a viewing."""
    watching.viewings.end(viewing, actor)


@router.get("/viewings/{viewing}/timeline")
def get_timeline(viewing: OwnViewing, response: Response) -> dict[str, Any]:
    """Return the timeline: press, pre-record, bookmarks and gaps, in seconds after the first picture."""
    response.headers.update(_NO_STORE)
    viewing.player.refresh()
    return viewing.player.document()


@router.get("/viewings/{viewing}/main.m3u8", response_class=Response)
def get_main_playlist(viewing: OwnViewing) -> Response:
    """Return the playlist that a player begins with."""
    return _answer(viewing.player.main_playlist().encode(), PLAYLIST)


class Ahead(BaseModel):
    """All that a player needs before its first parts, by the names under which each can be had by itself.

    Attributes:
        playlists: the main one, and that of each track which the viewing has.
        initialisations: in base64, what the decoder of each track must know where playing begins.
    """

    playlists: dict[str, str]
    initialisations: dict[str, str]


@router.get("/viewings/{viewing}/ahead")
def get_ahead(viewing: OwnViewing, response: Response) -> Ahead:
    """Return in one answer what a player would ask for one after the other before the first parts."""
    response.headers.update(_NO_STORE)
    playlists, initialisations = viewing.player.ahead()
    return Ahead(
        playlists=playlists,
        initialisations={name: b64encode(data).decode("ascii") for name, data in initialisations.items()},
    )


@router.get("/viewings/{viewing}/{track}.m3u8", response_class=Response)
def get_playlist(viewing: OwnViewing, track: Track) -> Response:
    """Return the playlist of one track."""
    return _answer(viewing.player.playlist(track).encode(), PLAYLIST)


@router.get("/viewings/{viewing}/{track}/init.mp4", response_class=Response)
def get_first_initialisation(viewing: OwnViewing, track: Track) -> Response:
    """Return what a decoder must know before the first fragment."""
    return _answer(viewing.player.initialisation(track, 0), MP4)


@router.get("/viewings/{viewing}/{track}/init-{era}.mp4", response_class=Response)
def get_initialisation(viewing: OwnViewing, track: Track, era: PathNumber) -> Response:
    """Return what a decoder must know after a change of codec."""
    return _answer(viewing.player.initialisation(track, era), MP4)


@router.get("/viewings/{viewing}/{track}/{seq}.m4s", response_class=Response)
async def get_fragment(viewing: OwnViewing, track: Track, seq: PathNumber) -> Response:
    """Return one track of one chunk, decrypted for this request."""
    return _answer(await decrypted(partial(viewing.player.fragment, track, seq)), MP4)


@router.post("/recordings/{recording}/exports", response_class=StreamingResponse)
def post_export(recording: str, body: Purpose, actor: Exporter, watching: WatchingDep) -> StreamingResponse:
    """Return the recording as one MP4 file, without re-encoding; who and why is written down first."""
    movie = export(watching.opener, public_id=recording, actor=actor, purpose=body.purpose)
    headers = {
        **_NO_STORE,
        "Content-Length": str(movie.length),
        "Content-Disposition": f'attachment; filename="{movie.name}"',
    }
    return StreamingResponse(movie.blocks, media_type=MP4, headers=headers)


def _answer(data: bytes, media_type: str) -> Response:
    return Response(data, media_type=media_type, headers=_NO_STORE)

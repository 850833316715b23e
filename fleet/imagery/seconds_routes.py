"""The seconds of an imported clip as a browser's player asks for them, under a viewing of it (F1).

Every answer with plaintext in it says ``no-store``; each opens the key anew.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from fleet.core.actor import Actor
from fleet.core.bodies import PathNumber
from fleet.core.services import ServicesDep
from fleet.footage.watching.decrypting import decrypted
from fleet.footage.watching.footage_player import FootagePlayer
from fleet.footage.watching.routes import MP4, PLAYLIST
from fleet.imagery.seconds.played import laid_out_seconds, played_seconds
from fleet.imagery.services import ImportsDep
from fleet.people.access import Permission, require
from protocol.footage.format.model import Track

router = APIRouter(prefix="/api/v1/import-viewings/{viewing}", tags=["imports"])

Viewer = Annotated[Actor, Depends(require(Permission.PLAY))]


def player_of(viewing: str, services: ServicesDep, imports: ImportsDep, actor: Viewer) -> FootagePlayer:
    """FastAPI dependency: what plays the seconds of a clip under the actor's viewing of it."""
    opened = imports.opener.opened_for(viewing, by=actor)
    with services.readers() as session:
        return FootagePlayer(played_seconds(opened, laid_out_seconds(session, opened.row.id)), goes_on=True)


PlayerDep = Annotated[FootagePlayer, Depends(player_of)]


@router.get("/main.m3u8", response_class=Response)
def get_seconds_main(player: PlayerDep) -> Response:
    """Return the playlist that a player begins with."""
    return _answer(player.main_playlist().encode(), PLAYLIST)


@router.get("/{track}.m3u8", response_class=Response)
def get_seconds_track(player: PlayerDep, track: Track) -> Response:
    """Return the playlist of one track."""
    return _answer(player.playlist(track).encode(), PLAYLIST)


@router.get("/{track}/init.mp4", response_class=Response)
async def get_seconds_first_initialisation(player: PlayerDep, track: Track) -> Response:
    """Return what a decoder must know before the first fragment."""
    return _answer(await decrypted(partial(player.initialisation, track, 0)), MP4)


@router.get("/{track}/init-{era}.mp4", response_class=Response)
async def get_seconds_initialisation(player: PlayerDep, track: Track, era: PathNumber) -> Response:
    """Return what a decoder must know after a change of codec."""
    return _answer(await decrypted(partial(player.initialisation, track, era)), MP4)


@router.get("/{track}/{seq}.m4s", response_class=Response)
async def get_seconds_fragment(player: PlayerDep, track: Track, seq: PathNumber) -> Response:
    """Return one track of one second, decrypted for this request."""
    return _answer(await decrypted(partial(player.fragment, track, seq)), MP4)


def _answer(data: bytes, media_type: str) -> Response:
    return Response(data, media_type=media_type, headers={"Cache-Control": "no-store"})

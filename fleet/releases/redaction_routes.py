"""The HTTP API of what is hidden in releases: the draft, the search for faces, and the copy to be watched.

A copy is played under a viewing of its recording or import, which was opened with a purpose (F1); every
answer with plaintext in it says ``no-store``. ``recording`` is the id of either.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from fleet.core.actor import Actor
from fleet.core.bodies import HIGHEST, PathNumber
from fleet.core.database import SessionDep
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.footage.watching.decrypting import decrypted
from fleet.footage.watching.footage_player import PlayedFootage
from fleet.footage.watching.routes import MP4, PLAYLIST, Viewer
from fleet.footage.watching.services import WatchingDep
from fleet.imagery.models import ImportRow
from fleet.imagery.seconds.asking import is_clip
from fleet.imagery.services import ImportsDep
from fleet.people.access import Permission, require
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.still import with_hidden_still
from fleet.releases.playing.played_copies import (
    PlayedCopy,
    drafted_copy,
    import_for,
    played_copy,
    recording_for,
    seconds_for,
)
from fleet.releases.redacting.bodies import PlayedSpans, RedactionEdit, RedactionOfApi, WatchedOfApi
from fleet.releases.redacting.drafts import (
    ask_search,
    begin_redaction,
    change_redaction,
    copy_digest,
    get_redaction,
    remove_redaction,
)
from fleet.releases.redacting.watchings import STILL, note_played, note_sent, watched_by
from fleet.releases.services import ReleasesDep
from fleet.releases.steps import get_release
from fleet.releases.subjects import released_one
from protocol.footage.format.model import Track

router = APIRouter(prefix="/api/v1/releases/{release}", tags=["releases"])

SEES = [Depends(require(Permission.SEE_RELEASES))]
Drafter = Annotated[Actor, Depends(require(Permission.RELEASE))]
_T = TypeVar("_T")
_NO_STORE = {"Cache-Control": "no-store"}


@router.get("/redactions/{recording}", dependencies=SEES)
def get_one_redaction(release: str, recording: str, session: SessionDep) -> RedactionOfApi:
    """Return what is hidden in a recording of a release, and who watched the copy as it is now."""
    row = get_release(session, release)
    found = get_redaction(session, release, released_one(row, recording))
    return RedactionOfApi.of(found, watched_by(session, row, found))


@router.post("/redactions/{recording}")
def post_redaction(release: str, recording: str, session: SessionDep, actor: Drafter) -> RedactionOfApi:
    """Begin to hide something in a recording."""
    return RedactionOfApi.of(begin_redaction(session, release=release, recording=recording, by=actor))


@router.delete("/redactions/{recording}", status_code=204)
def delete_redaction(
    release: str,
    recording: str,
    session: SessionDep,
    actor: Drafter,
    version: Annotated[int, Query(ge=0, le=HIGHEST)],
) -> None:
    """Hide nothing in a recording after all."""
    remove_redaction(session, release=release, recording=recording, version=version, by=actor)


@router.post("/redactions/{recording}/steps")
def post_step(
    release: str, recording: str, body: RedactionEdit, session: SessionDep, actor: Drafter
) -> RedactionOfApi:
    """Do one step of a draft."""
    found = change_redaction(
        session,
        release=release,
        recording=recording,
        version=body.version,
        edit=body.step.applied,
        by=actor,
    )
    return RedactionOfApi.of(found)


@router.post("/redactions/{recording}/search")
def post_search(
    release: str, recording: str, session: SessionDep, releases: ReleasesDep, actor: Drafter
) -> RedactionOfApi:
    """Have faces searched for."""
    found = ask_search(session, release=release, recording=recording, by=actor)
    releases.searcher.wake()
    return RedactionOfApi.of(found)


def copy_of(
    release: str,
    recording: str,
    viewing: str,
    services: ServicesDep,
    watching: WatchingDep,
    imports: ImportsDep,
    actor: Viewer,
) -> PlayedCopy:
    """FastAPI dependency: the copy of something as it is drafted now, played under the actor's viewing."""
    drafted = drafted_copy(services, release, recording, actor)
    opened: PlayedFootage
    if isinstance(drafted.of, ImportRow):
        opened = seconds_for(services, imports.opener, drafted.of, viewing, actor)
    else:
        opened = recording_for(watching.viewings, drafted.of, viewing, actor)
    return played_copy(release, drafted, opened, actor)


CopyDep = Annotated[PlayedCopy, Depends(copy_of)]
_COPY = "/copies/{recording}/{viewing}"


@router.get(f"{_COPY}/main.m3u8", response_class=Response)
def get_copy_playlist(copy: CopyDep) -> Response:
    """Return the playlist that a player of the copy begins with."""
    return _answer(_made(copy.player.main_playlist).encode(), PLAYLIST)


@router.get(f"{_COPY}/{{track}}.m3u8", response_class=Response)
def get_copy_track(copy: CopyDep, track: Track) -> Response:
    """Return the playlist of one track of the copy."""
    return _answer(copy.player.playlist(track).encode(), PLAYLIST)


@router.get(f"{_COPY}/{{track}}/init.mp4", response_class=Response)
async def get_copy_first_initialisation(copy: CopyDep, track: Track) -> Response:
    """Return what a decoder must know before the first fragment of the copy."""
    return _answer(await decrypted(partial(_made, copy.player.initialisation, track, 0)), MP4)


@router.get(f"{_COPY}/{{track}}/init-{{era}}.mp4", response_class=Response)
async def get_copy_initialisation(copy: CopyDep, track: Track, era: PathNumber) -> Response:
    """Return what a decoder must know after a change of codec."""
    return _answer(await decrypted(partial(_made, copy.player.initialisation, track, era)), MP4)


@router.get(f"{_COPY}/{{track}}/{{seq}}.m4s", response_class=Response)
async def get_copy_fragment(copy: CopyDep, services: ServicesDep, track: Track, seq: PathNumber) -> Response:
    """Return one track of one chunk of the copy, made for this request; that it was sent is kept."""
    return _answer(await decrypted(partial(_sent, services, copy, track, seq)), MP4)


@router.get(f"{_COPY}/still.jpg", response_class=Response)
def get_copy_still(
    release: str,
    recording: str,
    viewing: str,
    services: ServicesDep,
    imports: ImportsDep,
    actor: Viewer,
) -> Response:
    """Return the copy of a photograph as it will go out, made for this request; that it was sent is kept."""
    drafted = drafted_copy(services, release, recording, actor)
    if not isinstance(drafted.of, ImportRow) or is_clip(drafted.of):
        raise ProblemError(404, "not_a_photograph", "That is not a photograph: it is played.")
    opened = import_for(imports.opener, drafted.of, viewing, actor)
    original = b"".join(opened.plain().blocks())
    plan = drafted.approved.plan
    made = _made(with_hidden_still, original, plan) or original
    with services.sessions.begin() as session:
        row = get_release(session, release)
        found = get_redaction(session, release, drafted.of, lock=True)
        if copy_digest(row, found) == drafted.digest:
            note_sent(session, row, found, needed=STILL, span=STILL[0], by=actor)
    return _answer(made, "image/jpeg")


@router.post(f"{_COPY}/played")
def post_played(
    release: str,
    recording: str,
    viewing: str,
    body: PlayedSpans,
    services: ServicesDep,
    watching: WatchingDep,
    imports: ImportsDep,
    actor: Viewer,
) -> WatchedOfApi:
    """Keep what a player says that it played; what was not sent to whoever says so does not count."""
    # A viewing that is used is kept so, by a write of its own: before the one that this is about begins.
    with services.readers() as session:
        of = released_one(get_release(session, release), recording)
        if (
            isinstance(of, ImportRow)
            and imports.opener.viewing_of(session, viewing, actor).import_id != of.id
        ):
            raise ProblemError(404, "viewing_ended", "This viewing is of another import.")
    if not isinstance(of, ImportRow):
        recording_for(watching.viewings, of, viewing, actor)
    with services.sessions.begin() as session:
        row = get_release(session, release)
        found = get_redaction(session, release, released_one(row, recording))
        return WatchedOfApi.of(note_played(session, row, found, body.spans, by=actor))


def _sent(services: Services, copy: PlayedCopy, track: Track, seq: int) -> bytes:
    data = _made(copy.player.fragment, track, seq)
    span = copy.copy.span_of(seq)
    if span is not None and copy.copy.counts(seq, track):
        with services.sessions.begin() as session:
            row = get_release(session, copy.release)
            found = get_redaction(session, copy.release, copy.of, lock=True)
            if (
                copy_digest(row, found) != copy.digest
            ):  # changed while it was made: this is no copy of it any more
                return data
            note_sent(session, row, found, needed=copy.copy.needed(), span=span, by=copy.actor)
    return data


def _made(make: Callable[..., _T], *args: object) -> _T:
    try:
        return make(*args)
    except RedactionError as error:
        raise ProblemError(409, "cannot_be_redacted", str(error)) from error


def _answer(data: bytes, media_type: str) -> Response:
    return Response(data, media_type=media_type, headers=_NO_STORE)

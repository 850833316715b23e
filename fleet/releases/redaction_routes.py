"""The HTTP API of what is hidden in releases: the draft, the search for faces, and the copy to be watched.

A copy is played under a viewing of its recording, which was opened with a purpose (F1); every answer with
plaintext in it says ``no-store``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from fleet.footage.watching.player import Player
from fleet.footage.watching.routes import MP4, PLAYLIST, OwnViewing, Viewer
from fleet.footage.watching.viewings import Viewing
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.redaction.errors import RedactionError
from fleet.redaction.rules.refusal import RedactionRefusalError
from fleet.releases.packages.copies import RedactedCopy
from fleet.releases.packages.covers import spans_of
from fleet.releases.packages.plans import plan_of
from fleet.releases.packages.redacted import RedactedParts
from fleet.releases.redacting.bodies import PlayedSpans, RedactionEdit, RedactionOfApi, WatchedOfApi
from fleet.releases.redacting.drafts import (
    approved_plan,
    ask_search,
    begin_redaction,
    change_redaction,
    copy_digest,
    get_redaction,
    recording_of,
    remove_redaction,
)
from fleet.releases.redacting.watchings import note_played, note_sent, watched_by
from fleet.releases.services import ReleasesDep
from fleet.releases.steps import get_release
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
    found = get_redaction(session, release, recording_of(row, recording).id)
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


@dataclass(frozen=True, slots=True)
class PlayedCopy:
    """A copy that somebody plays: of which release and recording, which one, to whom, and what plays it."""

    release: str
    recording: int
    digest: str
    actor: Actor
    copy: RedactedCopy
    player: Player


def copy_of(
    release: str, recording: str, viewing: OwnViewing, services: ServicesDep, actor: Viewer
) -> PlayedCopy:
    """FastAPI dependency: the copy of a recording as it is drafted now, played under the actor's viewing."""
    return played_copy(services, release, recording, viewing, actor)


def played_copy(
    services: Services, release: str, recording: str, viewing: Viewing, actor: Actor
) -> PlayedCopy:
    """Return the copy of a recording as it is drafted now.

    Raises:
        ProblemError: 404 there is no such release, redaction or viewing; 409 a proposal is not decided, or
            nothing lies wholly within what was chosen.
    """
    if viewing.player.arrived.summary.id != recording or not may(actor.roles, Permission.SEE_RELEASES):
        raise ProblemError(404, "viewing_ended", "This viewing is of another recording.")
    with services.readers() as session:
        row = get_release(session, release)
        of = recording_of(row, recording)
        found = get_redaction(session, release, of.id)
        try:
            approved = approved_plan(found)
        except RedactionRefusalError as error:
            raise ProblemError(409, "undecided", str(error)) from error
        spans, digest = spans_of(row, of), copy_digest(row, found)
    opened = viewing.player.recording
    copy = RedactedCopy(opened, plan_of(opened, spans), RedactedParts(opened, approved, most_kept=0))
    if copy.is_empty:
        detail = f"Nothing of recording {of.number} of {of.camera_id} lies wholly within what was chosen."
        raise ProblemError(409, "nothing_chosen", detail)
    return PlayedCopy(release, of.id, digest, actor, copy, Player(copy, goes_on=True))


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


@router.post(f"{_COPY}/played")
def post_played(
    release: str, recording: str, viewing: OwnViewing, body: PlayedSpans, session: SessionDep, actor: Viewer
) -> WatchedOfApi:
    """Keep what a player says that it played; what was not sent to whoever says so does not count."""
    if viewing.player.arrived.summary.id != recording:
        raise ProblemError(404, "viewing_ended", "This viewing is of another recording.")
    row = get_release(session, release)
    found = get_redaction(session, release, recording_of(row, recording).id)
    return WatchedOfApi.of(note_played(session, row, found, body.spans, by=actor))


def _sent(services: Services, copy: PlayedCopy, track: Track, seq: int) -> bytes:
    data = _made(copy.player.fragment, track, seq)
    span = copy.copy.span_of(seq)
    if span is not None and copy.copy.counts(seq, track):
        with services.sessions.begin() as session:
            row = get_release(session, copy.release)
            found = get_redaction(session, copy.release, copy.recording, lock=True)
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

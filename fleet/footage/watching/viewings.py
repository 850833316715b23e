"""Viewings: somebody watches a recording, for a purpose, for a while.

Rules (F1):
- a viewing is opened by ``POST`` with a purpose, and the vault writes that down before it gives a key; then
  it is a row, and goes on in whichever process is asked (``lasting``), which opens the recording without
  another entry: the entry of that viewing stands;
- it belongs to the actor who opened it: to anybody else it does not exist;
- it ends when it has not been used for ``IDLE``, after ``LONGEST`` in any case, when the same actor opens
  many others, when the recording is deleted or restricted, by whichever process, or the vault sealed. Its
  keys are overwritten then, as they are when a process stops. Watching on means opening another;
- another process goes on with it only where its playlists are those that its owner has. Of a recording that
  was still arriving the row says what is laid out (``shared_layout``); with one process it is opened anew.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import announce, reason
from fleet.core.live import RESYNC, Hint
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.core.tasks import beside
from fleet.footage.recordings.gone import DELETED_CODE
from fleet.footage.recordings.rows import TOPIC
from fleet.footage.restricting.restrictions import RESTRICTED_CODE
from fleet.footage.store.names import Place
from fleet.footage.watching.lasting import (
    ENDED,
    IDLE,
    LONGEST,
    TOUCHED_AFTER,
    Owner,
    add_viewing,
    end_viewings,
    lasting_viewing,
    touch_viewing,
)
from fleet.footage.watching.models import OpenViewing
from fleet.footage.watching.opened_recording import OpenedRecording
from fleet.footage.watching.opener import RecordingOpener
from fleet.footage.watching.player import Player
from fleet.footage.watching.playlists import layout_of
from fleet.footage.watching.shared_layout import SharedLayout, written_ranges
from fleet.processes.connection import postgres_of
from fleet.vault.by_hand.seals import seals_so_far

log = logging.getLogger(__name__)

ACTION = "footage:recording:view"
_ID_BYTES = 20
_OTHERWISE = (
    "This recording has changed since you opened it, or is still arriving; open it again to watch on."
)


@dataclass
class Viewing:
    """One viewing, as one process plays it.

    Attributes:
        id: what its addresses carry; random, and useless to another actor.
        owner: the actor's kind and id.
        player: plays what is watched.
        purpose: why its owner said that they watch.
        opened: when.
        used: when last in this process; ``Viewings`` alone changes it, behind its lock.
    """

    id: str
    owner: Owner
    player: Player
    purpose: str
    opened: datetime
    used: datetime


class Viewings:
    """Opens viewings, and plays those that are asked for here. Safe to use from several threads."""

    def __init__(self, services: Services, opener: RecordingOpener) -> None:
        self._services = services
        self._opener = opener
        self._lock = threading.Lock()
        self._open: dict[str, Viewing] = {}

    def open(self, public_id: str, actor: Actor, purpose: str) -> Viewing:
        """Begin to watch a recording.

        Raises:
            ProblemError: 404 there is no such recording; 409 there is nothing of it to look at yet; 422 no
                purpose.
            StoreError: the store failed.
        """
        with self._services.readers() as session:
            seals = seals_so_far(session)  # one that comes from now on ends it
        recording = self._opener.open(public_id, actor=actor, action=ACTION, purpose=purpose)
        moment, owner, why = self._services.clock(), _owner(actor), " ".join(purpose.split())
        name = base64.b32encode(self._services.random(_ID_BYTES)).decode("ascii").lower()
        viewing = Viewing(name, owner, Player(recording), why, moment, moment)
        row = OpenViewing(
            id=name,
            owner_kind=owner[0],
            owner=owner[1],
            recording=recording.arrived.summary.id,
            purpose=why,
            opened=moment,
            used=moment,
            seals=seals,
            layout=layout_of(recording.arrived.timeline),
            shown=self._shown(recording),
        )
        try:
            with self._services.sessions.begin() as session:
                add_viewing(session, row)
                announce(session, TOPIC, row.recording)  # pages that show who looked at it
                is_shared = row.shown is not None
            if is_shared:
                recording.share(SharedLayout(self._services, name))
        except BaseException:
            recording.close()
            raise
        with self._lock:
            self._sweep(moment)
            self._open[name] = viewing
        self._end_over()
        return viewing

    def get(self, name: str, actor: Actor) -> Viewing:
        """Return a viewing of this actor's; one of another process goes on here.

        Raises:
            ProblemError: 404 there is none: it ended, it is somebody else's, or it cannot go on here; 503 the
                vault of this process is sealed.
            StoreError: the store failed.
        """
        moment, owner = self._services.clock(), _owner(actor)
        with self._lock:
            self._sweep(moment)
        with self._services.readers() as session:
            row = lasting_viewing(session, name, moment)
        if row is None:
            self._forget(name)
        if row is None or (row.owner_kind, row.owner) != owner:
            raise _ended()
        with self._lock:
            viewing = self._open.get(name)
        if viewing is None:
            viewing = self._go_on(row, actor, moment)
        with self._lock:
            viewing.used = moment
        if moment - row.used >= TOUCHED_AFTER:
            self._touch(name, moment)
        return viewing

    def end(self, name: str, actor: Actor) -> None:
        """End a viewing; one that has ended stays so."""
        with self._services.sessions.begin() as session:
            row = session.get(OpenViewing, name)
            if row is None or (row.owner_kind, row.owner) != _owner(actor):
                return
            end_viewings(session, [name])
        self._forget(name)

    def end_of(self, place: Place) -> None:
        """End every viewing of a recording, whoever's it is, as it is deleted: none goes on anywhere then."""
        self._forget_those(lambda each: each.player.arrived.summary.place == place)
        self._opener.close_of(place)  # what is on its way out too

    def end_deleted(self, public_id: str | None = None) -> None:
        """End those of a recording, or of all where it is None, that is or goes deleted, or is restricted."""
        for place in self._opener.deleted(public_id):
            self.end_of(place)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """End viewings as their recordings are deleted or others end them; forget all keys at the end."""
        try:
            async with beside(self._follow()):
                yield
        finally:
            self._forget_those(lambda _each: True)

    async def _follow(self) -> None:
        """Follow what any process ends; a database that fails leaves it to the next hint, and to ``get``."""
        async with self._services.live.subscribe() as hints:
            async for hint in hints:
                if hint.topic not in {TOPIC, ENDED} and hint is not RESYNC:
                    continue
                try:
                    await run_in_threadpool(self._heard, hint)
                except SQLAlchemyError as error:
                    log.warning("Whether what is watched has ended is not known: %s", reason(error))

    def _heard(self, hint: Hint) -> None:
        if hint.topic != ENDED:
            self.end_deleted(hint.subject if hint is not RESYNC else None)
        if hint.topic != TOPIC:
            self._end_over()

    def _go_on(self, row: OpenViewing, actor: Actor, moment: datetime) -> Viewing:
        """Go on with a viewing of another process, or of this one before it was started again."""

        def stands(session: Session) -> bool:
            return lasting_viewing(session, row.id, moment) is not None

        try:
            recording = self._opener.open_again(row.recording, actor=actor, action=ACTION, stands=stands)
        except ProblemError as problem:
            if problem.code in {DELETED_CODE, RESTRICTED_CODE}:
                raise _ended() from problem
            raise
        try:
            self._lay_out_as_told(recording, row)
        except BaseException:
            recording.close()
            raise
        player = Player(recording, goes_on=True)
        viewing = Viewing(row.id, (row.owner_kind, row.owner), player, row.purpose, row.opened, moment)
        with self._lock:
            known = self._open.setdefault(row.id, viewing)
        if known is not viewing:  # asked for twice at once, as players do
            recording.close()
        with self._services.readers() as session:
            if not stands(session):  # it was ended while it was opened, and nothing was here to be ended
                self._forget(row.id)
                raise _ended()
        return known

    def _shown(self, recording: OpenedRecording) -> str | None:
        """Return which chunks are laid out, where another process may have to go on from there."""
        can_be_shared = postgres_of(self._services.config.database.url) is not None
        if not can_be_shared or recording.arrived.summary.is_whole:
            return None
        return written_ranges(recording.arrived.timeline.chunks)

    def _lay_out_as_told(self, recording: OpenedRecording, row: OpenViewing) -> None:
        """Lay a recording out as the viewing's owner was told, or refuse to go on with it."""
        arrived = recording.arrived
        if row.shown is not None:
            recording.share(SharedLayout(self._services, row.id))
        elif not arrived.summary.is_whole or layout_of(arrived.timeline) != row.layout:
            raise _ended(_OTHERWISE)

    def _touch(self, name: str, moment: datetime) -> None:
        try:
            with self._services.sessions.begin() as session:
                touch_viewing(session, name, moment)
        except SQLAlchemyError as error:
            log.warning("That a viewing is used is not kept: %s", reason(error))

    def _end_over(self) -> None:
        """End here what has ended elsewhere."""
        with self._lock:
            names = list(self._open)
        if not names:
            return
        moment = self._services.clock()
        with self._services.readers() as session:
            over = {each for each in names if lasting_viewing(session, each, moment) is None}
        self._forget_those(lambda each: each.id in over)

    def _sweep(self, moment: datetime) -> None:
        """Forget the keys of what nobody has used here for long; the row says whether it lasts."""
        for viewing in list(self._open.values()):
            is_over = moment - viewing.used > IDLE or moment - viewing.opened > LONGEST
            if is_over or viewing.player.was_sealed:
                self._close(viewing)

    def _forget(self, name: str) -> None:
        self._forget_those(lambda each: each.id == name)

    def _forget_those(self, those: Callable[[Viewing], bool]) -> None:
        with self._lock:
            for viewing in list(self._open.values()):
                if those(viewing):
                    self._close(viewing)

    def _close(self, viewing: Viewing) -> None:
        viewing.player.close()
        del self._open[viewing.id]


def _ended(detail: str = "This viewing has ended; open the recording again to watch on.") -> ProblemError:
    return ProblemError(404, "viewing_ended", detail)


def _owner(actor: Actor) -> Owner:
    return str(actor.kind), actor.id

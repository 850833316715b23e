"""Viewings: somebody watches a recording, for a purpose, for a while.

Rules (F1):
- a viewing is opened by ``POST`` with a purpose, and the vault writes that down before it gives a key;
- it belongs to the actor who opened it: to anybody else it does not exist;
- it ends when it has not been used for ``IDLE``, after ``LONGEST`` in any case, when the same actor opens
  many others, when the recording is deleted, by whichever process, or the vault sealed, and when the service
  stops; its keys are overwritten then. Watching on means opening another;
- it lives in the process that opened it: another does not know it.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from fleet.core.actor import Actor
from fleet.core.database import reason
from fleet.core.live import RESYNC
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.core.tasks import beside
from fleet.footage.recordings.rows import TOPIC
from fleet.footage.store.names import Place
from fleet.footage.watching.opener import RecordingOpener
from fleet.footage.watching.player import Player

log = logging.getLogger(__name__)

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
MOST_EACH = 8
ACTION = "footage:recording:view"
_ID_BYTES = 20


@dataclass
class Viewing:
    """One viewing.

    Attributes:
        id: what its addresses carry; random, and useless to another actor.
        owner: the actor's kind and id.
        player: plays what is watched.
        purpose: why its owner said that they watch.
        opened: when.
        used: when last; ``Viewings`` alone changes it, behind its lock.
    """

    id: str
    owner: tuple[str, str]
    player: Player
    purpose: str
    opened: datetime
    used: datetime


class Viewings:
    """The viewings that are open in this process. Safe to use from several threads."""

    def __init__(self, services: Services, opener: RecordingOpener) -> None:
        self._clock = services.clock
        self._random = services.random
        self._live = services.live
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
        recording = self._opener.open(public_id, actor=actor, action=ACTION, purpose=purpose)
        moment = self._clock()
        name = base64.b32encode(self._random(_ID_BYTES)).decode("ascii").lower()
        viewing = Viewing(name, _owner(actor), Player(recording), purpose, moment, moment)
        with self._lock:
            self._sweep(moment)
            mine = [each for each in self._open.values() if each.owner == viewing.owner]
            for each in sorted(mine, key=lambda one: one.used)[: max(0, len(mine) - MOST_EACH + 1)]:
                self._end(each)
            self._open[name] = viewing
        return viewing

    def get(self, name: str, actor: Actor) -> Viewing:
        """Return a viewing of this actor's.

        Raises:
            ProblemError: 404 there is none: it ended, or it is somebody else's.
        """
        moment = self._clock()
        with self._lock:
            self._sweep(moment)
            viewing = self._open.get(name)
            if viewing is None or viewing.owner != _owner(actor):
                detail = "This viewing has ended; open the recording again to watch on."
                raise ProblemError(404, "viewing_ended", detail)
            viewing.used = moment
        return viewing

    def end(self, name: str, actor: Actor) -> None:
        """End a viewing; one that has ended stays so."""
        with self._lock:
            viewing = self._open.get(name)
            if viewing is not None and viewing.owner == _owner(actor):
                self._end(viewing)

    def end_of(self, place: Place) -> None:
        """End every viewing of a recording, whoever's it is, as it is deleted."""
        with self._lock:
            for viewing in list(self._open.values()):
                if viewing.player.arrived.summary.place == place:
                    self._end(viewing)
        self._opener.close_of(place)  # what is on its way out too

    def end_deleted(self, public_id: str | None = None) -> None:
        """End those of a recording, or of all where it is None, that is deleted or about to be."""
        for place in self._opener.deleted(public_id):
            self.end_of(place)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """End viewings as their recordings are deleted, and every one at the end of the block."""
        try:
            async with beside(self._follow()):
                yield
        finally:
            with self._lock:
                for viewing in list(self._open.values()):
                    self._end(viewing)

    async def _follow(self) -> None:
        """End viewings of what any process deletes; a database that fails leaves them to the next hint."""
        async with self._live.subscribe() as hints:
            async for hint in hints:
                if hint.topic != TOPIC and hint is not RESYNC:
                    continue
                try:
                    await run_in_threadpool(self.end_deleted, hint.subject if hint is not RESYNC else None)
                except SQLAlchemyError as error:
                    log.warning("Whether what is watched was deleted is not known: %s", reason(error))

    def _sweep(self, moment: datetime) -> None:
        for viewing in list(self._open.values()):
            is_over = moment - viewing.used > IDLE or moment - viewing.opened > LONGEST
            if is_over or viewing.player.was_sealed:
                self._end(viewing)

    def _end(self, viewing: Viewing) -> None:
        viewing.player.close()
        del self._open[viewing.id]


def _owner(actor: Actor) -> tuple[str, str]:
    return str(actor.kind), actor.id

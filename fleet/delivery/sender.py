"""The sender: puts what is to be told into messages, and sends those that are due.

A message is read anew as it goes: what is over, seen by somebody with a resolution, or not for that user any
more is not in it. A try happens outside any transaction; whoever dies meanwhile leaves a lease that ends, and
the message goes again, with the same id. Nothing waits for any of it: once a message could not go, the others
by the same way are left for the next round, so that a server which hangs keeps no other way waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.alerts.models import AlertRow, AlertState
from fleet.alerts.register import TOPIC
from fleet.alerts.rules.kinds import Kinds
from fleet.core.database import announce
from fleet.core.live import Subscription
from fleet.core.services import Services
from fleet.core.tasks import beside
from fleet.delivery.choices import choice_of
from fleet.delivery.errors import DeliveryError
from fleet.delivery.models import Channel, MessageState, OutMessage
from fleet.delivery.outbox import Outlets, collect, finish, forget_messages, lease, note_failure, put_back
from fleet.delivery.rules.choosing import wants
from fleet.delivery.rules.wording import Told
from fleet.jobs.shared_clock import shared_now
from fleet.people.models import User

log = logging.getLogger(__name__)

PAUSE_S = 1.0
"""Between two rounds, however much there is."""
LONGEST_S = 10.0
AT_ONCE = 20
KEPT = timedelta(days=30)
DONE = "message"
"""The topic of what became of a message; the subject is its id."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message as it goes.

    Attributes:
        id: which.
        channel: how it goes.
        to: an address, or empty for the webhook.
        alerts: what it tells; none in a test.
        more: how many there are besides.
        urgent: whether it is urgent.
        is_test: whether it tells of nothing.
    """

    id: str
    channel: Channel
    to: str
    alerts: tuple[Told, ...]
    more: int
    urgent: bool
    is_test: bool


Post = Callable[[Parcel], None]
"""Hands a message over; raises ``DeliveryError`` where it was not taken."""


class Sender:
    """Sends messages; ``running`` is a worker."""

    def __init__(self, core: Services, kinds: Kinds, outlets: Outlets, posts: Mapping[Channel, Post]) -> None:
        self._core = core
        self._kinds = kinds
        self._outlets = outlets
        self._posts = posts

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send for the length of the block; nothing at all where nothing can go out."""
        async with beside(*([self._work()] if self._posts else [])):
            yield

    def round(self) -> int:
        """Collect what is to be told and send what is due; return how many messages were tried."""
        core = self._core
        with core.sessions.begin() as session:
            now = shared_now(
                session
            )  # by one clock it is said when a message is due, and looked whether it is
            collect(session, self._kinds, self._outlets, now, core.random)
            forget_messages(session, now - KEPT)
            rows = lease(session, now, AT_ONCE)
            parcels = [self._parcel(session, row) for row in rows]
            held = {row.id: row.leased for row in rows if row.leased is not None}
        away: set[Channel] = set()
        later: dict[str, datetime] = {}
        tried = 0
        for parcel in parcels:
            until = held[parcel.id]
            if parcel.channel in away:
                later[parcel.id] = until
            elif self._is_over(until):
                break  # the others took too long: another process may send this one by now
            else:
                tried += 1
                if not self._send(parcel, until):
                    away.add(parcel.channel)
        if later:
            with core.sessions.begin() as session:
                put_back(session, later)
        return tried

    def _is_over(self, until: datetime) -> bool:
        """Say whether a message that was held until then is not held any more."""
        with self._core.readers() as session:
            return shared_now(session) >= until

    async def _work(self) -> None:
        async with self._core.live.subscribe() as hints:
            while True:
                await asyncio.sleep(PAUSE_S)
                try:
                    await asyncio.to_thread(self.round)
                except Exception:
                    log.exception("Sending alerts failed; it is done again.")
                try:
                    await _something(hints)
                except StopAsyncIteration:
                    return

    def _send(self, parcel: Parcel, held: datetime) -> bool:
        """Send a message; return whether its way is there, as far as that shows it."""
        core = self._core
        is_empty = not parcel.alerts and not parcel.is_test
        if is_empty or parcel.channel not in self._posts:
            with core.sessions.begin() as session:
                finish(session, parcel.id, MessageState.NOT_NEEDED, core.clock())
            return True
        try:
            self._posts[parcel.channel](parcel)
        except DeliveryError as error:
            log.warning("A message of alerts did not go: %s", error)
            with core.sessions.begin() as session:
                moment = shared_now(session)
                note_failure(session, parcel.id, str(error), moment, is_final=error.is_final, held=held)
                announce(session, DONE, parcel.id)
            return error.is_final
        with core.sessions.begin() as session:
            finish(session, parcel.id, MessageState.SENT, core.clock())
            announce(session, DONE, parcel.id)
        return True

    def _parcel(self, session: Session, row: OutMessage) -> Parcel:
        to, alerts = "", _still(session, row, self._kinds)
        channel = Channel(row.channel)
        if channel is Channel.MAIL:
            to, alerts = _for_user(session, row, alerts)
        is_test = row.is_test and (channel is Channel.WEBHOOK or bool(to))
        return Parcel(row.id, channel, to, alerts, row.more if alerts else 0, row.urgent, is_test)


async def _something(hints: Subscription) -> None:
    """Wait until something became of alerts, or long enough.

    Raises:
        StopAsyncIteration: the bus closed.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_S):
            while (await anext(hints)).topic != TOPIC:
                pass


def _still(session: Session, row: OutMessage, kinds: Kinds) -> tuple[Told, ...]:
    """Return what of a message is so still and resolved by nobody."""
    query = select(AlertRow).where(AlertRow.id.in_(row.alerts), AlertRow.lasts.is_(True))
    found = {each.id: each for each in session.scalars(query) if each.state != AlertState.RESOLVED}
    those = (found[each] for each in row.alerts if each in found)
    return tuple(Told(each.id, kinds[each.kind], each.name, each.first_true) for each in those)


def _for_user(session: Session, row: OutMessage, alerts: tuple[Told, ...]) -> tuple[str, tuple[Told, ...]]:
    """Return where a user's mail goes now, and what of it they want still; nowhere for one who has left."""
    user = session.get(User, row.user_id)
    if user is None or user.is_out:
        return "", ()
    choice = choice_of(session, user.id)
    return choice.address, tuple(each for each in alerts if wants(choice, user.roles, each.kind))

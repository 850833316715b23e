"""The messages that wait to go out: rows, so that a restart forgets none, and as many as can be kept.

Rules:
- an alert is told once, once it has been true for as long as its kind settles and while nobody has seen it;
- what is to be told to somebody soon goes in one message; urgent things go in one of their own;
- whoever held a message for too long changes nothing of it once another has taken it;
- where very many messages wait no more are begun: their alerts are told once there is room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from fleet.alerts.models import AlertRow, AlertState
from fleet.alerts.rules.kinds import Kinds
from fleet.core.database import Turn, take_turn
from fleet.core.one_time import AHEAD
from fleet.delivery.choices import choices
from fleet.delivery.models import Channel, MessageState, OutMessage
from fleet.delivery.rules.choosing import wants
from fleet.delivery.rules.timing import LEASE, QuietHours, first_due, pause_after

MOST_WAITING = 1000
MOST_IN_ONE = 200
MOST_DONE = 10_000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Outlets:
    """By what people are told, and when.

    Attributes:
        mail: whether mail can go out.
        webhook: whether there is a webhook.
        quiet: when only urgent messages go.
    """

    mail: bool
    webhook: bool
    quiet: QuietHours


def collect(
    session: Session, kinds: Kinds, outlets: Outlets, now: datetime, random: Callable[[int], bytes]
) -> int:
    """Put what is to be told into messages; return how many alerts that were."""
    take_turn(session, Turn.ALERTS)
    told, everybody = 0, list(choices(session).items()) if outlets.mail else []
    for row in _untold(session, now):
        kind = kinds[row.kind]
        if row.first_true + kind.settles > now:
            continue
        takers: list[tuple[Channel, str | None]] = [
            (Channel.MAIL, id_) for id_, (user, choice) in everybody if wants(choice, user.roles, kind)
        ]
        if outlets.webhook:
            takers.append((Channel.WEBHOOK, None))
        if takers and _waiting(session) >= MOST_WAITING:
            break
        for channel, user in takers:
            _add(session, channel, user, row.id, outlets.quiet, now, random, urgent=kind.urgent)
        row.told = now
        told += 1
    session.flush()
    return told


def add_test(
    session: Session, channel: Channel, user: str | None, now: datetime, random: Callable[[int], bytes]
) -> OutMessage:
    """Have a message go out at once that tells of nothing; the one that waits already, if one does."""
    same = select(OutMessage).where(
        OutMessage.is_test, OutMessage.state == MessageState.WAITING, *_to(channel, user)
    )
    found = session.scalars(same.limit(1)).first()
    if found is not None:
        found.due = now
        return found
    row = _new(channel, user, now, now, random, urgent=True, is_test=True)
    session.add(row)
    session.flush()
    return row


_LONGEST, _HELD = timedelta(days=1) + AHEAD, LEASE + AHEAD
"""No message waits or is held for longer: a clock that was ahead said so, and it is due."""


def lease(session: Session, now: datetime, limit: int) -> Sequence[OutMessage]:
    """Take messages that are due, so that no other process takes them for a while."""
    query = (
        select(OutMessage)
        .where(OutMessage.state == MessageState.WAITING)
        .where(or_(OutMessage.due <= now, OutMessage.created > now + AHEAD, OutMessage.due > now + _LONGEST))
        .where(or_(OutMessage.leased.is_(None), OutMessage.leased < now, OutMessage.leased > now + _HELD))
        .order_by(OutMessage.urgent.desc(), OutMessage.due, OutMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(query).all()
    for row in rows:
        if row.created > now + AHEAD or row.due > now + _LONGEST:
            row.created = row.due = now  # once: from now on it waits as any other does
        row.leased = now + LEASE
    session.flush()
    return rows


def put_back(session: Session, taken: Mapping[str, datetime]) -> None:
    """Have messages that were taken, and not tried, go as soon as others do.

    Args:
        session: a writing session.
        taken: the messages, and until when they are held by whoever puts them back: what another process has
            taken meanwhile is that one's.
    """
    for message, until in taken.items():
        row = session.get(OutMessage, message, with_for_update=True, populate_existing=True)
        if row is not None and row.state == MessageState.WAITING and row.leased == until:
            row.leased = None


def finish(session: Session, message: str, state: MessageState, now: datetime) -> None:
    """Note that a message went, or was not needed."""
    row = session.get(OutMessage, message, with_for_update=True)
    if row is not None and row.state == MessageState.WAITING:
        row.state, row.finished, row.leased, row.error = state, now, None, ""


def note_failure(
    session: Session, message: str, error: str, now: datetime, *, is_final: bool, held: datetime | None = None
) -> None:
    """Note that a message could not go; it is tried again after a pause, or given up.

    Where it was held until ``held`` and another process has taken it since, that one says what became of it.
    """
    row = session.get(OutMessage, message, with_for_update=True)
    if row is None or row.state != MessageState.WAITING or (held is not None and row.leased != held):
        return
    row.tries, row.error, row.leased = row.tries + 1, error, None
    pause = None if is_final or row.is_test else pause_after(row.tries)
    if pause is None:
        row.state, row.finished = MessageState.FAILED, now
    else:
        row.due = now + pause


def last_messages(session: Session, channel: Channel, user: str | None, limit: int) -> Sequence[OutMessage]:
    """Return somebody's messages, the newest first."""
    query = select(OutMessage).where(*_to(channel, user)).order_by(OutMessage.created.desc(), OutMessage.id)
    return session.scalars(query.limit(limit)).all()


def forget_messages(session: Session, before: datetime) -> None:
    """Delete messages that were done before a time, and the oldest beyond ``MOST_DONE``."""
    done = OutMessage.finished.is_not(None)
    session.execute(delete(OutMessage).where(done, OutMessage.finished < before))
    over = (session.scalar(select(func.count()).select_from(OutMessage).where(done)) or 0) - MOST_DONE
    if over > 0:
        oldest = select(OutMessage.id).where(done).order_by(OutMessage.finished, OutMessage.id).limit(over)
        gone = session.scalars(oldest).all()
        for start in range(0, len(gone), _AT_ONCE):
            session.execute(delete(OutMessage).where(OutMessage.id.in_(gone[start : start + _AT_ONCE])))


def _untold(session: Session, now: datetime) -> Sequence[AlertRow]:
    query = (
        select(AlertRow)
        .where(AlertRow.lasts.is_(True), AlertRow.told.is_(None), AlertRow.state == AlertState.OPEN)
        .where(AlertRow.doubtful.is_(None), AlertRow.first_true <= now)
        .order_by(AlertRow.first_true, AlertRow.id)
    )
    return session.scalars(query.limit(_AT_ONCE)).all()


def _waiting(session: Session) -> int:
    query = select(func.count()).select_from(OutMessage)
    return session.scalar(query.where(OutMessage.state == MessageState.WAITING)) or 0


def _add(
    session: Session,
    channel: Channel,
    user: str | None,
    alert: str,
    quiet: QuietHours,
    now: datetime,
    random: Callable[[int], bytes],
    *,
    urgent: bool,
) -> None:
    begun = select(OutMessage).where(
        *(OutMessage.state == MessageState.WAITING, OutMessage.urgent.is_(urgent), *_to(channel, user)),
        *(OutMessage.is_test.is_(False), OutMessage.tries == 0, OutMessage.leased.is_(None)),
    )
    row = session.scalars(begun.order_by(OutMessage.created).limit(1)).first()
    if row is None:
        soon = urgent or channel is Channel.WEBHOOK  # a program does not sleep
        row = _new(channel, user, first_due(now, quiet, urgent=soon), now, random, urgent=urgent)
        session.add(row)
    if len(row.alerts) < MOST_IN_ONE:
        row.alerts = [*row.alerts, alert]
    else:
        row.more += 1
    session.flush()


def _new(
    channel: Channel,
    user: str | None,
    due: datetime,
    now: datetime,
    random: Callable[[int], bytes],
    *,
    urgent: bool,
    is_test: bool = False,
) -> OutMessage:
    return OutMessage(
        id=random(16).hex(),
        channel=channel,
        user_id=user,
        urgent=urgent,
        is_test=is_test,
        alerts=[],
        more=0,
        created=now,
        due=due,
        tries=0,
        state=MessageState.WAITING,
        error="",
    )


def _to(channel: Channel, user: str | None) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    whose = OutMessage.user_id.is_(None) if user is None else OutMessage.user_id == user
    return (OutMessage.channel == channel, whose)

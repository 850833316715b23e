"""Whether messages go out: what does not is an alert, and never stops anything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.delivery.models import Channel, MessageState, OutMessage

FAILING = AlertKind(
    "delivery.failing",
    "Messages about alerts did not go out",
    "Messages about alerts did not go out by {number} ways.",
    BAD,
)
FAILURES = 2
"""So often a message has failed before that is told."""
TOLD_FOR = timedelta(days=1)
_WORDS = {Channel.MAIL: "e-mail", Channel.WEBHOOK: "the webhook"}


@dataclass(frozen=True, slots=True)
class Outage:
    """What does not go out.

    Attributes:
        channel: by which way.
        waiting: how many messages wait after a failure.
        given_up: how many were given up within ``TOLD_FOR``.
        error: why, as the last one failed.
    """

    channel: Channel
    waiting: int
    given_up: int
    error: str


def outages(session: Session, now: datetime) -> Sequence[Outage]:
    """Return by which ways messages do not go out: none has gone since they failed."""
    waits = (OutMessage.state == MessageState.WAITING) & (OutMessage.tries >= FAILURES)
    gave = (OutMessage.state == MessageState.FAILED) & (OutMessage.finished > now - TOLD_FOR)
    failed = select(OutMessage.channel).where(OutMessage.is_test.is_(False), or_(waits, gave)).distinct()
    ways = set(session.scalars(failed))
    found = [_outage(session, channel, waits, gave) for channel in Channel if channel in ways]
    return [each for each in found if each.waiting or each.given_up]


def _outage(
    session: Session, channel: Channel, waits: ColumnElement[bool], gave: ColumnElement[bool]
) -> Outage:
    """Return what does not go out by one way; nothing of it is where something has gone since."""
    of = OutMessage.channel == channel
    went = session.scalar(
        select(func.max(OutMessage.finished)).where(of, OutMessage.state == MessageState.SENT)
    )
    if went is not None:
        gave &= OutMessage.finished > went
    rows = session.execute(
        select(OutMessage.state, func.count(), func.max(OutMessage.error))
        .where(of, OutMessage.is_test.is_(False), or_(waits, gave))
        .group_by(OutMessage.state)
    ).all()
    counts = {state: (number, error) for state, number, error in rows}
    waiting, error = counts.get(MessageState.WAITING, (0, ""))
    given_up, last = counts.get(MessageState.FAILED, (0, ""))
    return Outage(channel, waiting, given_up, error or last)


def words_of(outage: Outage) -> str:
    """Say what does not go out, and why."""
    those = []
    if outage.waiting:
        those.append(f"{_messages(outage.waiting)} {'waits' if outage.waiting == 1 else 'wait'}")
    if outage.given_up:
        verb = "was" if outage.given_up == 1 else "were"
        those.append(f"{_messages(outage.given_up)} {verb} given up within a day")
    return f"Not all went out by {_WORDS[outage.channel]}: {', '.join(those)}. {outage.error}"


def delivery_source() -> AlertSource:
    """Return what finds that messages do not go out."""

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        step = "Tell whoever runs this service. Look at Alerts by yourselves until then."
        return tuple(
            AlertFinding(FAILING, each.channel, each.channel, words_of(each), step, "/alerts/told")
            for each in outages(session, now)
        )

    return simple((FAILING,), find)


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"

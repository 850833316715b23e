"""What somebody is told of alerts, and whether it goes out, as the page shows it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.alerts.rules.kinds import AlertKind
from fleet.delivery.models import MessageState, OutMessage
from fleet.delivery.rules.choosing import ToldChoice, ToldLevel
from fleet.delivery.rules.timing import LEASE, QuietHours
from fleet.web.views.moments import Moment, count, moment

LEVELS = {
    ToldLevel.NOTHING: "Nothing",
    ToldLevel.URGENT: "What is urgent",
    ToldLevel.ALL: "All that is ticked below",
}
"""How much somebody can want, and the words for it."""


@dataclass(frozen=True, slots=True)
class KindBox:
    """A kind that can be ticked."""

    id: str
    title: str
    is_urgent: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message, and what became of it."""

    at: Moment
    text: str
    tone: str


def kind_boxes(kinds: Sequence[AlertKind], choice: ToldChoice) -> tuple[KindBox, ...]:
    """Return the kinds that somebody sees, and which they are told of."""
    return tuple(KindBox(each.id, each.title, each.urgent, each.id not in choice.without) for each in kinds)


def quiet_words(quiet: QuietHours) -> str:
    """Say when only urgent messages go."""
    if quiet.start == quiet.end:
        return "There are no quiet hours: messages go at any time."
    times = f"From {quiet.start:%H:%M} to {quiet.end:%H:%M}"
    return f"{times} only urgent messages go; the others wait until then."


def message_views(rows: Sequence[OutMessage], now: datetime, *, goes: bool) -> tuple[MessageView, ...]:
    """Show messages, in their order; ``goes`` is whether anything goes out by their way."""
    return tuple(_message_view(row, now, goes=goes) for row in rows)


def _message_view(row: OutMessage, now: datetime, *, goes: bool) -> MessageView:
    what = "Test" if row.is_test else count(len(row.alerts) + row.more, "alert")
    if row.state == MessageState.SENT and row.finished is not None:
        text, tone = f"{what}: handed over {moment(row.finished, now, seconds=True).text}.", "good"
    elif row.state == MessageState.NOT_NEEDED:
        why = "none of it was so any more, it was not wanted, or nothing went out this way"
        text, tone = f"{what}: not sent, for {why}.", "quiet"
    elif row.state == MessageState.FAILED:
        text, tone = f"{what}: given up. {row.error}", "bad"
    else:
        text, tone = f"{what}: {_waiting(row, now, goes=goes)}", "warn" if row.tries or not goes else "busy"
    return MessageView(moment(row.created, now, seconds=True), text, tone)


def _waiting(row: OutMessage, now: datetime, *, goes: bool) -> str:
    """Say what a message waits for that has not gone."""
    due = moment(row.due, now, seconds=True).text
    failed = f"it failed {count(row.tries, 'time')}, and " if row.tries else ""
    error = f" {row.error}" if row.tries else ""
    if not goes:
        return f"it waits, for nothing goes out this way now: that is not set up.{error}"
    if row.leased is not None and row.leased > now:
        began = moment(row.leased - LEASE, now, seconds=True).text
        return f"{failed}a try began {began}; how that ended is not known yet.{error}"
    if row.due <= now:
        return f"{failed}was to go {due}, and goes as soon as the service comes to it.{error}"
    return f"{failed}goes again {due}.{error}" if row.tries else f"waits until {due}."

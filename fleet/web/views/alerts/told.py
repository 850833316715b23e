"""What somebody is told of alerts, and whether it goes out, as the page shows it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.alerts.rules.kinds import AlertKind
from fleet.delivery.models import MessageState, OutMessage
from fleet.delivery.rules.choosing import ToldChoice, ToldLevel
from fleet.delivery.rules.timing import QuietHours
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


def message_views(rows: Sequence[OutMessage], now: datetime) -> tuple[MessageView, ...]:
    """Show messages, in their order."""
    return tuple(_message_view(row, now) for row in rows)


def _message_view(row: OutMessage, now: datetime) -> MessageView:
    what = "Test" if row.is_test else count(len(row.alerts) + row.more, "alert")
    if row.state == MessageState.SENT and row.finished is not None:
        text, tone = f"{what}: handed over {moment(row.finished, now, seconds=True).text}.", "good"
    elif row.state == MessageState.NOT_NEEDED:
        text, tone = f"{what}: not sent, for none of it was so any more or wanted.", "quiet"
    elif row.state == MessageState.FAILED:
        text, tone = f"{what}: given up. {row.error}", "bad"
    elif row.tries:
        due = moment(row.due, now, seconds=True).text
        text, tone = (
            f"{what}: it failed {count(row.tries, 'time')}, and goes again {due}. {row.error}",
            "warn",
        )
    else:
        text, tone = f"{what}: waits until {moment(row.due, now, seconds=True).text}.", "busy"
    return MessageView(moment(row.created, now, seconds=True), text, tone)

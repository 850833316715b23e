"""An alert as pages show it: a sentence that is true whenever it is shown (F8). Pure.

Rules:
- while its fact is true, its own sentence, as of the look that the page was made with;
- where nobody can tell whether it is true, what was said and when, and that it is not known;
- once it is over, what was said and when, and since when it is no longer so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.alerts.models import AlertRow, AlertState, AlertStep, StepKind
from fleet.alerts.rules.kinds import AlertKind, Kinds
from fleet.alerts.rules.reconcile import RETURNS
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import Moment, count, moment


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert.

    Attributes:
        id: which.
        kind: what it is about, in a few words.
        name: what it is about, in a word or two.
        tone: ``bad``, ``warn`` or ``quiet``.
        icon: a name in the icon sprite.
        text: its sentence.
        step: what to do; empty where nothing is to be done.
        link: where.
        since: when it was first found.
        state: how far somebody has come with it, in a sentence; empty while nobody has seen it.
        comes_and_goes: how often it came back, in a sentence; empty where it did not.
        is_resolved: whether it needs nobody.
        can_reopen: whether a person resolved it and it is true, or can be.
        is_seen: whether somebody has seen it.
        owner_id: the id of who has it; empty for nobody.
    """

    id: str
    kind: str
    name: str
    tone: str
    icon: str
    text: str
    step: str
    link: str
    since: Moment
    state: str
    comes_and_goes: str
    is_resolved: bool
    can_reopen: bool
    is_seen: bool
    owner_id: str


@dataclass(frozen=True, slots=True)
class StepView:
    """A step in an alert's history, in words."""

    at: Moment
    text: str


def alert_view(row: AlertRow, kind: AlertKind, now: datetime) -> AlertView:
    """Show an alert, as of ``now``, for which it was brought up to date."""
    is_resolved = row.state == AlertState.RESOLVED
    return AlertView(
        id=row.id,
        kind=kind.title,
        name=row.name,
        tone="quiet" if is_resolved else row.tone,
        icon="check" if is_resolved else kind.icon,
        text=sentence(row, kind, now),
        step="" if is_resolved else row.step,
        link=row.link,
        since=moment(row.first_true, now),
        state=state_words(row, now),
        comes_and_goes=_returns(row),
        is_resolved=is_resolved,
        can_reopen=row.is_settled and row.lasts is True,
        is_seen=row.acknowledged is not None,
        owner_id=row.owner_id or "",
    )


def alert_views(rows: Sequence[AlertRow], kinds: Kinds, now: datetime) -> tuple[AlertView, ...]:
    """Show alerts, in their order."""
    return tuple(alert_view(row, kinds[row.kind], now) for row in rows)


def sentence(row: AlertRow, kind: AlertKind, now: datetime) -> str:
    """Say what an alert says, so that it is true as of ``now``."""
    if kind.is_event or (row.lasts and row.doubtful is None and not row.is_settled):
        return row.words
    said = f"As of {moment(row.last_true, now).text}: “{row.words}”"
    if row.ended is not None:
        return f"{said} That is not so any more, found {moment(row.ended, now).text}."
    if row.doubtful is not None:
        since = moment(row.doubtful, now).text
        return f"{said} Whether that is so still is not known since {since}."
    return said


def state_words(row: AlertRow, now: datetime) -> str:
    """Say who has an alert, who has seen it, or who has resolved it and why."""
    if row.state == AlertState.RESOLVED and row.resolved is not None:
        when = moment(row.resolved, now).text
        if row.resolved_by is None:
            return f"Resolved by itself, {when}."
        return f"Resolved by {isolated(row.resolved_by)}, {when}: {isolated(row.note or '')}"
    if row.owner is not None and row.taken is not None:
        return f"{isolated(row.owner)} has it, since {moment(row.taken, now).text}."
    if row.acknowledged_by is not None and row.acknowledged is not None:
        return f"{isolated(row.acknowledged_by)} has seen it, {moment(row.acknowledged, now).text}."
    return ""


def step_view(step: AlertStep, now: datetime) -> StepView:
    """Show a step of an alert's history."""
    by, note = isolated(step.by or ""), isolated(step.note)
    words = {
        StepKind.RAISED: "Raised: it was found.",
        StepKind.ACKNOWLEDGED: f"{by} has seen it.",
        StepKind.TAKEN: f"{by} took it.",
        StepKind.GIVEN: f"{by} gave it to {note}.",
        StepKind.RESOLVED: f"{by} resolved it: {note}",
        StepKind.REOPENED: f"{by} opened it again.",
        StepKind.ENDED: "It was found to be so no more.",
    }
    return StepView(moment(step.at, now, seconds=True), words[StepKind(step.what)])


def _returns(row: AlertRow) -> str:
    """Say how often an alert came back: from some number on no new one is raised for that."""
    if not row.returns:
        return ""
    more = " or more" if row.returns >= RETURNS else ""
    return f"It comes and goes: it came back {count(row.returns, 'time')}{more}, each time within an hour."

"""Break-glass as pages tell it, to everybody who is signed in. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fleet.core.actor import OPERATOR
from fleet.people.models import BreakGlass
from fleet.web.views.moments import moment


@dataclass(frozen=True, slots=True)
class BreakGlassView:
    """Who may do more than usual, or could.

    Attributes:
        id: of the row.
        name: who.
        said: what they may or could do, from when to when.
        reason: why, as typed on the host.
        end: how it ended; empty while it lasts.
        lasts: whether it can be ended now.
    """

    id: str
    name: str
    said: str
    reason: str
    end: str
    lasts: bool


def break_glass_views(rows: Iterable[BreakGlass], now: datetime) -> tuple[BreakGlassView, ...]:
    """Show them, in the order given."""
    return tuple(
        BreakGlassView(
            each.id, each.user.name, said(each, now), each.reason, _end(each, now), _lasts(each, now)
        )
        for each in rows
    )


def said(row: BreakGlass, now: datetime) -> str:
    """Say what somebody may do, or could, so that it follows their name."""
    span = row.span
    given = moment(span.begun, now).text
    if span.lasts(now):
        until = moment(span.ends, now).text
        if span.used is None:
            link = moment(span.link_until, now).text
            can = f"can be let in until {link}, as administrator until {until}"
            return f"{can}, given on the fleet's host {given}"
        return f"is let in as administrator until {until}, given on the fleet's host {given}"
    if span.used is None:
        return f"was given administrator rights on the fleet's host {given} and did not use them"
    until = moment(span.over, now).text
    return (
        f"could act as administrator from {moment(span.used, now).text} to {until}, given on the fleet's host"
    )


def _end(row: BreakGlass, now: datetime) -> str:
    if _lasts(row, now):
        return ""
    if row.ended is not None:
        where = "on the fleet's host" if row.ended_by == OPERATOR.name else f"by {row.ended_by}"
        return f"Ended {moment(row.ended, now).text} {where}."
    if row.used is None:
        return "Its link was not used in time."
    return f"Ended by itself {moment(row.ends, now).text}."


def _lasts(row: BreakGlass, now: datetime) -> bool:
    return row.span.lasts(now)

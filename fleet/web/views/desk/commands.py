"""The last commands of a camera, in words: what was asked of it, by whom, and what became of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.cameras.commanding.models import CameraCommand
from fleet.visits.rules.consent import ConsentKind
from fleet.web.views.moments import Moment, moment
from fleet.web.views.visits.asked import AskedView, outcome_view
from fleet.web.views.visits.visit import CONSENT_WORDS

_AT_A_DOOR = "What was said at a door"
_NOBODY = "somebody who has no account any more"


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One command.

    Attributes:
        what: what was asked.
        by: who asked.
        at: when.
        became: what became of it.
    """

    what: str
    by: str
    at: Moment
    became: AskedView


def command_lines(
    rows: Sequence[CameraCommand], names: Mapping[str, str], now: datetime, *, sees_visits: bool
) -> tuple[CommandLine, ...]:
    """Return commands in words, in their order.

    Args:
        rows: the commands of a camera.
        names: of users, by their ids.
        now: the time.
        sees_visits: whether whoever reads it may see what was said at visits.
    """
    return tuple(
        CommandLine(
            _what(each, sees_visits=sees_visits),
            names.get(each.by_id, _NOBODY),
            moment(each.issued, now),
            outcome_view(each, now, "It", told=sees_visits),
        )
        for each in rows
    )


def _what(row: CameraCommand, *, sees_visits: bool) -> str:
    said = (row.said or {}).get("said")
    if not sees_visits or said not in set(ConsentKind):
        return _AT_A_DOOR
    return CONSENT_WORDS[ConsentKind(said)]

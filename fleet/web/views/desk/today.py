"""The page that is open all day: is everyone covered, what needs me, what was recorded.

Rules:
- the strip answers the first question, and whoever records comes first in it;
- tiles follow the same order: who records, who is not covered, who has a camera, what is in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.alerts.rules.finding import AlertFinding
from fleet.vault.sealed import Sealed
from fleet.web.facts import CameraFacts, DayFacts, RecordingFacts
from fleet.web.views.desk.attention import noticed
from fleet.web.views.desk.coverage import Strip, order, strip
from fleet.web.views.desk.found import vault_sealed as sealed_finding
from fleet.web.views.desk.grouping import Need, grouped
from fleet.web.views.desk.standing import Marks, marked, other_needs, without_settled
from fleet.web.views.moments import long_day
from fleet.web.views.recordings import Row, row
from fleet.web.views.tile import Tile, tile

RECENT = 6


@dataclass(frozen=True, slots=True)
class Today:
    """Everything that the page says.

    Attributes:
        day: today, in full.
        strip: who records, and whether everyone is covered.
        tiles: one for each camera.
        needs: what needs somebody.
        recent: the newest recordings.
        figures: today's counts.
    """

    day: str
    strip: Strip
    tiles: tuple[Tile, ...]
    needs: tuple[Need, ...]
    recent: tuple[Row, ...]
    figures: DayFacts


def today(
    cameras: Sequence[CameraFacts],
    recordings: Sequence[RecordingFacts],
    figures: DayFacts,
    now: datetime,
    *,
    vault_sealed: Sealed | None = None,
    others: Sequence[AlertFinding] = (),
    marks: Marks | None = None,
) -> Today:
    """Make the page as of ``now``.

    Args:
        cameras: all in service.
        recordings: newest first, with all that are not here yet.
        figures: today's counts.
        now: when.
        vault_sealed: why the vault can open nothing; None where it can.
        others: what else is found to need somebody.
        marks: the alerts that last; what a person has resolved is not shown.
    """
    working = [facts for facts in cameras if facts.revoked is None]
    return Today(
        day=long_day(now),
        strip=strip(working, recordings, now),
        tiles=tuple(tile(facts, now) for facts in sorted(working, key=order)),
        needs=_needs(working, recordings, now, (*_sealed(vault_sealed, now), *others), marks or {}),
        recent=tuple(row(facts, now) for facts in recordings[:RECENT]),
        figures=figures,
    )


def _needs(
    cameras: Sequence[CameraFacts],
    recordings: Sequence[RecordingFacts],
    now: datetime,
    others: Sequence[AlertFinding],
    marks: Marks,
) -> tuple[Need, ...]:
    found = noticed(without_settled(cameras, marks), recordings, now)
    return grouped(marked([*other_needs(others), *found], marks))


def _sealed(state: Sealed | None, now: datetime) -> tuple[AlertFinding, ...]:
    return (sealed_finding(state, now),) if state is not None else ()

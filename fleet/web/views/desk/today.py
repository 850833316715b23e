"""The page that is open all day: is everyone covered, what needs me, what was recorded.

Rules:
- the strip answers the first question, and whoever records comes first in it;
- tiles follow the same order: who records, who is not covered, who has a camera, what is in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.web.facts import CameraFacts, DayFacts, RecordingFacts
from fleet.web.views.desk.attention import Need, needs
from fleet.web.views.desk.coverage import Strip, order, strip
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
    vault_sealed: bool = False,
) -> Today:
    """Make the page as of ``now``; ``recordings`` come newest first, with all that are not here yet."""
    working = [facts for facts in cameras if facts.revoked is None]
    return Today(
        day=long_day(now),
        strip=strip(working, recordings, now),
        tiles=tuple(tile(facts, now) for facts in sorted(working, key=order)),
        needs=needs(working, recordings, now, vault_sealed=vault_sealed),
        recent=tuple(row(facts, now) for facts in recordings[:RECENT]),
        figures=figures,
    )

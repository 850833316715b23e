"""The alert that a camera says more than is read of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.cameras.hearing.floods import Flood
from fleet.web.alerting.service import Around
from fleet.web.views.moments import count, moment

FLOODS = AlertKind(
    "camera.floods",
    "A camera says more than is read",
    "{number} cameras say more than is read of them.",
    BAD,
)
_STEP = (
    "No camera has that much to say: take it out of service if it is not known why. Others are heard as ever."
)


def flood_source(around: Around, floods: Callable[[datetime], tuple[Flood, ...]]) -> AlertSource:
    """Return the source.

    Args:
        around: has times said in the site's zone.
        floods: which cameras say more than is read of them, at a time.
    """

    def find(_session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        with around():
            return tuple(_finding(each, now) for each in floods(now))

    return simple((FLOODS,), find)


def _finding(flood: Flood, now: datetime) -> AlertFinding:
    left_out = (
        f"{count(flood.count, 'message')} of {flood.camera} {'was' if flood.count == 1 else 'were'} left out"
    )
    words = f"{left_out} since {moment(flood.since, now).text}: it said more than is read of one camera."
    return AlertFinding(FLOODS, flood.camera, flood.camera, words, _STEP, f"/cameras/{flood.camera}")

"""Gives exhibit numbers; in the caller's transaction.

Rules:
- each recording of a release gets its number with the approval, once: what is made again keeps it;
- the last number of some initials is kept by itself, so that none is given twice, also not after the release
  that had it was deleted.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from fleet.core.database import Turn, now, take_turn
from fleet.releases.models import ExhibitSeries, FootageRelease, ReleaseExhibit
from fleet.releases.steps import recordings_of


def give_exhibits(session: Session, row: FootageRelease) -> None:
    """Give each recording of a release that has initials its exhibit number, in the order of its spans."""
    if not row.initials:
        return
    take_turn(session, Turn.EXHIBITS)  # two who approve at once get two numbers
    known = {each.recording_id for each in row.exhibits}
    series = session.get(ExhibitSeries, row.initials, populate_existing=True)
    if series is None:
        series = ExhibitSeries(initials=row.initials, last=0)
        session.add(series)
    for each in recordings_of(row):
        if each.id not in known:
            series.last += 1
            row.exhibits.append(
                ReleaseExhibit(
                    recording_id=each.id, initials=row.initials, number=series.last, given=now(session)
                )
            )
    session.flush()

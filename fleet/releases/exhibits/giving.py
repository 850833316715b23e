"""Gives exhibit numbers; in the caller's transaction.

Rules:
- each recording and each import of a release gets its number with the approval, once: what is made again
  keeps it;
- the last number of some initials is kept by itself, so that none is given twice, also not after the release
  that had it was deleted.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from fleet.core.database import Turn, now, take_turn
from fleet.footage.recordings.models import Recording
from fleet.releases.import_models import ImportExhibit
from fleet.releases.models import ExhibitSeries, FootageRelease, ReleaseExhibit
from fleet.releases.subjects import exhibit_of, released_in


def give_exhibits(session: Session, row: FootageRelease) -> None:
    """Give all that a release with initials is made of its exhibit number, in the order of its spans."""
    if not row.initials:
        return
    take_turn(session, Turn.EXHIBITS)  # two who approve at once get two numbers
    series = session.get(ExhibitSeries, row.initials, populate_existing=True)
    if series is None:
        series = ExhibitSeries(initials=row.initials, last=0)
        session.add(series)
    for each in released_in(row):
        if exhibit_of(row, each):
            continue
        series.last += 1
        given = {"initials": row.initials, "number": series.last, "given": now(session)}
        if isinstance(each, Recording):
            row.exhibits.append(ReleaseExhibit(recording_id=each.id, **given))
        else:
            row.import_exhibits.append(ImportExhibit(import_id=each.id, **given))
    session.flush()

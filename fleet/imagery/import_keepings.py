"""How long imports are kept, by the rules and what the tables say of them. Only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fleet.imagery.models import ImportRow, ImportSeconds
from fleet.imagery.rules.import_keeping import ImportFacts, import_keeping
from fleet.imagery.rules.kinds import ImportKind, ImportState
from fleet.retention.holds import as_facts
from fleet.retention.models import Hold
from fleet.retention.rules.keeping import Keeping


def import_holds(session: Session, rows: Sequence[ImportRow]) -> Mapping[str, Sequence[Hold]]:
    """Return for each import the holds that last on it, by itself or by its incident."""
    return _holds(session, rows, lasting=True)


def import_keepings(
    session: Session, rows: Sequence[ImportRow], cctv_months: int, zone: ZoneInfo
) -> Mapping[str, Keeping]:
    """Return for each import that is held how long it is kept, and why."""
    holds, over = _holds(session, rows, lasting=True), _holds(session, rows, lasting=False)
    found = {}
    for row in rows:
        if row.state != ImportState.HELD or row.received is None:
            continue
        released: list[datetime] = [
            each.released for each in over.get(row.id, ()) if each.released is not None
        ]
        facts = ImportFacts(
            kind=ImportKind(row.kind),
            received=row.received,
            taken=row.taken,
            kept_until=row.kept_until,
            loosened=max(released, default=None),
            unlinked=row.unlinked,
            ended=row.ended,
            ended_by=row.ended_by,
            holds=tuple(as_facts(each) for each in holds.get(row.id, ())),
        )
        found[row.id] = import_keeping(facts, cctv_months, zone)
    return found


def held_imports(session: Session, *, after: str, most: int, ended: bool = False) -> Sequence[ImportRow]:
    """Return imports that are held, by their ids after one; with ``ended`` those that are to go on a word."""
    query = select(ImportRow).where(ImportRow.state == ImportState.HELD, ImportRow.id > after)
    if ended:
        query = query.where(ImportRow.ended.is_not(None))
    return session.scalars(query.order_by(ImportRow.id).limit(most)).all()


def held_import_bytes(session: Session) -> int:
    """Return how many bytes of imports are held, with their copies and the seconds cut of clips."""
    here = ImportRow.bytes_deleted.is_(None)
    files = select(func.coalesce(func.sum(ImportRow.size + ImportRow.copy_size), 0)).where(here)
    cut = select(func.coalesce(func.sum(ImportSeconds.size), 0))
    cut = cut.join(ImportRow, ImportRow.id == ImportSeconds.import_id).where(here)
    return (session.scalar(files) or 0) + (session.scalar(cut) or 0)


def _holds(session: Session, rows: Sequence[ImportRow], *, lasting: bool) -> Mapping[str, Sequence[Hold]]:
    if not rows:
        return {}
    incidents = {row.incident_id for row in rows if row.incident_id is not None}
    of = or_(Hold.import_id.in_([row.id for row in rows]), Hold.incident_id.in_(incidents))
    state = Hold.released.is_(None) if lasting else Hold.released.is_not(None)
    by_import: dict[str, list[Hold]] = defaultdict(list)
    by_incident: dict[str, list[Hold]] = defaultdict(list)
    for hold in session.scalars(select(Hold).where(of, state).order_by(Hold.review, Hold.id)):
        if hold.import_id is not None:
            by_import[hold.import_id].append(hold)
        else:
            by_incident[hold.incident_id or ""].append(hold)
    return {
        row.id: [*by_import.get(row.id, ()), *by_incident.get(row.incident_id or "", ())]
        for row in rows
        if by_import.get(row.id) or by_incident.get(row.incident_id or "")
    }

"""Reading and writing the rows of alerts as the rules have it.

Everything happens inside the caller's transaction. What alerts do by themselves stands in their own history;
the audit log has what people do with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from fleet.alerts.models import AlertRow, AlertState, AlertStep, StepKind
from fleet.alerts.rules.finding import AlertFinding, Key, Looked
from fleet.alerts.rules.reconcile import CALM, Changes, Raised, StandingAlert, reconcile
from fleet.core.database import announce

TOPIC = "alert"
EXACT = timedelta(minutes=1)
"""So exactly is it noted until when something was true."""
MOST_OVER = 20_000
"""So many alerts that are over are kept at most."""
_AT_ONCE = 500


def lasting(session: Session) -> Mapping[Key, bool]:
    """Return every alert that lasts, and whether a person has resolved it."""
    query = select(AlertRow.kind, AlertRow.subject, AlertRow.state).where(AlertRow.lasts.is_(True))
    rows = session.execute(query)
    return {(kind, subject): state == AlertState.RESOLVED for kind, subject, state in rows}


def changes_of(session: Session, looked: Looked, now: datetime) -> Changes:
    """Say what a look changes about the rows as they are."""
    rows = [*session.scalars(select(AlertRow).where(AlertRow.lasts.is_(True)))]
    known = {(row.kind, row.subject) for row in rows}
    new = list({each.key for each in looked.findings} - known)
    for start in range(0, len(new), _AT_ONCE):
        keys = tuple_(AlertRow.kind, AlertRow.subject).in_(new[start : start + _AT_ONCE])
        lately = select(AlertRow).where(keys, AlertRow.ended.is_not(None), AlertRow.ended > now - CALM)
        rows += session.scalars(lately.order_by(AlertRow.ended))  # of several of a key the last one counts
    return reconcile([_standing(row) for row in rows], looked, now)


def is_worth_writing(session: Session, changes: Changes, now: datetime) -> bool:
    """Say whether a look changes anything but the minute until which something was true."""
    if changes.raised or changes.returned or changes.ended:
        return True
    rows = _rows(session, [*changes.kept, *changes.doubtful])
    return any(_has_news(rows[id_], finding, now) for id_, finding in changes.kept.items()) or any(
        rows[id_].doubtful is None for id_ in changes.doubtful
    )


def apply(session: Session, changes: Changes, now: datetime, new_id: Callable[[], str]) -> None:
    """Write what a look changes, and announce it."""
    rows = _rows(session, [*changes.kept, *changes.returned, *changes.doubtful, *changes.ended])
    for id_ in changes.ended:
        end(session, rows[id_], now)
    session.flush()  # what lasts no more makes room before what is new takes it
    for id_, finding in changes.kept.items():
        if _says_else(rows[id_], finding):
            announce(session, TOPIC, id_)
        if _has_news(rows[id_], finding, now):
            _say(rows[id_], finding, now)
    for id_, finding in changes.returned.items():
        _return(rows[id_], finding, now)
        announce(session, TOPIC, id_)
    for id_ in changes.doubtful:
        if rows[id_].doubtful is None:
            rows[id_].doubtful = now
            announce(session, TOPIC, id_)
    for each in changes.raised:
        write_new(session, each, now, new_id())
    session.flush()


def write_new(session: Session, raised: Raised, now: datetime, id_: str) -> AlertRow:
    """Write an alert that is new."""
    finding = raised.finding
    row = AlertRow(
        id=id_,
        kind=finding.kind.id,
        subject=finding.subject,
        name=finding.name,
        lasts=True,
        state=AlertState.OPEN,
        first_true=now,
        returns=raised.returns,
        before=raised.before or None,
    )
    _say(row, finding, now)
    session.add(row)
    session.flush()
    note_step(session, row, StepKind.RAISED, now)
    announce(session, TOPIC, id_)
    return row


def end(session: Session, row: AlertRow, now: datetime) -> None:
    """Note that the fact of an alert is true no more."""
    row.lasts, row.ended, row.doubtful = None, now, None
    if row.state != AlertState.RESOLVED:
        row.state, row.resolved = AlertState.RESOLVED, now
    if row.returns < _FLAPS:
        note_step(session, row, StepKind.ENDED, now)
    announce(session, TOPIC, row.id)


def note_step(
    session: Session, row: AlertRow, what: StepKind, at: datetime, *, by: str | None = None, note: str = ""
) -> None:
    """Add to an alert's history."""
    session.add(AlertStep(alert_id=row.id, at=at, what=what, by=by, note=note))


def forget_old(session: Session, before: datetime) -> int:
    """Delete alerts that were over before a time, and the oldest beyond ``MOST_OVER``; return how many."""
    old = AlertRow.lasts.is_(None) & (AlertRow.ended < before)
    settled = (
        AlertRow.lasts.is_(True) & (AlertRow.state == AlertState.RESOLVED) & (AlertRow.resolved < before)
    )
    gone = list(session.scalars(select(AlertRow.id).where(old | settled)))
    over = session.scalar(select(func.count()).select_from(AlertRow).where(AlertRow.lasts.is_(None))) or 0
    if over > MOST_OVER:
        oldest = select(AlertRow.id).where(AlertRow.lasts.is_(None)).order_by(AlertRow.ended, AlertRow.id)
        gone += session.scalars(oldest.limit(over - MOST_OVER))
    for start in range(0, len(gone), _AT_ONCE):
        some = gone[start : start + _AT_ONCE]
        session.execute(delete(AlertStep).where(AlertStep.alert_id.in_(some)))
        session.execute(delete(AlertRow).where(AlertRow.id.in_(some)))
    return len(set(gone))


_FLAPS = 3
"""From so many returns on each further one is counted and not listed."""


def _standing(row: AlertRow) -> StandingAlert:
    return StandingAlert(
        id=row.id,
        key=(row.kind, row.subject),
        lasts=row.lasts is True,
        is_settled=row.is_settled,
        aspect=row.aspect,
        ended=row.ended,
        returns=row.returns,
    )


def _rows(session: Session, ids: Iterable[str]) -> Mapping[str, AlertRow]:
    wanted: Sequence[str] = list(ids)
    found: dict[str, AlertRow] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(AlertRow).where(AlertRow.id.in_(wanted[start : start + _AT_ONCE]))
        found |= {row.id: row for row in session.scalars(query)}
    return found


def _has_news(row: AlertRow, finding: AlertFinding, now: datetime) -> bool:
    return _says_else(row, finding) or not timedelta() <= now - row.last_true < EXACT


def _says_else(row: AlertRow, finding: AlertFinding) -> bool:
    tone = finding.tone or finding.kind.tone
    said = (row.words, row.step, row.link, row.tone, row.doubtful)
    return said != (finding.words, finding.step, finding.link, tone, None)


def _say(row: AlertRow, finding: AlertFinding, now: datetime) -> None:
    row.words, row.step, row.link = finding.words, finding.step, finding.link
    row.tone, row.detail = finding.tone or finding.kind.tone, finding.detail
    if not row.is_settled:
        row.aspect = finding.aspect
    row.last_true, row.doubtful = now, None


def _return(row: AlertRow, finding: AlertFinding, now: datetime) -> None:
    """Have an alert that comes and goes go on, with whoever has it."""
    row.lasts, row.ended = True, None
    row.resolved = None
    row.state = AlertState.OPEN if row.acknowledged is None else AlertState.ACKNOWLEDGED
    row.returns += 1
    _say(row, finding, now)

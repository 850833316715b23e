"""Looking for imports, and which belong to what; only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from fleet.audit.models import AuditEntry
from fleet.footage.released.keys import IMPORT_HANDED_OVER
from fleet.imagery.models import ImportRow
from fleet.imagery.rules.kinds import EXPORTED, VIEWED, ImportKind, ImportState
from fleet.incidents.models import Incident

STATES = {
    "here": "Here, or to come",
    "described": "Waits for its file",
    "deleted": "Deleted",
    "all": "All",
}
_OF_STATE: dict[str, tuple[ImportState, ...]] = {
    "here": (ImportState.DESCRIBED, ImportState.HELD),
    "described": (ImportState.DESCRIBED,),
    "deleted": (ImportState.DELETING, ImportState.DELETED),
}


@dataclass(frozen=True, slots=True)
class ImportFilter:
    """Which imports are wanted.

    Attributes:
        state: a key of ``STATES``.
        kind: an ``ImportKind``; empty for any.
        text: a part of its reference, source or place, or of its incident's reference; empty for any.
        start: taken then or later, as was said, or received or described where nobody says; None for any.
        end: taken before then, likewise; None for any.
    """

    state: str = "here"
    kind: str = ""
    text: str = ""
    start: datetime | None = None
    end: datetime | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition on ``ImportRow``."""
        states = _OF_STATE.get(self.state)
        parts: list[ColumnElement[bool]] = [true() if states is None else ImportRow.state.in_(states)]
        if self.kind in set(ImportKind):
            parts.append(ImportRow.kind == self.kind)
        if self.text:
            parts.append(
                or_(
                    *(
                        column.icontains(self.text, autoescape=True)
                        for column in (ImportRow.reference, ImportRow.source, ImportRow.place)
                    ),
                    ImportRow.incident_id.in_(
                        select(Incident.id).where(Incident.reference.icontains(self.text, autoescape=True))
                    ),
                )
            )
        when = func.coalesce(ImportRow.taken, ImportRow.received, ImportRow.described)
        if self.start is not None:
            parts.append(when >= self.start)
        if self.end is not None:
            parts.append(when < self.end)
        return and_(*parts)


def find_imports(
    session: Session, wanted: ImportFilter, *, skip: int = 0, limit: int
) -> tuple[Sequence[ImportRow], int]:
    """Return imports, the newest first, and how many there are."""
    total = session.scalar(select(func.count()).select_from(ImportRow).where(wanted.condition)) or 0
    query = select(ImportRow).where(wanted.condition).order_by(ImportRow.year.desc(), ImportRow.number.desc())
    return session.scalars(query.offset(skip).limit(limit)).all(), total


def imports_of_incident(session: Session, incident: str) -> Sequence[ImportRow]:
    """Return the imports that belong to an incident, the oldest first."""
    query = select(ImportRow).where(ImportRow.incident_id == incident)
    return session.scalars(query.order_by(ImportRow.year, ImportRow.number)).all()


def looks_at(session: Session, row: ImportRow, *, most: int) -> Sequence[AuditEntry]:
    """Return who looked at an import, took it out or had it by a release, by the log, the newest first."""
    actions = VIEWED, EXPORTED, IMPORT_HANDED_OVER
    query = select(AuditEntry).where(AuditEntry.subject == row.id, AuditEntry.action.in_(actions))
    return session.scalars(query.order_by(AuditEntry.number.desc()).limit(most)).all()

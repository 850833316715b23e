"""Imports as people write them down, before and after their file is here; in the caller's transaction.

Rules:
- an import is described first, by whom and why; then its file is sent, once;
- what nobody sent a file for is thrown away after ``WAITS``, and at most ``MOST_WAITING`` wait at a time;
- what was said is never changed by the fleet, and not after the file is here but for how long it is needed
  and where it belongs: who changed that, and why, is in the audit log;
- what is deleted before its time goes on somebody's word, with their reason, and not while it is held.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services
from fleet.imagery.import_keepings import import_holds
from fleet.imagery.models import ImportRow
from fleet.imagery.rules.draft import ImportDraft, ImportDraftError, check_last_day, clean_import
from fleet.imagery.rules.kinds import ImportKind, ImportState
from fleet.incidents.service import get_incident
from fleet.jobs.queue import ask
from fleet.organisation.bases import LandlordKind
from fleet.people.secrets import new_id
from fleet.retention.holds import IMPORT as TOPIC
from fleet.retention.holds import HoldDraft, hold_import
from fleet.retention.models import Hold
from fleet.retention.rules.periods import local_day

JOB = "import-deletion"
WAITS = timedelta(days=7)
MOST_WAITING = 100
LONGEST_WHY = 500
_GONE = (ImportState.DELETING, ImportState.DELETED)


def describe_import(
    session: Session, services: Services, draft: ImportDraft, *, incident: str = "", by: Actor
) -> ImportRow:
    """Write down what is to be imported.

    Args:
        session: the caller's.
        services: of the core.
        draft: what was written.
        incident: the id of the incident that it belongs to; empty for none.
        by: who imports it.

    Raises:
        ProblemError: 404 there is no such incident; 409 very many wait for their file; 422 something is
            missing or cannot be so.
    """
    zone, kind = services.config.site.time_zone, LandlordKind(services.config.landlord.kind)
    try:
        clean = clean_import(draft, kind, now(session), zone)
    except ImportDraftError as error:
        raise ProblemError(422, f"{error.field}_unusable", str(error)) from error
    where = get_incident(session, incident) if incident else None
    take_turn(session, Turn.RETENTION)
    waiting = select(func.count()).select_from(ImportRow).where(ImportRow.state == ImportState.DESCRIBED)
    if (session.scalar(waiting) or 0) >= MOST_WAITING:
        detail = (
            f"{MOST_WAITING} imports wait for their file already: send those, or discard what is not needed."
        )
        raise ProblemError(409, "too_many_waiting", detail)
    moment = now(session)
    year = moment.astimezone(zone).year
    last = session.scalar(select(func.max(ImportRow.number)).where(ImportRow.year == year)) or 0
    row = ImportRow(
        id=new_id(services.random),
        reference=f"IMP-{year}-{last + 1:04d}",
        year=year,
        number=last + 1,
        state=ImportState.DESCRIBED,
        incident_id=None if where is None else where.id,
        described=moment,
        described_by=by.name or by.label,
        received_by="",
        attempt="",
        size=0,
        copy_size=0,
        facts={},
        ended_by="",
        ended_why="",
        begun_why="",
        said={},
        **{name: getattr(clean, name) for name in ImportDraft.__dataclass_fields__},
    )
    session.add(row)
    session.flush()
    tell(session, row, by, "imagery:import:describe")
    return row


def get_import(session: Session, name: str, *, lock: bool = False) -> ImportRow:
    """Return an import; with ``lock`` nobody else changes it until this transaction ends.

    Raises:
        ProblemError: 404 there is no such import.
    """
    lock_of = {"of": ImportRow} if lock else None
    row = session.get(ImportRow, name, with_for_update=lock_of, populate_existing=lock)
    if row is None:
        raise not_found("such import")
    return row


def get_held(session: Session, name: str, *, lock: bool = False) -> ImportRow:
    """Return an import whose file is here.

    Raises:
        ProblemError: 404 there is no such import; 409 its file is not here; 410 it was deleted, or is being.
    """
    row = get_import(session, name, lock=lock)
    if row.state in _GONE:
        raise ProblemError(410, "import_deleted", f"{row.reference} was deleted, or is being deleted.")
    if row.state != ImportState.HELD:
        raise ProblemError(409, "no_file", f"The file of {row.reference} is not here yet.")
    return row


def refuse_unless_waiting(row: ImportRow) -> None:
    """Refuse what can be done before an import's file is here alone.

    Raises:
        ProblemError: 409 it is here; 410 it was deleted, or is being.
    """
    if row.state in _GONE:
        raise ProblemError(410, "import_deleted", f"{row.reference} was deleted, or is being deleted.")
    if row.state != ImportState.DESCRIBED:
        raise ProblemError(409, "has_file", f"The file of {row.reference} is here already.")


def discard_import(session: Session, *, name: str, by: Actor) -> None:
    """Throw away what was written down of an import whose file never came.

    Raises:
        ProblemError: 404 there is no such import; 409 its file is here, or is being stored; 410 it was
            deleted.
    """
    row = get_import(session, name, lock=True)
    refuse_unless_waiting(row)
    if row.attempted is not None:
        raise ProblemError(409, "being_stored", f"The file of {row.reference} is being stored now.")
    tell(session, row, by, "imagery:import:discard")
    session.delete(row)


def keep_until(
    session: Session, services: Services, *, name: str, until: date | None, why: str, by: Actor
) -> None:
    """Say until which day an import is needed for its purpose, and why.

    Args:
        session: the caller's.
        services: of the core.
        name: which import.
        until: the last day; None to have the period of CCTV clips decide.
        why: the reason.
        by: who says so.

    Raises:
        ProblemError: 404, 409 and 410 as for ``get_held``; 422 the day cannot be, or no reason is given.
    """
    take_turn(session, Turn.RETENTION)
    row = get_held(session, name, lock=True)
    reason = clean_why(why, "Say why")
    if until is None and row.kind == ImportKind.PHOTOGRAPH:
        detail = "A photograph is kept for its purpose: say until which day it is needed."
        raise ProblemError(422, "kept_until_unusable", detail)
    if until is not None:
        try:
            check_last_day(until, local_day(now(session), services.config.site.time_zone))
        except ImportDraftError as error:
            raise ProblemError(422, "kept_until_unusable", str(error)) from error
    row.kept_until = until
    last = until.isoformat() if until is not None else "the period"
    words: dict[str, str | int] = {"reference": row.reference, "until": last}
    record(session, by, "imagery:import:keep", row.id, reason, detail=words)
    announce(session, TOPIC, row.id)


def put_in_incident(session: Session, *, name: str, incident: str, by: Actor) -> None:
    """Say which incident an import belongs to; none where ``incident`` is empty.

    Raises:
        ProblemError: 404 there is no such import or incident; 410 the import was deleted.
    """
    take_turn(session, Turn.RETENTION)  # a hold of the incident is to hold it before it begins to be deleted
    row = get_import(session, name, lock=True)
    if row.state in _GONE:
        raise ProblemError(410, "import_deleted", f"{row.reference} was deleted, or is being deleted.")
    where = get_incident(session, incident) if incident else None
    before, row.incident_id = row.incident_id, None if where is None else where.id
    if before not in {None, row.incident_id}:
        row.unlinked = now(session)
    detail = {"reference": row.reference, "incident": "" if where is None else where.reference}
    record(session, by, "imagery:import:link", row.id, detail=detail)
    announce(session, TOPIC, row.id)
    announce(session, "incident", "" if where is None else where.id)


def hold_on_import(
    session: Session,
    services: Services,
    draft: HoldDraft,
    *,
    name: str,
    by: Actor,
    request: str | None = None,
) -> Hold:
    """Hold an import.

    Raises:
        ProblemError: 404, 409 and 410 as for ``get_held``; 409 it has very many holds; 422 something is
            missing.
    """
    take_turn(session, Turn.RETENTION)
    row = get_held(session, name, lock=True)
    return hold_import(
        session, services.random, draft, import_id=row.id, reference=row.reference, by=by, request=request
    )


def delete_now(session: Session, *, name: str, why: str, by: Actor) -> None:
    """Have an import deleted on somebody's word, as one that was imported by mistake.

    Raises:
        ProblemError: 404, 409 and 410 as for ``get_held``; 409 it is held; 422 no reason is given.
    """
    take_turn(session, Turn.RETENTION)
    row = get_held(session, name, lock=True)
    reason = clean_why(why, "Say why it is deleted now")
    if import_holds(session, [row]).get(row.id):
        detail = f"{row.reference} is held: nothing of it is deleted while that lasts."
        raise ProblemError(409, "is_held", detail)
    row.ended, row.ended_by, row.ended_why = now(session), by.name or by.label, reason
    ask(session, JOB, row.id)
    record(session, by, "imagery:import:end", row.id, reason, detail={"reference": row.reference})
    announce(session, TOPIC, row.id)


def tell(session: Session, row: ImportRow, by: Actor, action: str) -> None:
    """Write down that something was done with an import, and have pages follow."""
    record(session, by, action, row.id, detail={"reference": row.reference})
    announce(session, TOPIC, row.id)


def clean_why(text: str, asked: str) -> str:
    """Return a reason with its spaces put right.

    Raises:
        ProblemError: 422 nothing is left, it is too long, or has characters that cannot be shown.
    """
    clean = " ".join(text.split())
    if not clean or len(clean) > LONGEST_WHY or not clean.isprintable():
        raise ProblemError(422, "why_unusable", f"{asked}, in 1 to {LONGEST_WHY} characters.")
    return clean

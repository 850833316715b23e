"""What cameras signed of consent at the door: taken in once, verified, and part of a visit's consent record.

Rules:
- it counts if the camera that sends it signed it, under this fleet's authority; whoever sends the same again
  changes nothing;
- what it signed by a command is of the entry and the visit that asked for it (``asking``), and stays there;
- else it becomes an entry of the visit of whoever had the camera then, where exactly one can be meant, and at
  once; where none can be told it waits, says why, and a person says which, with a reason;
- what was linked is never linked anew by any rule, and a person's change is in the audit log;
- no camera is taken more of than ``MOST_A_DAY`` in a day; what it keeps comes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.assignments.models import Assignment
from fleet.audit.log import record
from fleet.core.actor import Actor, camera_actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.footage.recordings.clocks import ClockReading, reckon
from fleet.footage.recordings.run_clocks import RunClock
from fleet.people.secrets import Random, new_id
from fleet.visits.asking import joined_entry
from fleet.visits.consent import CAMERA, MOST_ENTRIES
from fleet.visits.models import CameraConsent, ConsentEntry, TenancyVisit
from fleet.visits.rules.consent import AHEAD_AT_MOST
from fleet.visits.rules.draft import LONGEST_MIN, VisitDraftError, clean_why
from fleet.visits.rules.linking import EARLY, LATE, PlannedVisit
from fleet.visits.rules.placing import WHY_WORDS, PlacingDoubt, place
from fleet.visits.service import TOPIC, get_visit
from protocol.footage.consent import ConsentEntryRead, ConsentEvent, read_consent
from protocol.footage.format.errors import ConsentError
from protocol.messages.base import MAX_UTC_US
from protocol.units import NS_PER_US, utc_moment

MOST_A_DAY = 500
"""More than are said at the doors of a day."""
MOST_LISTED = 200
_LONGEST_WORDING, _LONGEST_REASON = 20, 500


def take_consent(
    session: Session, random: Random, data: bytes, *, camera: str, authority: bytes
) -> tuple[CameraConsent, bool]:
    """Take in what a camera signed; return it, and whether it is new.

    Args:
        session: the transaction.
        random: draws ids.
        data: the event's file.
        camera: who sends it, by certificate.
        authority: the fleet's, DER.

    Raises:
        ProblemError: 422 that camera did not sign it under that authority; 429 it has sent very many of late.
    """
    try:
        read = read_consent(data, authority)
    except ConsentError as error:
        raise ProblemError(422, "not_valid", f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    if read.event.camera != camera:
        raise ProblemError(422, "not_valid", "Another camera signed that.")
    if not _is_usable(read.event):
        raise ProblemError(422, "not_valid", "What it says holds signs that nobody can read, or no number.")
    known = session.get(CameraConsent, read.digest.hex())
    if known is not None:
        return known, False
    moment = now(session)
    since = select(func.count()).where(
        CameraConsent.camera_id == camera, CameraConsent.arrived > moment - timedelta(days=1)
    )
    if (session.scalar(since) or 0) >= MOST_A_DAY:
        detail = f"{MOST_A_DAY} consent events of this camera came within a day; send the others later."
        raise ProblemError(429, "consent_rate", detail)
    row = _row(session, read, data, moment)
    session.add(row)
    session.flush()
    entry = joined_entry(session, row)
    if entry is None:
        _place(session, random, row)
    else:
        row.visit_id, row.entry_id, row.linked = entry.visit_id, entry.id, moment
    record(
        session,
        camera_actor(camera),
        "visits:consent:sign",
        camera,
        detail={"kind": row.kind, "number": row.number, "visit": row.visit_id or ""},
    )
    announce(session, TOPIC, row.visit_id or "")
    return row, True


def link_consent(
    session: Session, random: Random, *, digest: str, visit: str, reason: str, by: Actor
) -> CameraConsent:
    """Say of which visit a camera's word is, and why; its entry goes with it.

    Raises:
        ProblemError: 404 there is no such word or visit; 409 the visit has very many entries, or it was said
            on the phone of its officer on another visit; 422 no reason is given.
    """
    row = session.get(CameraConsent, digest, with_for_update={"of": CameraConsent})
    if row is None:
        raise not_found("such consent event")
    target = get_visit(session, visit, lock=True)
    try:
        why = clean_why(reason, ask="Say why")
    except VisitDraftError as error:
        raise ProblemError(422, "reason_missing", str(error)) from error
    before = row.visit_id
    if before == target.id:
        return row
    if _is_joined(session, row):
        detail = "The officer wrote that down on their phone, on the visit that it is of; it stays there."
        raise ProblemError(409, "said_on_visit", detail)
    if (number := _next_number(session, target.id)) is None:
        raise ProblemError(409, "too_many_entries", f"{MOST_ENTRIES} entries of this visit are kept already.")
    _link(session, random, row, target.id, number)
    row.linked_by, row.linked_reason = by.name or by.label, why
    record(
        session,
        by,
        "visits:consent:link",
        target.id,
        why,
        detail={"visit before": before or "", "camera": row.camera_id, "number": row.number},
    )
    for each in {before or "", target.id}:
        announce(session, TOPIC, each)
    return row


def unplaced(session: Session, limit: int = MOST_LISTED) -> tuple[Sequence[CameraConsent], int]:
    """Return what cameras signed of which no visit is known, the oldest first, and how many in all."""
    wanted = CameraConsent.visit_id.is_(None)
    order = CameraConsent.at, CameraConsent.camera_id, CameraConsent.number, CameraConsent.digest
    found = session.scalars(select(CameraConsent).where(wanted).order_by(*order).limit(limit)).all()
    if len(found) < limit:
        return found, len(found)
    return found, session.scalar(select(func.count()).select_from(CameraConsent).where(wanted)) or 0


def signed_of(session: Session, entries: Sequence[str]) -> dict[str, CameraConsent]:
    """Return what cameras signed of these entries, by their ids."""
    query = select(CameraConsent).where(CameraConsent.entry_id.in_(entries))
    return {str(each.entry_id): each for each in session.scalars(query)}


def follows(session: Session, row: CameraConsent) -> bool:
    """Say whether the one that it names as the one before it is here, or it is the camera's first."""
    if row.number == 1 and not row.previous.strip("0"):
        return True
    before = session.get(CameraConsent, row.previous)
    return before is not None and (before.camera_id, before.number) == (row.camera_id, row.number - 1)


def _is_usable(event: ConsentEvent) -> bool:
    """Say whether a database takes what it says, and a program its number."""
    texts = (event.way, event.said.why, event.said.wording, event.assignment or "")
    return 0 < event.number <= MAX_UTC_US and all(each.isprintable() for each in texts)


def _row(session: Session, read: ConsentEntryRead, data: bytes, moment: datetime) -> CameraConsent:
    event, at = read.event, _said_at(session, read.event, moment)
    return CameraConsent(
        digest=read.digest.hex(),
        camera_id=event.camera,
        number=event.number,
        previous=event.previous.hex(),
        run=event.run.hex(),
        kind=str(event.said.kind),
        at=at or moment,
        dated=at is not None,
        arrived=moment,
        way=event.way,
        wording=event.said.wording,
        why=event.said.why,
        recording=None if event.recording is None else event.recording.hex(),
        assignment=event.assignment,
        officer_id=_officer(session, event),
        signed=data,
        doubt="",
        visit_id=None,
        entry_id=None,
        linked=None,
        linked_by="",
        linked_reason="",
    )


def _said_at(session: Session, event: ConsentEvent, moment: datetime) -> datetime | None:
    """Return when it was said; None where no clock that was set says it, or says what cannot be."""
    at: datetime | None = None
    try:
        if event.label.synchronised:
            at = utc_moment(event.label.utc_us)
        elif (clock := session.get(RunClock, (event.camera, event.run.hex()))) is not None:
            reading = ClockReading(clock.boot_us, clock.utc_us, clock.signed)
            reckoned = reckon(event.at_ns // NS_PER_US, reading)
            at = None if reckoned is None else reckoned.at
    except OverflowError:  # a clock that says what no calendar has
        return None
    return None if at is None or at > moment + AHEAD_AT_MOST else min(at, moment)


def _officer(session: Session, event: ConsentEvent) -> str | None:
    if event.assignment is None:
        return None
    worn = session.get(Assignment, event.assignment)
    return None if worn is None or worn.camera_id != event.camera else worn.officer_id


def _place(session: Session, random: Random, row: CameraConsent) -> None:
    """Make it an entry of the one visit that can be meant, or say why there is none."""
    found = place(row.officer_id, row.at if row.dated else None, _planned(session, row))
    if found.visit is None:
        row.doubt = str(found.doubt)
        return
    get_visit(session, found.visit, lock=True)
    if (number := _next_number(session, found.visit)) is None:
        row.doubt = str(PlacingDoubt.FULL)
        return
    _link(session, random, row, found.visit, number)


def _planned(session: Session, row: CameraConsent) -> Sequence[PlannedVisit]:
    query = select(TenancyVisit).where(
        TenancyVisit.officer_id == row.officer_id,
        TenancyVisit.cancelled.is_(None),
        TenancyVisit.planned >= row.at - LATE - timedelta(minutes=LONGEST_MIN),
        TenancyVisit.planned <= row.at + EARLY,
    )
    return [PlannedVisit(each.id, each.planned, each.ends) for each in session.scalars(query)]


def _next_number(session: Session, visit: str) -> int | None:
    """Return the number of a visit's next entry; None where it has as many as are kept."""
    last = session.scalar(select(func.max(ConsentEntry.number)).where(ConsentEntry.visit_id == visit)) or 0
    return None if last >= MOST_ENTRIES else last + 1


def _link(session: Session, random: Random, row: CameraConsent, visit: str, number: int) -> None:
    entry = None if row.entry_id is None else session.get(ConsentEntry, row.entry_id)
    if entry is None:
        entry = ConsentEntry(
            id=new_id(random),
            kind=row.kind,
            at=row.at,
            arrived=row.arrived,
            way=CAMERA,
            said_by=_said_by(row),
            wording=row.wording if len(row.wording) <= _LONGEST_WORDING else "",
            reason=WHY_WORDS.get(row.why, row.why)[:_LONGEST_REASON],
            mark=new_id(random),
        )
        session.add(entry)
    entry.visit_id, entry.number = visit, number
    session.flush()
    row.visit_id, row.entry_id, row.linked, row.doubt = visit, entry.id, now(session), ""


def _is_joined(session: Session, row: CameraConsent) -> bool:
    """Say whether it is the other half of what was said on a phone."""
    entry = None if row.entry_id is None else session.get(ConsentEntry, row.entry_id)
    return entry is not None and entry.signed_by is not None


def _said_by(row: CameraConsent) -> str:
    who = f"{row.officer.name} with camera" if row.officer is not None else "camera"
    undated = "" if row.dated else ", whose clock was not set: the time is that of its arrival"
    return f"{who} {row.camera_id}{undated}"[:200]

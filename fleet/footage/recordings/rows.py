"""Recordings as rows: found, made, filled in from announcements and from their own ledgers.

Rules:
- an announcement is news and the ledger is the record: what the ledger's ``open`` says replaces what was
  announced;
- whose a recording is, and how that is known, is decided by ``fleet.footage.recordings.wearer``;
- everything happens inside the caller's transaction, and pages are told once it is committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fleet.assignments.models import Assignment
from fleet.assignments.service import as_period, wearer_at
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.footage.recordings.models import LedgerPiece, Recording, RecordingState, SegmentRow
from fleet.footage.recordings.run_clocks import date_by_run, learn, reading_of
from fleet.footage.recordings.wearer import RecordingWearer, WearerEvidence, announced_wearer, signed_wearer
from fleet.footage.store.names import MAX_NUMBER, is_recording_id, parse_fallback
from fleet.footage.store.pieces import PieceRange
from protocol.footage.ledger.ledger import Open
from protocol.messages.events import CameraEvent, NewsKind
from protocol.units import NS_PER_S, NS_PER_US, utc_moment

TOPIC = "recording"


def find(session: Session, camera: str, number: int, *, lock: bool = False) -> Recording | None:
    """Return a camera's recording of that number, or None.

    Args:
        session: the caller's.
        camera: the camera's id.
        number: the camera's own count.
        lock: hold the row until the transaction ends, so that two requests about it take turns.
    """
    if not 1 <= number <= MAX_NUMBER:
        return None  # and nothing that a database has to refuse
    query = _query(camera, number)
    return session.scalars(query.with_for_update(of=Recording) if lock else query).one_or_none()


def get(session: Session, public_id: str) -> Recording:
    """Return the recording that an address means.

    Raises:
        ProblemError: 404 when there is none.
    """
    place = parse_fallback(public_id)
    row = None
    if is_recording_id(public_id):
        row = session.scalars(select(Recording).where(Recording.recording == public_id)).one_or_none()
    elif place is not None:
        row = find(session, *place)
    if row is None:
        raise not_found("such recording")
    return row


def ensure(session: Session, camera: str, number: int) -> Recording:
    """Return a camera's recording of that number, locked; a new one when nothing was known of it.

    Raises:
        ProblemError: 400 when the number is none that a camera uses.
    """
    if not 1 <= number <= MAX_NUMBER:
        raise ProblemError(
            400, "number_unusable", f"A camera's recordings are numbered from 1, not {number}."
        )
    row = find(session, camera, number, lock=True)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            return _make(session, camera, number)
    except IntegrityError:  # two first requests at once, on a database where both can write
        return session.scalars(_query(camera, number).with_for_update(of=Recording)).one()


def segments_of(session: Session, row: Recording) -> Sequence[SegmentRow]:
    """Return the rows of a recording's segments, in the order of their chunks."""
    return session.scalars(
        select(SegmentRow).where(SegmentRow.recording_id == row.id).order_by(SegmentRow.name)
    ).all()


def pieces_of(session: Session, row: Recording) -> tuple[PieceRange, ...]:
    """Return the pieces of a recording's ledger, by offset."""
    query = select(LedgerPiece.offset, LedgerPiece.length).where(LedgerPiece.recording_id == row.id)
    return tuple(
        PieceRange(offset, length) for offset, length in session.execute(query.order_by(LedgerPiece.offset))
    )


def touch(session: Session, row: Recording, state: RecordingState | None = None) -> None:
    """Note that something about a recording changed, and tell open pages once it is committed."""
    row.changed = now(session)
    if state is not None:
        row.state = state
    announce(session, TOPIC, row.public_id)


def apply_event(session: Session, event: CameraEvent) -> None:
    """Take over the news of a recording that was opened or closed; other news changes nothing here.

    The ledger's word stands: news that comes late does not replace it.
    """
    if event.number is None or not 1 <= event.number <= MAX_NUMBER:
        return
    if event.kind is NewsKind.RECORDING_OPENED:
        _apply_opened(session, ensure(session, event.camera, event.number), event)
    elif event.kind is NewsKind.RECORDING_CLOSED:
        row = ensure(session, event.camera, event.number)
        if row.closed is None:
            row.closed = utc_moment(event.at_utc_us)
            row.duration_s = row.duration_s if row.duration_s is not None else event.duration_s
            touch(session, row)


def _apply_opened(session: Session, row: Recording, event: CameraEvent) -> None:
    if row.opened or row.pressed is not None:
        return
    row.pressed, row.clock_synchronised = utc_moment(event.at_utc_us), event.clock_synchronised
    row.prerecord_s, row.asked_s = event.prerecord_s, event.asked_s
    row.trigger, row.marks = event.trigger or "", list(event.marks)
    if event.recording is not None and _is_free(session, event.recording):
        row.recording = event.recording
    _assign(row, announced_wearer(_evidence(session, row, event.assignment)))
    touch(session, row)


def apply_open(session: Session, row: Recording, opening: Open) -> str | None:
    """Take over what the ledger's ``open`` says; return a sentence when it is another recording's ledger."""
    if (opening.camera, opening.number) != (row.camera_id, row.number):
        return (
            f"The ledger that {row.camera_id} sent as recording {row.number} says that it is recording "
            f"{opening.number} of {opening.camera}."
        )
    name = opening.recording.hex()
    if row.recording != name and not _is_free(session, name):
        return f"The ledger names a recording id, {name}, that another recording has already."
    row.recording = name
    row.pressed = wall_time(opening.label.utc_us)
    row.clock_synchronised = opening.label.synchronised
    row.run, row.press_boot_us = opening.run.hex(), opening.press_ns // NS_PER_US
    row.asked_s, row.prerecord_s = opening.asked_ns / NS_PER_S, opening.held_ns / NS_PER_S
    row.missing = [[each.duration_ns / NS_PER_S, str(each.reason)] for each in opening.missing]
    row.trigger, row.marks, row.opened = opening.trigger, list(opening.marks), True
    row.signed_assignment = opening.assignment
    date_by_run(session, row)
    _assign_signed(session, row)
    own = reading_of(opening.press_ns, opening.label)
    learn(session, row.camera_id, row.run, [own] if own is not None else [], dated_anew)
    return None


def dated_anew(session: Session, row: Recording) -> None:
    """Decide anew whose a recording is, by the date that was learnt for it, and tell open pages."""
    _assign_signed(session, row)
    touch(session, row)


def _assign_signed(session: Session, row: Recording) -> None:
    evidence = _evidence(session, row, row.signed_assignment)
    _assign(row, signed_wearer(evidence))
    row.listed_assignment_id = evidence.listed.id if evidence.listed is not None else None


def wall_time(microseconds: int) -> datetime | None:
    """Return the time of a camera's label, or None when it is none that a calendar has."""
    try:
        return utc_moment(microseconds)
    except OverflowError:  # a clock set to the year 200,000: a label only (C10)
        return None


def _query(camera: str, number: int) -> Select[Recording]:
    return select(Recording).where(Recording.camera_id == camera, Recording.number == number)


def _make(session: Session, camera: str, number: int) -> Recording:
    moment = now(session)
    row = Recording(
        camera_id=camera,
        number=number,
        state=RecordingState.ANNOUNCED,
        announced=moment,
        changed=moment,
        missing=[],
        marks=[],
        trigger="",
        opened=False,
        received_bytes=0,
    )
    session.add(row)
    session.flush()
    return row


def _is_free(session: Session, recording: str) -> bool:
    return session.scalars(select(Recording.id).where(Recording.recording == recording)).first() is None


def _evidence(session: Session, row: Recording, claimed: str | None) -> WearerEvidence:
    told = session.get(Assignment, claimed) if claimed is not None else None
    pressed = row.reckoned or row.pressed
    listed = wearer_at(session, row.camera_id, pressed) if pressed is not None else None
    return WearerEvidence(
        camera=row.camera_id,
        claimed=claimed,
        told=None if told is None else as_period(told),
        listed=None if listed is None else as_period(listed),
        clock_set=True if row.reckoned is not None else row.clock_synchronised,
    )


def _assign(row: Recording, wearer: RecordingWearer) -> None:
    row.wearer_basis = wearer.basis
    row.wearer_doubt = wearer.doubt
    row.assignment_id = wearer.worn.id if wearer.worn is not None else None
    row.officer_id = wearer.worn.officer if wearer.worn is not None else None

"""Recordings as rows: filled in from announcements and from their own ledgers (found: ``lookup``).

Rules:
- an announcement is news and the ledger is the record: what the ledger's ``open`` says replaces what was
  announced;
- whose a recording is, and how that is known, is decided by ``fleet.footage.recordings.wearer``;
- everything happens inside the caller's transaction, and pages are told once it is committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.assignments.models import Assignment
from fleet.assignments.service import as_period, wearer_at
from fleet.core.database import announce, now
from fleet.footage.recordings.lookup import RecordingClaim, ensure, get_named, give_up
from fleet.footage.recordings.models import GONE, LedgerPiece, Recording, RecordingState, SegmentRow
from fleet.footage.recordings.run_clocks import date_by_run, forget, learn, reading_of
from fleet.footage.recordings.untrusted import is_untrusted
from fleet.footage.recordings.wearer import RecordingWearer, WearerEvidence, announced_wearer, signed_wearer
from fleet.footage.store.names import MAX_NUMBER
from fleet.footage.store.pieces import PieceRange
from protocol.footage.ledger.ledger import Open
from protocol.messages.events import CameraEvent, NewsKind
from protocol.units import NS_PER_S, NS_PER_US, utc_moment

TOPIC = "recording"


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


def held_bytes(session: Session, camera: str) -> int:
    """Return how many bytes of a camera's segments are held."""
    total = select(func.sum(Recording.received_bytes)).where(
        Recording.camera_id == camera, Recording.state.not_in(GONE)
    )
    return int(session.scalar(total) or 0)


def touch(session: Session, row: Recording, state: RecordingState | None = None) -> None:
    """Note that something about a recording changed, and tell open pages once it is committed."""
    row.changed = now(session)
    if state is not None:
        row.state = state
    trusted = not row.untrusted
    row.untrusted = is_untrusted(row.state, row.verdict)
    if row.untrusted and trusted:
        forget(session, row, dated_anew)
    announce(session, TOPIC, row.public_id)


def take_more(session: Session, row: Recording) -> None:
    """Note that the camera has sent more of a recording; one that somebody had ended goes on (L2)."""
    if row.state == RecordingState.STOPPED:
        row.resumed = now(session)
        row.verdict = row.verified = row.report = row.timeline = row.opening = row.opening_at = None
        row.duration_s, row.late_s, row.lacking_s, row.conditions = row.told_s, None, None, None
    row.sentence = None
    touch(session, row, RecordingState.UPLOADING)


def apply_event(session: Session, event: CameraEvent) -> None:
    """Take over the news of a recording that was opened or closed; other news changes nothing here.

    The ledger's word stands: news that comes late does not replace it.
    """
    if event.number is None or not 1 <= event.number <= MAX_NUMBER:
        return
    claim = _announced(session, event.camera, event.number, event.recording)
    if event.kind is NewsKind.RECORDING_OPENED:
        _apply_opened(session, ensure(session, claim), event)
    elif event.kind is NewsKind.RECORDING_CLOSED:
        row = ensure(session, claim)
        if row.state in GONE:
            return
        row.told_closed = row.told_closed or event.ended == "closed"
        row.told_s = event.duration_s if event.duration_s is not None else row.told_s
        if row.closed is None:
            row.closed = utc_moment(event.at_utc_us)
            row.duration_s = row.duration_s if row.duration_s is not None else event.duration_s
            touch(session, row)


def _announced(session: Session, camera: str, number: int, recording: str | None) -> RecordingClaim:
    """Return which recording an announcement means; an id that is another recording's is not believed."""
    known = None if recording is None else get_named(session, recording)
    if known is not None and (known.camera_id, known.number) != (camera, number):
        return RecordingClaim(camera, number)
    return RecordingClaim(camera, number, recording)


def _apply_opened(session: Session, row: Recording, event: CameraEvent) -> None:
    if row.opened or row.pressed is not None or row.state in GONE:
        return
    row.pressed, row.clock_synchronised = utc_moment(event.at_utc_us), event.clock_synchronised
    row.prerecord_s, row.asked_s = event.prerecord_s, event.asked_s
    row.trigger, row.marks = event.trigger or "", list(event.marks)
    _assign(row, announced_wearer(_evidence(session, row, event.assignment)))
    touch(session, row)


def apply_open(session: Session, row: Recording, opening: Open, *, claimed: str | None = None) -> str | None:
    """Take over what the ledger's ``open`` says; return a sentence when it is another recording's ledger.

    Args:
        session: the caller's.
        row: the recording's.
        opening: the ledger's first record.
        claimed: the id that the camera sent it under.
    """
    if (opening.camera, opening.number) != (row.camera_id, row.number):
        return (
            f"What {row.camera_id} sent as recording {row.number} says that it is recording "
            f"{opening.number} of {opening.camera}."
        )
    name = opening.recording.hex()
    if claimed is not None and claimed != name:
        return f"What {row.camera_id} sent as recording {claimed} says that it is {name}."
    other = get_named(session, name) if row.recording != name else None
    if other is not None and not give_up(session, other):
        return f"It says that it is recording {name}, which another recording is already."
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
    if own is not None:  # as good as a status until it is verified, and forgotten if it is refused
        learn(session, row.camera_id, row.run, [replace(own, signed=False)], dated_anew)
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

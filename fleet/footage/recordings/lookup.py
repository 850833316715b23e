"""Which row a camera, or an address, means.

Rules:
- a camera numbers its recordings, and says the id of the one it speaks of; one that does not say it means the
  first of that number;
- two devices that use one identity use numbers twice: the second recording of a number gets a row of its own,
  and what is kept of it is kept apart, so that neither is in the other's way;
- a recording's id is one recording's, of one camera, for good: once its signed ledger has said it. An id that
  was only claimed stands in nobody's way (the ledger is the record);
- a number far beyond every one of which something has come is none that the camera has used: it is refused,
  so that one lie does not make thousands of recordings missing (L3);
- everything happens inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fleet.core.database import now
from fleet.core.problems import ProblemError, not_found
from fleet.footage.recordings.gone import refuse_gone
from fleet.footage.recordings.models import GONE, Recording, RecordingState
from fleet.footage.store.names import MAX_NUMBER, is_recording_id, parse_fallback

NUMBER_WINDOW = 1000
"""A camera is not believed to have made so many recordings of which nothing has come."""


@dataclass(frozen=True, slots=True)
class RecordingClaim:
    """Which recording a camera speaks of.

    Attributes:
        camera: the camera's id, from its certificate.
        number: the camera's own count.
        recording: its id in hex; None where the camera does not say it.
    """

    camera: str
    number: int
    recording: str | None = None


def find(session: Session, claim: RecordingClaim, *, lock: bool = False) -> Recording | None:
    """Return the row of a recording, or None.

    Args:
        session: the caller's.
        claim: which recording.
        lock: hold the row until the transaction ends, so that two requests about it take turns.
    """
    if not 1 <= claim.number <= MAX_NUMBER:
        return None  # and nothing that a database has to refuse
    return _meant(_of_number(session, claim, lock=lock), claim)


def get(session: Session, public_id: str) -> Recording:
    """Return the recording that an address means.

    Raises:
        ProblemError: 404 when there is none.
    """
    place = parse_fallback(public_id)
    row = None
    if is_recording_id(public_id):
        row = get_named(session, public_id)
    elif place is not None:
        row = find(session, RecordingClaim(*place))
    if row is None:
        raise not_found("such recording")
    return row


def get_here(session: Session, public_id: str) -> Recording:
    """Return the recording that an address means, locked; nobody deletes it before this transaction ends.

    Raises:
        ProblemError: 404 there is none; 410 it was deleted, or is being.
    """
    return get_all_here(session, [public_id])[0]


def get_all_here(session: Session, public_ids: Iterable[str]) -> list[Recording]:
    """Return the recordings that addresses mean, each once, and locked as by ``get_here``.

    For before anything is written to the audit log: whoever deletes takes its turn at that last too.

    Raises:
        ProblemError: 404 one of them is not there; 410 one was deleted, or is being.
    """
    rows = {row.id: row for row in (get(session, each) for each in dict.fromkeys(public_ids))}
    for number in sorted(rows):  # always in this order, so that two who do it never wait for each other
        session.refresh(rows[number], with_for_update={"of": Recording})
        refuse_gone(rows[number])
    return list(rows.values())


def ensure(session: Session, claim: RecordingClaim) -> Recording:
    """Return the row of a recording, locked; a new one when nothing was known of it.

    Raises:
        ProblemError: 400 when the number is none that the camera can have used; 409 when the id is another
            recording's.
    """
    if not 1 <= claim.number <= MAX_NUMBER:
        raise ProblemError(
            400, "number_unusable", f"A camera's recordings are numbered from 1, not {claim.number}."
        )
    row = find(session, claim, lock=True)
    if row is not None:
        return _named(session, row, claim)
    _refuse_taken(session, claim)
    _refuse_far(session, claim)
    try:
        with session.begin_nested():
            return _make(session, claim)
    except IntegrityError:  # two first requests at once, on a database where both can write
        row = find(session, claim, lock=True)
        return _named(session, row, claim) if row is not None else _make(session, claim)


def get_named(session: Session, recording: str) -> Recording | None:
    """Return the recording that has that id, or None."""
    return session.scalars(select(Recording).where(Recording.recording == recording)).one_or_none()


def _of_number(session: Session, claim: RecordingClaim, *, lock: bool) -> Sequence[Recording]:
    """Return the rows of a number, the first one and those apart, as they are at one moment."""
    query = select(Recording).where(Recording.camera_id == claim.camera, Recording.number == claim.number)
    return session.scalars(query.with_for_update(of=Recording) if lock else query).all()


def _meant(rows: Sequence[Recording], claim: RecordingClaim) -> Recording | None:
    """Return which of a number's rows a claim means; None where it is another recording than all of them."""
    first = next((row for row in rows if not row.apart), None)
    if claim.recording is None or (first is not None and first.recording is None):
        return next((row for row in rows if row.recording == claim.recording), first)
    return next((row for row in rows if row.recording == claim.recording), None)


def _named(session: Session, row: Recording, claim: RecordingClaim) -> Recording:
    """Return a row, which takes the id that is claimed where it had none."""
    if row.recording is None and claim.recording is not None:
        _refuse_taken(session, claim)
        row.recording = claim.recording
    return row


def _refuse_taken(session: Session, claim: RecordingClaim) -> None:
    row = get_named(session, claim.recording) if claim.recording is not None else None
    if row is not None and (row.camera_id, row.number) != (claim.camera, claim.number):
        if give_up(session, row):
            return
        detail = f"The recording id {claim.recording} is another recording's already."
        raise ProblemError(409, "recording_id_taken", detail)


def _refuse_far(session: Session, claim: RecordingClaim) -> None:
    query = select(func.max(Recording.number)).where(
        Recording.camera_id == claim.camera, Recording.state != RecordingState.ANNOUNCED
    )
    last = furthest(session.scalar(query))
    if last is not None and claim.number > last:
        detail = (
            f"{claim.camera} cannot have made recording {claim.number}: nothing has come of any after "
            f"{last - NUMBER_WINDOW}."
        )
        raise ProblemError(400, "number_too_far", detail)


def give_up(session: Session, row: Recording) -> bool:
    """Take from a row the id that was only claimed for it; False where it is its own by its ledger."""
    if row.opened or row.state in GONE:
        return False
    row.recording = None
    session.flush()
    return True


def furthest(came: int | None) -> int | None:
    """Return the highest number that is believed where something came of ``came``; None: any is. Pure."""
    return None if came is None else came + NUMBER_WINDOW


def _make(session: Session, claim: RecordingClaim) -> Recording:
    """Make a row, apart where the number has another recording; one that was made just now is returned."""
    moment = now(session)
    rows = _of_number(session, claim, lock=True)
    meant = _meant(rows, claim)
    if meant is not None:
        return _named(session, meant, claim)
    row = Recording(
        camera_id=claim.camera,
        number=claim.number,
        recording=claim.recording,
        apart=(claim.recording or "") if rows else "",
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

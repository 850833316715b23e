"""The recordings that a request is about: held from the first minute, restricted, or erased; and all at once.

Everything happens in the caller's transaction.

Rules:
- what is linked to a request is held at once, and for as long as that is open (F3);
- a restriction outlasts its request, with its hold, until the person was told that it ends;
- for a legal claim what is restricted is let through for a while, and whoever does it says for which;
- nothing is erased while it was asked who asks, or whether they may, and that was not shown. Restricting
  takes nothing from anybody, and may come first;
- erasure ends this request's own hold and begins the one deletion that there is; another hold, which may be a
  legal claim's, refuses it;
- what is said to be wrong is noted beside the recording, which is never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError
from fleet.footage.recordings.lookup import get, get_here
from fleet.footage.recordings.models import GONE, Recording
from fleet.footage.restricting.import_restrictions import restrict_import
from fleet.footage.restricting.restrictions import let_through, lift, restrict
from fleet.imagery.rules.kinds import ImportState
from fleet.incidents.notes import add_note
from fleet.jobs.queue import ask
from fleet.people.secrets import Random
from fleet.requests.cases import get_case, get_open, note_step, refuse_unshown
from fleet.requests.linked.imports import hold_imports_again, imports_of
from fleet.requests.linked.lasting import (
    LET_THROUGH_FOR,
    LONGEST_CLAIM,
    NOT_ERASED,
    held_words,
    is_restricted_by,
    release_holds,
    request_hold,
    restricted_by,
)
from fleet.requests.models import RequestCase, RequestRecording
from fleet.requests.rules.kinds import RIGHTS, RequestKind
from fleet.requests.texts_of import clean_words
from fleet.retention.deletion.deleting import KIND as DELETION
from fleet.retention.holds import IMPORT, hold_recording, holds_of_request, holds_on
from fleet.retention.models import Erasure

MOST_RECORDINGS = 200


def link_recording(
    session: Session, random: Random, *, case: str, recording: str, zone: ZoneInfo, by: Actor
) -> Recording:
    """Link a recording to a request, and hold it; one that is linked stays so.

    Raises:
        ProblemError: 404 there is no such request or recording; 409 the request is closed, or has very many;
            410 the recording was deleted.
    """
    take_turn(session, Turn.RETENTION)
    row = get_open(session, case)
    found = get_here(session, recording)
    if session.get(RequestRecording, (row.id, found.id)) is not None:
        return found
    count = select(func.count()).select_from(RequestRecording).where(RequestRecording.case_id == row.id)
    if (session.scalar(count) or 0) >= MOST_RECORDINGS:
        detail = f"A request has at most {MOST_RECORDINGS} recordings; write another one down for the rest."
        raise ProblemError(409, "too_many_recordings", detail)
    session.add(
        RequestRecording(
            case_id=row.id, recording_id=found.id, added=now(session), added_by=by.name or by.label
        )
    )
    _hold(session, random, row, found, zone, by)
    linked = {"recording": found.public_id}
    words = f"Linked and held {_name(found)}."
    note_step(session, row, by, "requests:request:link", words, detail=linked)
    return found


def unlink_recording(session: Session, *, case: str, recording: str, by: Actor) -> None:
    """Take a recording out of a request that is not about it after all; its hold ends.

    Raises:
        ProblemError: 404 there is no such request or recording; 409 it is closed, the recording is not
            linked, or restricted by it.
    """
    row = get_open(session, case)
    found, link = _linked(session, row, recording)
    if is_restricted_by(session, row, found.id):
        raise ProblemError(409, "is_restricted", "It is restricted: tell the person that this ends first.")
    session.delete(link)
    release_holds(session, row, by, "It is not what the request is about.", only=found.id)
    detail = {"recording": found.public_id}
    words = f"Took {_name(found)} out; it is not what the request is about."
    note_step(session, row, by, "requests:request:unlink", words, detail=detail)


def restrict_linked(session: Session, random: Random, *, case: str, by: Actor) -> int:
    """Restrict every recording and import of a request that is here; return how many were not before.

    Raises:
        ProblemError: 404 there is no such request; 409 it is closed, no request of the person, or nothing of
            what it is about is here.
    """
    row = get_open(session, case)
    if RequestKind(row.kind) not in RIGHTS:
        detail = "Footage is restricted upon a request of the person recorded alone."
        raise ProblemError(409, "not_of_person", detail)
    here = [each.recording for each in recordings_of(session, row) if each.recording.state not in GONE]
    imports = [each for each in imports_of(session, row) if each.state == ImportState.HELD]
    if not here and not imports:
        raise ProblemError(409, "no_recordings", "Link the recordings or imports first.")
    named, by_request = {"reference": row.reference}, {"request": row.id, "reference": row.reference}
    new = [each for each in here if restrict(session, random, each, **by_request, by=by)]
    for each in new:
        record(session, by, "requests:recording:restrict", each.public_id, detail=named)
    others = [each for each in imports if restrict_import(session, random, each.id, **by_request, by=by)]
    for imported in others:
        record(session, by, "requests:import:restrict", imported.id, detail=named)
        announce(session, IMPORT, imported.id)
    if new or others:
        words = f"Restricted {_count(len(new), len(others))}: kept, and neither watched nor taken out."
        note_step(session, row, by, "requests:request:restrict", words)
    return len(new) + len(others)


def end_restrictions(session: Session, case: RequestCase, *, by: Actor) -> None:
    """End what a request restricts, and its holds where it is closed."""
    named = {"reference": case.reference}
    for each in restricted_by(session, case):
        if each.import_id is not None:
            each.lifted, each.lifted_by = now(session), by.name or by.label
            announce(session, IMPORT, each.import_id)
            record(session, by, "requests:import:lift", each.import_id, detail=named)
            continue
        row = session.get_one(Recording, each.recording_id)
        lift(session, row, request=case.id, by=by)
        record(session, by, "requests:recording:lift", row.public_id, detail=named)
    session.flush()
    if case.closed is not None:
        release_holds(session, case, by, "The restriction ended.")


def let_through_for_claim(session: Session, *, case: str, recording: str, claim: str, by: Actor) -> None:
    """Let a restricted recording be watched and taken out for a day, for a legal claim.

    Raises:
        ProblemError: 404 there is no such request or recording; 409 the recording is not linked, or not
            restricted; 422 nobody says for which claim.
    """
    row = get_case(session, case, lock=True)
    found, _link = _linked(session, row, recording)
    why = clean_words(claim, "Say for which legal claim", longest=LONGEST_CLAIM)
    if not let_through(session, found, until=now(session) + LET_THROUGH_FOR, reason=why, by=by):
        raise ProblemError(409, "not_restricted", "It is not restricted.")
    detail = {"reference": row.reference}
    record(session, by, "requests:recording:let-through", found.public_id, why, detail=detail)
    words = f"Let {_name(found)} through for a day, for a legal claim: {why}"
    note_step(session, row, by, "requests:request:let-through", words)


def erase_recording(session: Session, *, case: str, recording: str, by: Actor) -> None:
    """Have a recording of a request for erasure deleted, keys first, with its certificate.

    Raises:
        ProblemError: 404 there is no such request or recording; 409 the request is closed or asks for
            something else, it was not shown who asks, the recording is not linked, restricted, or held by
            others; 410 it was deleted.
    """
    take_turn(session, Turn.RETENTION)
    row = get_open(session, case)
    if row.kind != RequestKind.ERASURE:
        raise ProblemError(409, "not_erasure", "Recordings are erased upon a request for erasure alone.")
    refuse_unshown(row, NOT_ERASED)
    found, _link = _linked(session, row, recording)
    get_here(session, recording)
    others = [each for each in holds_on(session, [found.id]).get(found.id, ()) if each.request != row.id]
    if others:
        raise ProblemError(409, "is_held", held_words(others))
    if is_restricted_by(session, row, found.id):
        raise ProblemError(409, "is_restricted", "It is restricted: tell the person that this ends first.")
    release_holds(session, row, by, "It is erased upon the request.", only=found.id)
    session.add(
        Erasure(
            recording_id=found.id,
            reference=row.reference,
            decided=now(session),
            decided_by=by.name or by.label,
        )
    )
    session.flush()
    ask(session, DELETION, str(found.id))
    record(session, by, "requests:recording:erase", found.public_id, detail={"reference": row.reference})
    words = f"Decided that {_name(found)} is deleted."
    note_step(session, row, by, "requests:request:erase", words)


def note_beside(session: Session, random: Random, *, case: str, recording: str, text: str, by: Actor) -> None:
    """Write beside a recording what the person says is wrong with it; the recording stays as it is.

    Raises:
        ProblemError: 404 there is no such request or recording; 409 it is closed, the recording is not
            linked, or has very many notes; 410 it was deleted; 422 nothing is said, or too much.
    """
    row = get_open(session, case)
    found, _link = _linked(session, row, recording)
    said = clean_words(text, "Say what the person says is wrong")
    add_note(session, random, recording=found.public_id, text=f"Request {row.reference}: {said}", by=by)
    words = f"Noted beside {_name(found)} what the person says of it."
    note_step(session, row, by, "requests:request:note", words)


def recordings_of(session: Session, case: RequestCase) -> Sequence[RequestRecording]:
    """Return the recordings of a request, in the order in which they were linked."""
    query = select(RequestRecording).where(RequestRecording.case_id == case.id)
    return session.scalars(query.order_by(RequestRecording.added, RequestRecording.recording_id)).all()


def is_restricting(session: Session, case: RequestCase) -> bool:
    """Say whether a request restricts anything now."""
    return bool(restricted_by(session, case))


def hold_again(session: Session, random: Random, case: RequestCase, zone: ZoneInfo, by: Actor) -> None:
    """Hold what is still here of a request that is opened again."""
    held = {each.recording_id for each in holds_of_request(session, case.id)}
    for each in recordings_of(session, case):
        if each.recording.state not in GONE and each.recording_id not in held:
            _hold(session, random, case, each.recording, zone, by)
    hold_imports_again(session, random, case, zone, by)


def release_all(session: Session, case: RequestCase, by: Actor) -> None:
    """End the holds of a request that is closed, but for what it restricts."""
    release_holds(session, case, by, "The request is closed.")


def _hold(
    session: Session, random: Random, case: RequestCase, row: Recording, zone: ZoneInfo, by: Actor
) -> None:
    draft = request_hold(session, case, zone)
    hold_recording(session, random, draft, recording=row.public_id, by=by, request=case.id)


def _linked(session: Session, case: RequestCase, recording: str) -> tuple[Recording, RequestRecording]:
    found = get(session, recording)
    link = session.get(RequestRecording, (case.id, found.id))
    if link is None:
        raise ProblemError(409, "not_linked", "That recording is not linked to this request.")
    return found, link


def _name(row: Recording) -> str:
    return f"recording {row.number} of {row.camera_id}"


def _count(recordings: int, imports: int) -> str:
    words = [
        f"1 {one}" if number == 1 else f"{number} {one}s"
        for number, one in ((recordings, "recording"), (imports, "import"))
        if number
    ]
    return " and ".join(words)

"""Notes about recordings, each with its author and its time; never changed afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.footage.recordings.lookup import get_here
from fleet.footage.recordings.models import Recording
from fleet.footage.recordings.rows import TOPIC
from fleet.incidents.models import Note
from fleet.incidents.rules.draft import LONGEST_NOTE, DraftError, clean_text
from fleet.incidents.word_index import index_words
from fleet.people.secrets import Random, new_id

MOST_NOTES = 200


def add_note(session: Session, random: Random, *, recording: str, text: str, by: Actor) -> Note:
    """Write a note about a recording. The audit log says that there is one, and not what it says.

    Raises:
        ProblemError: 404 there is no such recording; 409 it has very many; 410 it was deleted; 422 it says
            nothing, or too much.
    """
    try:
        clean = clean_text(text, longest=LONGEST_NOTE)
    except DraftError as error:
        raise ProblemError(422, "note_too_long", str(error)) from error
    if not clean:
        raise ProblemError(422, "note_missing", "Write something.")
    row = get_here(session, recording)
    if (session.scalar(select(func.count()).where(Note.recording_id == row.id)) or 0) >= MOST_NOTES:
        detail = f"A recording has at most {MOST_NOTES} notes; write the rest into its incident."
        raise ProblemError(409, "too_many_notes", detail)
    note = Note(
        id=new_id(random),
        recording_id=row.id,
        author=by.name or by.label,
        written=now(session),
        text=clean,
    )
    session.add(note)
    index_words(session, row.id, clean)
    record(session, by, "incidents:recording:note", row.public_id, detail={"note": note.id})
    announce(session, TOPIC, row.public_id)
    return note


def notes_of(session: Session, row: Recording) -> Sequence[Note]:
    """Return the notes about a recording, the oldest first."""
    query = select(Note).where(Note.recording_id == row.id).order_by(Note.written, Note.id)
    return session.scalars(query).all()

"""Notes about imports, each with its author and its time; never changed, and gone with the import."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.imagery.models import ImportNote, ImportRow
from fleet.imagery.service import get_held
from fleet.incidents.rules.draft import LONGEST_NOTE, DraftError, clean_text
from fleet.people.secrets import Random, new_id
from fleet.retention.holds import IMPORT as TOPIC

MOST_NOTES = 200


def add_import_note(session: Session, random: Random, *, name: str, text: str, by: Actor) -> ImportNote:
    """Write a note about an import. The audit log says that there is one, and not what it says.

    Raises:
        ProblemError: 404 there is no such import; 409 its file is not here, or it has very many; 410 it was
            deleted; 422 it says nothing, or too much.
    """
    try:
        clean = clean_text(text, longest=LONGEST_NOTE)
    except DraftError as error:
        raise ProblemError(422, "note_too_long", str(error)) from error
    if not clean:
        raise ProblemError(422, "note_missing", "Write something.")
    row = get_held(session, name, lock=True)
    if (session.scalar(select(func.count()).where(ImportNote.import_id == row.id)) or 0) >= MOST_NOTES:
        detail = f"An import has at most {MOST_NOTES} notes; write the rest into its incident."
        raise ProblemError(409, "too_many_notes", detail)
    note = ImportNote(
        id=new_id(random), import_id=row.id, author=by.name or by.label, written=now(session), text=clean
    )
    session.add(note)
    record(session, by, "imagery:import:note", row.id, detail={"note": note.id})
    announce(session, TOPIC, row.id)
    return note


def notes_of_import(session: Session, row: ImportRow) -> Sequence[ImportNote]:
    """Return the notes about an import, the oldest first."""
    query = select(ImportNote).where(ImportNote.import_id == row.id)
    return session.scalars(query.order_by(ImportNote.written, ImportNote.id)).all()

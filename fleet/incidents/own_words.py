"""What officers write about their own recordings, within a day of them, and which recordings are theirs.

Rules:
- a recording is an officer's where the fleet says that they wore its camera, and it did not verify wrongly:
  of one that did not verify it is not known whose it is (F8);
- somebody else's recording is to an officer as one that does not exist;
- what was written has its author and time, and is never changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import GONE, Recording
from fleet.footage.recordings.rows import TOPIC
from fleet.incidents.models import OwnWords
from fleet.incidents.rules.draft import LONGEST_NOTE, DraftError, clean_text
from fleet.incidents.rules.own_words import may_write
from fleet.incidents.word_index import index_words
from fleet.people.secrets import Random, new_id

MOST_WORDS = 20


def own_recording(session: Session, recording: str, officer: str) -> Recording:
    """Return a recording of an officer.

    Raises:
        ProblemError: 404 where there is none, or it is not theirs: the same words for both.
    """
    row = get(session, recording)
    if row.officer_id != officer or row.untrusted:
        raise not_found("such recording")
    return row


def add_own_words(
    session: Session, random: Random, *, recording: str, officer: str, text: str, by: Actor
) -> OwnWords:
    """Write something about one's own recording. The audit log says that there is something, and not what.

    Raises:
        ProblemError: as ``own_recording``; 409 once the day is over, or where there are many; 422 where it
            says nothing, or too much.
    """
    row, moment = own_recording(session, recording, officer), now(session)
    if row.state in GONE:
        raise ProblemError(409, "day_over", "This recording is being deleted; tell the safety team instead.")
    if not may_write(row.announced, moment):
        detail = (
            "The day in which you could write about this recording is over; tell the safety team instead."
        )
        raise ProblemError(409, "day_over", detail)
    try:
        clean = clean_text(text, longest=LONGEST_NOTE)
    except DraftError as error:
        raise ProblemError(422, "words_too_long", str(error)) from error
    if not clean:
        raise ProblemError(422, "words_missing", "Write something.")
    if (session.scalar(select(func.count()).where(OwnWords.recording_id == row.id)) or 0) >= MOST_WORDS:
        detail = f"You have written about this recording {MOST_WORDS} times; tell the safety team the rest."
        raise ProblemError(409, "too_many_words", detail)
    words = OwnWords(
        id=new_id(random),
        recording_id=row.id,
        officer_id=officer,
        author=by.name,
        written=moment,
        text=clean,
    )
    session.add(words)
    index_words(session, row.id, clean)
    record(session, by, "incidents:recording:own-words", row.public_id, detail={"words": words.id})
    announce(session, TOPIC, row.public_id)
    return words


def own_words_of(session: Session, row: Recording) -> Sequence[OwnWords]:
    """Return what the officer wrote about a recording, the oldest first."""
    query = select(OwnWords).where(OwnWords.recording_id == row.id)
    return session.scalars(query.order_by(OwnWords.written, OwnWords.id)).all()

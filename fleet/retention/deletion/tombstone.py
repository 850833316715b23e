"""What is left of a recording's rows once it is deleted: that it was, of which camera, when, and why.

It keeps its number (L3), its date and what began it then, its place among its neighbours, the digest of its
receipt, and which incidents it belonged to. What else was known goes: who wore the camera, what people said
and wrote of it, what the verifier found, what happened in it.
"""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fleet.footage.keys.models import RecordingKey
from fleet.footage.recordings.models import LedgerPiece, Recording, SegmentRow
from fleet.incidents.models import Judgement, Note, OwnWords
from fleet.incidents.word_index import forget_words
from fleet.retention.models import DeletionNotice

_FORGOTTEN = (
    *("run", "press_boot_us", "reckoned_s", "asked_s", "prerecord_s", "closed", "ended", "duration_s"),
    *("late_s", "lacking_s", "conditions", "told_s", "stopped_by", "stopped_at", "stopped_reason", "resumed"),
    *("opening", "opening_at", "assignment_id", "officer_id", "wearer_basis", "wearer_doubt"),
    *("signed_assignment", "listed_assignment_id", "expected", "verdict", "sentence", "report", "chain"),
    "timeline",
)
_CLAIMED = ("pressed", "clock_synchronised", "reckoned")


def bury(session: Session, row: Recording) -> None:
    """Forget of a recording what is not needed to say that it was deleted."""
    for table in (SegmentRow, LedgerPiece, RecordingKey, Judgement, Note, OwnWords, DeletionNotice):
        session.execute(delete(table).where(table.recording_id == row.id))
    forget_words(session, row.id)
    for name in _FORGOTTEN if not row.untrusted else (*_FORGOTTEN, *_CLAIMED):
        setattr(row, name, None)
    row.missing, row.marks, row.trigger = [], [], "" if row.untrusted else row.trigger
    row.told_closed, row.received_bytes = False, 0

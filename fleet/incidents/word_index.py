"""The index of what was written of recordings, by which a word of it is found among very many.

Rules:
- what is written goes into it in the same transaction, and leaves it with the recording: there is no row of
  it whose recording has no such word, and none that two recordings share;
- it is a table as any other, the same on SQLite and PostgreSQL. SQLite's own full-text index keeps what was
  deleted until it is merged, which ``secure_delete`` does not reach before SQLite 3.42, and PostgreSQL's
  finds no part of a word.

What is written of incidents and visits is not in it: that is changed, and there is little of it.
"""

from __future__ import annotations

from sqlalchemy import Select, delete, false, insert, select
from sqlalchemy.orm import Session

from fleet.incidents.models import SaidWord
from fleet.incidents.rules.said_words import LAST, asked_pieces, pieces_of


def index_words(session: Session, recording: int, text: str) -> None:
    """Have a recording found by what was just written of it.

    Args:
        session: the transaction in which that is written.
        recording: the recording's row.
        text: what was written.
    """
    pieces = pieces_of(text)
    known = set(session.scalars(select(SaidWord.piece).where(SaidWord.recording_id == recording)))
    if new := sorted(pieces - known):
        session.execute(insert(SaidWord), [{"piece": each, "recording_id": recording} for each in new])


def forget_words(session: Session, recording: int) -> None:
    """Have a recording found by nothing any more that was written of it."""
    session.execute(delete(SaidWord).where(SaidWord.recording_id == recording))


def said_with(word: str) -> Select[int]:
    """Return the rows of recordings of which a word was written, as somebody typed it."""
    found = select(SaidWord.recording_id)
    pieces = asked_pieces(word)
    if not pieces:
        return found.where(false())
    for piece in pieces[1:]:
        found = found.where(SaidWord.recording_id.in_(_beginning_with(piece)))
    return found.where(SaidWord.piece >= pieces[0], SaidWord.piece < pieces[0] + LAST)


def _beginning_with(piece: str) -> Select[int]:
    return select(SaidWord.recording_id).where(SaidWord.piece >= piece, SaidWord.piece < piece + LAST)

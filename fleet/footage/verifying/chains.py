"""Comparing a recording with its camera's others that are held, in whatever order they arrive.

Rules:
- a recording is held, and gets its receipt, for what it is itself: a neighbour that is not here yet, or one
  that contradicts it, changes nothing about that;
- what ties a recording to its neighbours is kept in a row of its own (``ChainRow``) once it is held;
- when one becomes held, it and each neighbour are compared anew, and each row says what concerns it. So what
  was found does not depend on the order of arrival, and one that was missing is no longer said to be;
- ``protocol.footage.verifying.chains.chain`` decides what contradicts what, as for ``lapel-verify``;
- how many are compared at once is limited (``_OF_A_RUN``, ``_FOLLOWING``): a camera that was copied could
  else make each arrival cost as much as all that came before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.footage.recordings.chain_row import ChainRow
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.recordings.rows import touch
from fleet.footage.recordings.unconfirmed import unconfirmed_json, unconfirmed_of_json
from protocol.footage.ledger.ledger import Ledger
from protocol.footage.verifying.chains.chain import ChainWeight, RecordingLink, check_chains

_OF_A_RUN: Final = 8
"""So many recordings of the same run before and after one are compared with it, by their numbers."""

_FOLLOWING: Final = 4
"""So many that name it as the one before them."""

_SAME_NUMBER: Final = 4
"""So many of one number: two devices with one identity make several."""


def link_of(ledger: Ledger) -> RecordingLink:
    """Return what a ledger alone tells of its neighbours; the chunks stay unknown."""
    opening = ledger.open
    return RecordingLink(
        authority="",
        camera=opening.camera,
        number=opening.number,
        recording=opening.recording.hex(),
        run=opening.run.hex(),
        press_ns=opening.press_ns,
        open_digest=ledger.open_digest,
        previous_open=opening.previous_open,
        unconfirmed=ledger.unconfirmed,
    )


def compare(session: Session, row: Recording, link: RecordingLink) -> None:
    """Keep what ties a held recording to others, and compare it and its neighbours anew.

    Args:
        session: the caller's; it commits.
        row: the recording's row.
        link: what ties it to others, as its verification found it.
    """
    kept = ChainRow(
        recording_id=row.id,
        camera_id=row.camera_id,
        number=link.number,
        run=link.run,
        press_ns=str(link.press_ns),
        open_digest=link.open_digest,
        previous_open=link.previous_open,
        first_seq=str(link.first_seq),
        chunks=link.chunks or None,
        unconfirmed=unconfirmed_json(link.unconfirmed) or None,
    )
    session.merge(kept)
    session.flush()
    own = session.get_one(ChainRow, row.id)
    for each in (own, *_around(session, own)):
        _judge(session, each)


def not_compared(session: Session) -> Sequence[int]:
    """Return the rows of held recordings that were never compared: they were held before that was done."""
    query = (
        select(Recording.id)
        .outerjoin(ChainRow, ChainRow.recording_id == Recording.id)
        .where(Recording.state == RecordingState.HELD, ChainRow.recording_id.is_(None))
    )
    return session.scalars(query.order_by(Recording.id)).all()


def _judge(session: Session, own: ChainRow) -> None:
    """Note on a recording's row what concerns it of what it and its neighbours show."""
    around = [own, *_around(session, own)]
    found = check_chains(_link(each, run=own.run) for each in around)
    recording = own.recording
    told = [
        each.to_json()
        for each in found
        if each.weight is not ChainWeight.REMARK and recording.recording in each.recordings
    ]
    if recording.chain != told:
        recording.chain = told
        touch(session, recording)


def _around(session: Session, own: ChainRow) -> list[ChainRow]:
    """Return the recordings that one has to be compared with, each once."""
    before = select(ChainRow).where(ChainRow.camera_id == own.camera_id, ChainRow.number < own.number)
    after = select(ChainRow).where(ChainRow.camera_id == own.camera_id, ChainRow.number > own.number)
    same = select(ChainRow).where(ChainRow.camera_id == own.camera_id, ChainRow.number == own.number)
    falling, rising = ChainRow.number.desc(), ChainRow.number
    found: list[ChainRow] = []
    for query in (
        same.limit(_SAME_NUMBER),
        before.order_by(falling).limit(_SAME_NUMBER),
        after.order_by(rising).limit(_SAME_NUMBER),
        before.where(ChainRow.run == own.run).order_by(falling).limit(_OF_A_RUN),
        after.where(ChainRow.run == own.run).order_by(rising).limit(_OF_A_RUN),
        select(ChainRow).where(ChainRow.previous_open == own.open_digest).limit(_FOLLOWING),
    ):
        found += session.scalars(query)
    if own.previous_open is not None:
        found += session.scalars(select(ChainRow).where(ChainRow.open_digest == own.previous_open).limit(1))
    rows = {each.recording_id: each for each in found}
    rows.pop(own.recording_id, None)
    return list(rows.values())


def _link(row: ChainRow, *, run: str) -> RecordingLink:
    """Return a row as what ties recordings; its chunks only where they are of the run that is looked at."""
    return RecordingLink(
        authority="",
        camera=row.camera_id,
        number=row.number,
        recording=row.recording.recording or "",
        run=row.run,
        press_ns=int(row.press_ns),
        open_digest=row.open_digest,
        previous_open=row.previous_open,
        unconfirmed=unconfirmed_of_json(row.unconfirmed),
        first_seq=int(row.first_seq),
        chunks=(row.chunks or b"") if row.run == run else b"",
    )

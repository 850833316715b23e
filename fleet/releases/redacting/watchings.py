"""Who watched which seconds of a redacted copy; everything in the caller's transaction.

The service knows what it sent, and what the player of whoever it sent that to says that it played. It does
not know whether anybody looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.releases.models import FootageRelease
from fleet.releases.redacting.drafts import copy_digest, redactions_of
from fleet.releases.redacting.models import (
    AnyRedaction,
    AnyWatched,
    CopyWatched,
    ImportCopyWatched,
    ReleaseRedaction,
)
from fleet.releases.rules.watched import (
    CRUMB_MS,
    MOST_SPANS,
    Spans,
    common,
    is_possible,
    joined_spans,
    left_of,
    length_of,
)
from fleet.releases.steps import TOPIC
from fleet.releases.subjects import name_of

_S = 1000
STILL: Final[Spans] = ((0, 1000),)
"""What there is to be watched of a photograph: so long somebody has it in sight, in milliseconds."""


def note_sent(
    session: Session,
    row: FootageRelease,
    redaction: AnyRedaction,
    *,
    needed: Spans,
    span: tuple[int, int],
    by: Actor,
) -> None:
    """Keep that a span of a copy was sent to somebody.

    Args:
        session: the transaction.
        row: the release.
        redaction: what is hidden in the copy.
        needed: all that there is to be watched of it.
        span: what was sent, in milliseconds.
        by: to whom.
    """
    digest, moment = copy_digest(row, redaction), now(session)
    found = _row(session, redaction, by.id, lock=True)
    if found is None:
        found = _new(redaction, by.id)
        session.add(found)
        found.digest = ""
    if found.digest != digest:
        found.digest, found.needed = digest, _written(needed)
        found.sent, found.played, found.said = [], [], moment
    found.name = by.name or by.label
    found.sent = _written(joined_spans([*found.sent, span], crumb_ms=1))


def note_played(
    session: Session,
    row: FootageRelease,
    redaction: AnyRedaction,
    said: Sequence[Sequence[int]],
    by: Actor,
) -> AnyWatched:
    """Keep what somebody's player says that it played.

    Raises:
        ProblemError: 409 nothing of this copy was sent to them, or more is said than could be played since
            they last said something.
    """
    found = _row(session, redaction, by.id, lock=True)
    if found is None or found.digest != copy_digest(row, redaction):
        detail = "What is hidden was changed since this copy was opened: open it again, and watch it anew."
        raise ProblemError(409, "copy_changed", detail)
    moment = now(session)
    spans = common(joined_spans(said), _spans(found.sent))
    if not is_possible(spans, round((moment - found.said).total_seconds() * _S)):
        detail = "More was said to be played than can be in that time: it does not count as watched."
        raise ProblemError(409, "played_too_fast", detail)
    found.said = moment
    played = joined_spans([*found.played, *spans], crumb_ms=CRUMB_MS)
    if len(played) > MOST_SPANS:
        raise ProblemError(409, "too_scattered", "It was watched in too many pieces: watch it through.")
    was_left = bool(left_of(_spans(found.needed), _spans(found.played)))
    found.played = _written(played)
    if was_left and not left_of(_spans(found.needed), played):
        announce(session, TOPIC, row.id)
    return found


def watched_by(session: Session, row: FootageRelease, redaction: AnyRedaction) -> Sequence[AnyWatched]:
    """Return who watched anything of the copy as it is now, by name."""
    digest = copy_digest(row, redaction)
    if isinstance(redaction, ReleaseRedaction):
        one = CopyWatched.release_id == row.id, CopyWatched.recording_id == redaction.recording_id
        query = select(CopyWatched).where(*one, CopyWatched.digest == digest)
        return session.scalars(query.order_by(CopyWatched.name, CopyWatched.actor)).all()
    other = ImportCopyWatched.release_id == row.id, ImportCopyWatched.import_id == redaction.import_id
    those = select(ImportCopyWatched).where(*other, ImportCopyWatched.digest == digest)
    return session.scalars(those.order_by(ImportCopyWatched.name, ImportCopyWatched.actor)).all()


def amounts_watched(found: AnyWatched) -> tuple[int, int]:
    """Return how much of a copy somebody watched, and how much there is, in milliseconds."""
    needed = _spans(found.needed)
    whole = length_of(needed)
    return whole - length_of(left_of(needed, _spans(found.played))), whole


def spans_left(found: AnyWatched) -> Spans:
    """Return what somebody has not watched yet."""
    return left_of(_spans(found.needed), _spans(found.played))


def has_watched(session: Session, row: FootageRelease, redaction: AnyRedaction, by: str) -> bool:
    """Say whether somebody, by their id, watched the whole copy as it is now."""
    found = _row(session, redaction, by)
    return found is not None and found.digest == copy_digest(row, redaction) and not spans_left(found)


def why_not_approved(session: Session, row: FootageRelease, by: str) -> str:
    """Return why somebody, by their id, may not approve what is hidden yet; empty where they may."""
    for each in redactions_of(session, row.id):
        name = name_of(each.of)
        if each.undecided:
            return (
                f"Of the proposals for {name}, {each.undecided} are neither accepted nor refused: "
                "somebody has to look at each."
            )
        if not has_watched(session, row, each, by):
            return f"You have not watched the whole redacted copy of {name} yet, as it is now."
    return ""


def approve_copies(session: Session, row: FootageRelease, by: Actor) -> None:
    """Approve the copies of a release as they are now.

    Raises:
        ProblemError: 409 a proposal is not decided, or whoever approves has not watched a copy whole.
    """
    why = why_not_approved(session, row, by.id)
    if why:
        raise ProblemError(409, "copy_not_watched", why)
    for each in redactions_of(session, row.id):
        each.approved = copy_digest(row, each)


def _row(session: Session, redaction: AnyRedaction, by: str, *, lock: bool = False) -> AnyWatched | None:
    if isinstance(redaction, ReleaseRedaction):
        key = redaction.release_id, redaction.recording_id, by
        return session.get(CopyWatched, key, with_for_update=lock)
    return session.get(
        ImportCopyWatched, (redaction.release_id, redaction.import_id, by), with_for_update=lock
    )


def _new(redaction: AnyRedaction, by: str) -> AnyWatched:
    if isinstance(redaction, ReleaseRedaction):
        of = redaction.recording_id
        return CopyWatched(release_id=redaction.release_id, recording_id=of, actor=by)
    return ImportCopyWatched(release_id=redaction.release_id, import_id=redaction.import_id, actor=by)


def _spans(rows: Sequence[Sequence[int]]) -> Spans:
    return tuple((start, end) for start, end in rows)


def _written(spans: Spans) -> list[list[int]]:
    return [list(each) for each in spans]

"""Continuity entries of releases: what the service sees, and what people enter; in the caller's transaction.

Nothing here changes or deletes an entry. They go with their release, once nothing keeps that any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.chain import Detail
from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.footage.recordings.models import Recording
from fleet.releases.finding import folders_of, import_folders_of
from fleet.releases.models import ContinuityEntry, FootageRelease
from fleet.releases.rules.continuity import (
    MOST_ENTERED,
    MOST_ENTRIES,
    ContinuityDraft,
    ContinuityError,
    ContinuityKind,
    clean_continuity,
)
from fleet.releases.rules.continuity_statement import ContinuityStatement, StatedEntry, StatedExhibit
from fleet.releases.rules.import_cover import NOT_SIGNED
from fleet.releases.rules.states import ReleaseStep
from fleet.releases.steps import step_on, tell
from fleet.releases.subjects import Released, exhibits_of, name_of, public_id

_FIELDS = ("holder", "taker", "how", "seal", "which_copy", "words", "corrects")


def saw(
    session: Session,
    row: FootageRelease,
    kind: ContinuityKind,
    by: Actor,
    *,
    taker: str = "",
    words: str = "",
) -> None:
    """Write down what the service saw; the step itself is in the audit log, however many entries there are.

    Args:
        session: the caller's, which holds the release.
        row: the release.
        kind: what happened.
        by: whose doing it was.
        taker: for whom.
        words: what else there is to say.
    """
    done = count_entries(session, row.id)
    if done < MOST_ENTRIES:
        draft = ContinuityDraft(kind, now(session), taker=taker, words=" ".join(words.split()))
        _add(session, row, draft, done + 1, by, is_seen=True)


def enter_continuity(session: Session, draft: ContinuityDraft, *, release: str, by: Actor) -> ContinuityEntry:
    """Write down what happened to a release where the service could not see it.

    Raises:
        ProblemError: 403 they may not; 404 there is no such release; 409 nothing of it was ever made, or it
            has very many entries; 422 something is missing, or cannot be so.
    """
    row = step_on(session, release, ReleaseStep.CONTINUITY, by)
    done = count_entries(session, row.id)
    if done >= MOST_ENTERED:
        said = f"{row.reference} has {MOST_ENTERED} entries already; keep what is more beside it, on paper."
        raise ProblemError(409, "too_many_entries", said)
    moment = now(session)
    try:
        clean = clean_continuity(draft, made=row.made or row.drafted, now=moment, entries=done)
    except ContinuityError as error:
        raise ProblemError(422, f"{error.field}_unusable", str(error)) from error
    entry = _add(session, row, clean, done + 1, by, is_seen=False)
    did = f"Wrote down entry {entry.number} of its continuity."
    detail: Detail = {"entry": entry.number, "kind": entry.kind}
    tell(session, row, by, "releases:continuity:enter", did, detail=detail)
    return entry


def entries_of(session: Session, release: str) -> Sequence[ContinuityEntry]:
    """Return the entries of a release, in the order in which they were written down."""
    query = select(ContinuityEntry).where(ContinuityEntry.release_id == release)
    return session.scalars(query.order_by(ContinuityEntry.number)).all()


def count_entries(session: Session, release: str) -> int:
    """Return how many entries a release has."""
    query = select(func.count()).select_from(ContinuityEntry).where(ContinuityEntry.release_id == release)
    return session.scalar(query) or 0


def statement_of(session: Session, row: FootageRelease, landlord: str) -> ContinuityStatement:
    """Return the continuity of a release as it stands, to be printed."""
    statements: dict[str | int, str] = {
        each.recording_id: each.statement for each in folders_of(session, row.id)
    }
    statements |= {each.import_id: each.statement for each in import_folders_of(session, row.id)}
    digests = {of: hashlib.sha256(said.encode("utf-8")).hexdigest() for of, said in statements.items()}
    return ContinuityStatement(
        reference=row.reference,
        landlord=landlord,
        whose=row.whose,
        exhibits=[
            StatedExhibit(exhibit, _stated_name(each), public_id(each), digests.get(each.id, ""))
            for each, exhibit in exhibits_of(row)
        ],
        entries=[stated(each) for each in entries_of(session, row.id)],
        at=now(session),
    )


def _stated_name(of: Released) -> str:
    """Return what it is called there; of an import with what nobody must take it for."""
    return name_of(of) if isinstance(of, Recording) else f"{name_of(of)}, {NOT_SIGNED}"


def stated(each: ContinuityEntry) -> StatedEntry:
    """Return an entry as it is printed."""
    fields = {name: getattr(each, name) for name in _FIELDS}
    return StatedEntry(each.number, ContinuityKind(each.kind), each.at, each.is_seen, **fields)


def _add(
    session: Session, row: FootageRelease, draft: ContinuityDraft, number: int, by: Actor, *, is_seen: bool
) -> ContinuityEntry:
    moment = now(session)
    entry = ContinuityEntry(
        release_id=row.id,
        number=number,
        kind=draft.kind,
        at=draft.at or moment,
        entered=moment,
        entered_by=by.name or by.label,
        is_seen=is_seen,
        **{name: getattr(draft, name) for name in _FIELDS},
    )
    session.add(entry)
    session.flush()
    return entry

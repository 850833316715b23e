"""Drafts of what is hidden in a release, kept; everything in the caller's transaction.

Rules:
- only a release that waits for approval has its drafts changed, and only by a person who is signed in:
  whoever does so is one of those who drafted the release, and never approves it;
- whoever changes a draft says which version they saw; of two who saw the same one, the second is refused, and
  so is one who asks again because an answer was lost;
- approved is one copy: its plan, byte by byte, and the spans that it is of. Whatever differs is another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from fleet.audit.chain import Detail
from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.footage.recordings.models import Recording
from fleet.imagery.models import ImportRow
from fleet.imagery.seconds.asking import ask_seconds, is_clip, refuse_hidden_in
from fleet.jobs.queue import ask
from fleet.redaction.rules.document import read_draft, write_draft, write_plan
from fleet.redaction.rules.plan import ApprovedPlan, RedactionPlan
from fleet.redaction.rules.redaction_draft import RedactionDraft
from fleet.redaction.rules.refusal import RedactionRefusalError
from fleet.releases.models import FootageRelease
from fleet.releases.redacting.models import (
    AnyRedaction,
    CopyWatched,
    ImportCopyWatched,
    ImportRedaction,
    ReleaseRedaction,
    SearchState,
)
from fleet.releases.rules.states import ReleaseStep
from fleet.releases.steps import TOPIC, step_on, tell
from fleet.releases.subjects import (
    Released,
    name_of,
    public_id,
    released_in,
    released_one,
    spans_of,
)
from fleet.retention.holds import IMPORT

SEARCH_JOB: Final = "face-search"
Edit = Callable[[RedactionDraft], RedactionDraft]


def redaction_of(session: Session, release: str, of: Released) -> AnyRedaction | None:
    """Return what is hidden in a recording or an import of a release; None where nothing was begun."""
    if isinstance(of, Recording):
        return session.get(ReleaseRedaction, (release, of.id))
    return session.get(ImportRedaction, (release, of.id))


def redactions_of(session: Session, release: str) -> Sequence[AnyRedaction]:
    """Return what is hidden in a release, where something was begun: in recordings, then in imports."""
    query = select(ReleaseRedaction).where(ReleaseRedaction.release_id == release)
    recordings = session.scalars(query.order_by(ReleaseRedaction.recording_id)).all()
    those = select(ImportRedaction).where(ImportRedaction.release_id == release)
    return (*recordings, *session.scalars(those.order_by(ImportRedaction.import_id)).all())


def get_redaction(session: Session, release: str, of: Released, *, lock: bool = False) -> AnyRedaction:
    """Return what is hidden in a recording or an import of a release, with its document.

    Raises:
        ProblemError: 404 nothing was begun.
    """
    row: AnyRedaction | None
    if isinstance(of, Recording):
        one = ReleaseRedaction.release_id == release, ReleaseRedaction.recording_id == of.id
        query = select(ReleaseRedaction).where(*one).options(undefer(ReleaseRedaction.document))
        if lock:
            query = query.with_for_update(of=ReleaseRedaction).execution_options(populate_existing=True)
        row = session.scalars(query).one_or_none()
    else:
        other = ImportRedaction.release_id == release, ImportRedaction.import_id == of.id
        those = select(ImportRedaction).where(*other).options(undefer(ImportRedaction.document))
        if lock:
            those = those.with_for_update(of=ImportRedaction).execution_options(populate_existing=True)
        row = session.scalars(those).one_or_none()
    if row is None:
        raise not_found("redaction of this in the release")
    return row


def begin_redaction(session: Session, *, release: str, recording: str, by: Actor) -> AnyRedaction:
    """Begin to hide something in a recording or an import of a release; what was begun stays as it is.

    Raises:
        ProblemError: 403 a program does this; 404 there is no such release, or no such recording or import in
            it; 409 the release waits for approval no longer, or the import is too large to hide in.
    """
    row = step_on(session, release, ReleaseStep.CHANGE, by)
    of = released_one(row, recording)
    if isinstance(of, ImportRow):
        refuse_hidden_in(of)
        if is_clip(of):
            ask_seconds(session, of)
    found = redaction_of(session, release, of)
    if found is not None:
        return found
    plain: dict[str, Any] = dict.fromkeys(("approved", "search_by", "search_trouble", "search_scope"), "")
    plain |= dict.fromkeys(("version", "searched", "to_search", "left_out"), 0)
    plain["search"] = SearchState.NONE
    if isinstance(of, Recording):
        found = ReleaseRedaction(release_id=release, recording_id=of.id, **plain)
    else:
        found = ImportRedaction(release_id=release, import_id=of.id, **plain)
    _write(session, found, RedactionDraft(RedactionPlan()), by)
    session.add(found)
    session.flush()
    _note_author(row, by)
    words = f"Began to hide something in {name_of(of)}."
    tell(session, row, by, "releases:redaction:begin", words)
    return found


def change_redaction(
    session: Session, *, release: str, recording: str, version: int, edit: Edit, by: Actor
) -> AnyRedaction:
    """Change what is hidden.

    Args:
        session: the transaction.
        release: which release.
        recording: which recording or import of it, by its id.
        version: the version that whoever changes it saw.
        edit: returns the next draft.
        by: who.

    Raises:
        ProblemError: as ``begin_redaction``; 409 somebody changed it since that version; 422 it cannot be
            so, with the sentence of the plan.
    """
    row, found = _to_change(session, release, recording, version, by)
    try:
        draft = edit(read_draft(found.document))
        _write(session, found, draft, by)
    except RedactionRefusalError as error:
        raise ProblemError(422, "redaction_unusable", str(error)) from error
    _note_author(row, by)
    session.flush()
    detail: Detail = {"reference": row.reference, "recording": recording, "version": found.version}
    record(session, by, "releases:redaction:change", row.id, detail=detail)
    announce(session, TOPIC, row.id)
    return found


def remove_redaction(session: Session, *, release: str, recording: str, version: int, by: Actor) -> None:
    """Hide nothing in a recording or an import after all: the draft and its history go.

    Raises:
        ProblemError: as ``change_redaction``.
    """
    row, found = _to_change(session, release, recording, version, by)
    of = released_one(row, recording)
    session.delete(found)
    forget_watched(session, release, of)
    _note_author(row, by)
    words = f"Hides nothing in {name_of(of)} any more."
    tell(session, row, by, "releases:redaction:remove", words)


def ask_search(session: Session, *, release: str, recording: str, by: Actor) -> AnyRedaction:
    """Have faces searched for in what is chosen of something; a search that is under way goes on.

    Raises:
        ProblemError: as ``begin_redaction``; 409 the same spans were searched already.
    """
    row = step_on(session, release, ReleaseStep.CHANGE, by)
    of = released_one(row, recording)
    found = get_redaction(session, release, of, lock=True)
    scope = scope_of(row, of)
    if found.search == SearchState.ASKED:
        return found
    if found.search == SearchState.DONE and found.search_scope == scope:
        detail = f"What is chosen of {name_of(of)} was searched for faces already."
        raise ProblemError(409, "searched_already", detail)
    found.search, found.search_by, found.search_trouble = SearchState.ASKED, by.name or by.label, ""
    found.searched = found.to_search = found.left_out = 0
    ask(session, SEARCH_JOB, search_subject(release, of))
    _note_author(row, by)
    words = f"Asked for faces in {name_of(of)} to be searched for."
    tell(session, row, by, "releases:redaction:search", words)
    return found


def write_searched(session: Session, row: AnyRedaction, draft: RedactionDraft) -> None:
    """Write a draft down with what was proposed, which is a step of its history as others are.

    Raises:
        RedactionRefusalError: it is too large.
    """
    _fill(row, draft)
    row.version += 1
    row.changed = now(session)
    session.flush()


def drop_others(session: Session, row: FootageRelease) -> None:
    """Forget what was hidden in recordings and imports that a release has no longer."""
    kept = {public_id(each) for each in released_in(row)}
    for each in redactions_of(session, row.id):
        if public_id(each.of) not in kept:
            session.delete(each)
            forget_watched(session, row.id, each.of)


def forget_watched(session: Session, release: str, of: Released) -> None:
    """Forget who watched the copy of a recording or an import."""
    if isinstance(of, Recording):
        gone = CopyWatched.release_id == release, CopyWatched.recording_id == of.id
        session.execute(delete(CopyWatched).where(*gone))
    else:
        those = ImportCopyWatched.release_id == release, ImportCopyWatched.import_id == of.id
        session.execute(delete(ImportCopyWatched).where(*those))


def approved_plan(row: AnyRedaction) -> ApprovedPlan:
    """Return the plan that a copy is made of.

    Raises:
        RedactionRefusalError: a proposal is not decided.
    """
    return ApprovedPlan(read_draft(row.document).plan)


def scope_of(row: FootageRelease, of: Released) -> str:
    """Return the SHA-256 of what is chosen of a recording or an import, in hex."""
    spans = [[each.from_ms, each.to_ms, str(each.tracks)] for each in spans_of(row, of)]
    return hashlib.sha256(json.dumps(spans).encode()).hexdigest()


def copy_digest(row: FootageRelease, redaction: AnyRedaction) -> str:
    """Return the SHA-256 of a copy, in hex: of its plan, and of what it is of."""
    said = ["lapel copy 1", redaction.digest, scope_of(row, redaction.of)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def search_subject(release: str, of: Released) -> str:
    """Return the subject of the job that searches a recording or an import of a release."""
    return f"{release}/{of.id}" if isinstance(of, Recording) else f"{release}/{IMPORT}/{of.id}"


def searched_one(row: FootageRelease, subject: str) -> Released | None:
    """Return what a job searches, by its subject; None where the release has it no longer."""
    return next((each for each in released_in(row) if search_subject(row.id, each) == subject), None)


def _to_change(
    session: Session, release: str, recording: str, version: int, by: Actor
) -> tuple[FootageRelease, AnyRedaction]:
    row = step_on(session, release, ReleaseStep.CHANGE, by)
    found = get_redaction(session, release, released_one(row, recording), lock=True)
    if found.version != version:
        detail = (
            f"It was changed meanwhile, by {found.changed_by}: nothing of yours was taken. Look at it as it "
            "is now, and do again what is still to be done."
        )
        raise ProblemError(409, "changed_meanwhile", detail)
    return row, found


def _write(session: Session, row: AnyRedaction, draft: RedactionDraft, by: Actor) -> None:
    _fill(row, draft)
    row.version += 1
    row.changed, row.changed_by = now(session), by.name or by.label


def _fill(row: AnyRedaction, draft: RedactionDraft) -> None:
    row.document = write_draft(draft)
    row.digest = hashlib.sha256(write_plan(draft.plan)).hexdigest()
    row.masks = sum(mask.is_hidden for mask in draft.plan.masks)
    row.mutes = len(draft.plan.mutes)
    row.undecided = draft.plan.undecided
    row.fill = str(draft.plan.fill)


def _note_author(row: FootageRelease, by: Actor) -> None:
    if by.id not in row.authors:
        row.authors = sorted({*row.authors, by.id})

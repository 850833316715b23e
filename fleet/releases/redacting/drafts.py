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
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from fleet.audit.chain import Detail
from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.footage.recordings.models import Recording
from fleet.jobs.queue import ask
from fleet.redaction.rules.document import read_draft, write_draft, write_plan
from fleet.redaction.rules.plan import ApprovedPlan, RedactionPlan
from fleet.redaction.rules.redaction_draft import RedactionDraft
from fleet.redaction.rules.refusal import RedactionRefusalError
from fleet.releases.models import FootageRelease
from fleet.releases.redacting.models import CopyWatched, ReleaseRedaction, SearchState
from fleet.releases.rules.states import ReleaseStep
from fleet.releases.steps import TOPIC, recordings_of, step_on, tell

SEARCH_JOB: Final = "face-search"
Edit = Callable[[RedactionDraft], RedactionDraft]


def recording_of(row: FootageRelease, recording: str) -> Recording:
    """Return a recording of a release by its id.

    Raises:
        ProblemError: 404 the release has none of it.
    """
    found = next((each for each in recordings_of(row) if each.public_id == recording), None)
    if found is None:
        raise not_found("such recording in this release")
    return found


def redaction_of(session: Session, release: str, recording: int) -> ReleaseRedaction | None:
    """Return what is hidden in a recording of a release; None where nothing was begun."""
    return session.get(ReleaseRedaction, (release, recording))


def redactions_of(session: Session, release: str) -> Sequence[ReleaseRedaction]:
    """Return what is hidden in the recordings of a release, where something was begun."""
    query = select(ReleaseRedaction).where(ReleaseRedaction.release_id == release)
    return session.scalars(query.order_by(ReleaseRedaction.recording_id)).all()


def get_redaction(session: Session, release: str, recording: int, *, lock: bool = False) -> ReleaseRedaction:
    """Return what is hidden in a recording of a release, with its document.

    Raises:
        ProblemError: 404 nothing was begun.
    """
    query = select(ReleaseRedaction).where(
        ReleaseRedaction.release_id == release, ReleaseRedaction.recording_id == recording
    )
    query = query.options(undefer(ReleaseRedaction.document))
    if lock:
        query = query.with_for_update(of=ReleaseRedaction).execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise not_found("redaction of this recording in the release")
    return row


def begin_redaction(session: Session, *, release: str, recording: str, by: Actor) -> ReleaseRedaction:
    """Begin to hide something in a recording of a release; what was begun stays as it is.

    Raises:
        ProblemError: 403 a program does this; 404 there is no such release, or no such recording in it; 409
            the release waits for approval no longer.
    """
    row = step_on(session, release, ReleaseStep.CHANGE, by)
    of = recording_of(row, recording)
    found = redaction_of(session, release, of.id)
    if found is not None:
        return found
    found = ReleaseRedaction(
        release_id=release,
        recording_id=of.id,
        version=0,
        approved="",
        search=SearchState.NONE,
        search_by="",
        searched=0,
        to_search=0,
        left_out=0,
        search_trouble="",
        search_scope="",
    )
    _write(session, found, RedactionDraft(RedactionPlan()), by)
    session.add(found)
    session.flush()
    _note_author(row, by)
    words = f"Began to hide something in recording {of.number} of {of.camera_id}."
    tell(session, row, by, "releases:redaction:begin", words)
    return found


def change_redaction(
    session: Session, *, release: str, recording: str, version: int, edit: Edit, by: Actor
) -> ReleaseRedaction:
    """Change what is hidden.

    Args:
        session: the transaction.
        release: which release.
        recording: which recording of it.
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
    """Hide nothing in a recording after all: the draft and its history go.

    Raises:
        ProblemError: as ``change_redaction``.
    """
    row, found = _to_change(session, release, recording, version, by)
    of = recording_of(row, recording)
    session.delete(found)
    forget_watched(session, release, of.id)
    _note_author(row, by)
    words = f"Hides nothing in recording {of.number} of {of.camera_id} any more."
    tell(session, row, by, "releases:redaction:remove", words)


def ask_search(session: Session, *, release: str, recording: str, by: Actor) -> ReleaseRedaction:
    """Have faces searched for in what is chosen of a recording; a search that is under way goes on.

    Raises:
        ProblemError: as ``begin_redaction``; 409 the same spans were searched already.
    """
    row = step_on(session, release, ReleaseStep.CHANGE, by)
    of = recording_of(row, recording)
    found = get_redaction(session, release, of.id, lock=True)
    scope = scope_of(row, of.id)
    if found.search == SearchState.ASKED:
        return found
    if found.search == SearchState.DONE and found.search_scope == scope:
        detail = "What is chosen of this recording was searched for faces already."
        raise ProblemError(409, "searched_already", detail)
    found.search, found.search_by, found.search_trouble = SearchState.ASKED, by.name or by.label, ""
    found.searched = found.to_search = found.left_out = 0
    ask(session, SEARCH_JOB, search_subject(release, of.id))
    _note_author(row, by)
    words = f"Asked for faces in recording {of.number} of {of.camera_id} to be searched for."
    tell(session, row, by, "releases:redaction:search", words)
    return found


def write_searched(session: Session, row: ReleaseRedaction, draft: RedactionDraft) -> None:
    """Write a draft down with what was proposed, which is a step of its history as others are.

    Raises:
        RedactionRefusalError: it is too large.
    """
    _fill(row, draft)
    row.version += 1
    row.changed = now(session)
    session.flush()


def drop_others(session: Session, row: FootageRelease) -> None:
    """Forget what was hidden in recordings that a release has no longer."""
    kept = {each.id for each in recordings_of(row)}
    for each in redactions_of(session, row.id):
        if each.recording_id not in kept:
            session.delete(each)
            forget_watched(session, row.id, each.recording_id)


def forget_watched(session: Session, release: str, recording: int) -> None:
    """Forget who watched the copy of a recording."""
    gone = CopyWatched.release_id == release, CopyWatched.recording_id == recording
    session.execute(delete(CopyWatched).where(*gone))


def approved_plan(row: ReleaseRedaction) -> ApprovedPlan:
    """Return the plan that a copy is made of.

    Raises:
        RedactionRefusalError: a proposal is not decided.
    """
    return ApprovedPlan(read_draft(row.document).plan)


def scope_of(row: FootageRelease, recording: int) -> str:
    """Return the SHA-256 of what is chosen of a recording, in hex."""
    spans = [[each.from_ms, each.to_ms, each.tracks] for each in row.spans if each.recording_id == recording]
    return hashlib.sha256(json.dumps(spans).encode()).hexdigest()


def copy_digest(row: FootageRelease, redaction: ReleaseRedaction) -> str:
    """Return the SHA-256 of a copy, in hex: of its plan, and of what it is of."""
    said = ["lapel copy 1", redaction.digest, scope_of(row, redaction.recording_id)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def search_subject(release: str, recording: int) -> str:
    """Return the subject of the job that searches a recording of a release."""
    return f"{release}/{recording}"


def _to_change(
    session: Session, release: str, recording: str, version: int, by: Actor
) -> tuple[FootageRelease, ReleaseRedaction]:
    row = step_on(session, release, ReleaseStep.CHANGE, by)
    found = get_redaction(session, release, recording_of(row, recording).id, lock=True)
    if found.version != version:
        detail = (
            f"It was changed meanwhile, by {found.changed_by}: nothing of yours was taken. Look at it as it "
            "is now, and do again what is still to be done."
        )
        raise ProblemError(409, "changed_meanwhile", detail)
    return row, found


def _write(session: Session, row: ReleaseRedaction, draft: RedactionDraft, by: Actor) -> None:
    _fill(row, draft)
    row.version += 1
    row.changed, row.changed_by = now(session), by.name or by.label


def _fill(row: ReleaseRedaction, draft: RedactionDraft) -> None:
    row.document = write_draft(draft)
    row.digest = hashlib.sha256(write_plan(draft.plan)).hexdigest()
    row.masks = sum(mask.is_hidden for mask in draft.plan.masks)
    row.mutes = len(draft.plan.mutes)
    row.undecided = draft.plan.undecided
    row.fill = str(draft.plan.fill)


def _note_author(row: FootageRelease, by: Actor) -> None:
    if by.id not in row.authors:
        row.authors = sorted({*row.authors, by.id})

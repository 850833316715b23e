"""Drafting releases and deciding on them; everything in the caller's transaction.

Rules:
- a release is never deleted here;
- a release that answers a request is of footage that is linked to that, and so is held until it is closed;
- it may hold recordings and imports together. Of an import a photograph goes whole; where seconds of a clip
  are chosen, it is cut into seconds first;
- what cannot be let out is refused when it is drafted, when it is approved, when it is made, and each time
  that it goes out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import Turn, now, take_turn
from fleet.core.services import Services
from fleet.jobs.queue import ask
from fleet.people.secrets import new_id
from fleet.releases.choosing import refuse_footage
from fleet.releases.exhibits.continuity import saw
from fleet.releases.exhibits.giving import give_exhibits
from fleet.releases.looking import ChosenSpans, looked_at
from fleet.releases.models import FootageRelease
from fleet.releases.redacting.drafts import drop_others
from fleet.releases.redacting.watchings import approve_copies
from fleet.releases.rules.continuity import ContinuityKind
from fleet.releases.rules.draft import ReleaseDraft
from fleet.releases.rules.exhibits import initials_of
from fleet.releases.rules.states import ReleaseState, ReleaseStep, why_not_by
from fleet.releases.steps import refuse_step, refuse_unshown_request, release_actor, step_on, tell
from fleet.releases.subjects import released_in
from fleet.requests.cases import note_step
from fleet.requests.models import RequestCase
from fleet.requests.texts_of import clean_words

JOB = "release"
LONGEST_WHY = 500


def draft_release(session: Session, services: Services, draft: ReleaseDraft, *, by: Actor) -> FootageRelease:
    """Write a release down, for a second person to approve.

    Raises:
        ProblemError: 403 a program does this; 404 there is no such recording or request; 409 a recording
            cannot be released, or the request is closed or not about it; 410 it was deleted; 422 something
            is missing or cannot be so.
    """
    refuse_step(why_not_by(ReleaseStep.CHANGE, release_actor(by)), 403)
    zone = services.config.site.time_zone
    draft = replace(draft, initials=draft.initials.strip() or initials_of(by.name))
    clean, case, spans = looked_at(session, services, draft)
    take_turn(session, Turn.RELEASES)  # two who draft one at once get two numbers
    moment = now(session)
    year = moment.astimezone(zone).year
    last = session.scalar(select(func.max(FootageRelease.number)).where(FootageRelease.year == year)) or 0
    row = FootageRelease(
        id=new_id(services.random),
        initials=clean.initials,
        reference=f"REL-{year}-{last + 1:04d}",
        year=year,
        number=last + 1,
        state=ReleaseState.DRAFT,
        drafted=moment,
        drafted_by=by.name or by.label,
        authors=[by.id],
        decided_by="",
        why="",
        done=0,
        whole=0,
        trouble="",
        handed=0,
        receipt="",
    )
    _fill(row, clean, case, spans, zone)
    session.add(row)
    session.flush()
    tell(session, row, by, "releases:release:draft", "Drafted.", detail={"method": clean.method})
    return row


def change_release(
    session: Session, services: Services, draft: ReleaseDraft, *, release: str, by: Actor
) -> FootageRelease:
    """Write a draft down anew; whoever does so cannot approve it.

    Raises:
        ProblemError: as ``draft_release`` does; 404 there is no such release; 409 it is no draft any more.
    """
    row = step_on(session, release, ReleaseStep.CHANGE, by)
    draft = replace(draft, initials=draft.initials.strip() or row.initials or initials_of(by.name))
    clean, case, spans = looked_at(session, services, draft)
    row.spans.clear()
    row.import_spans.clear()
    session.flush()
    _fill(row, clean, case, spans, services.config.site.time_zone)
    row.initials = clean.initials
    row.authors = sorted({*row.authors, by.id})
    session.flush()
    drop_others(session, row)
    tell(session, row, by, "releases:release:change", "Changed the draft.")
    return row


def approve_release(session: Session, *, release: str, by: Actor) -> FootageRelease:
    """Approve a release as a second person; from then on it is made.

    Raises:
        ProblemError: 403 whoever asks drafted it, or is no person; 404 there is no such release; 409 it is no
            draft any more, its last day is over, a recording cannot be released, whoever asks has not
            watched the whole copy of one in which something is hidden, or the request that it answers waits
            for who asks to be shown; 410 one was deleted.
    """
    row = step_on(session, release, ReleaseStep.APPROVE, by)
    refuse_unshown_request(session, row)
    refuse_footage(session, released_in(row))
    approve_copies(session, row, by)
    give_exhibits(session, row)
    saw(session, row, ContinuityKind.APPROVED, by)
    row.state, row.decided, row.decided_by = ReleaseState.APPROVED, now(session), by.name or by.label
    ask(session, JOB, row.id)
    tell(session, row, by, "releases:release:approve", "Approved; it is being made.")
    if row.request:
        case = session.get(RequestCase, row.request)
        if case is not None:
            words = f"{row.reference} was approved: footage is released upon this request."
            note_step(session, case, by, "requests:request:release", words)
    return row


def end_release(session: Session, step: ReleaseStep, *, release: str, why: str, by: Actor) -> FootageRelease:
    """Decline, withdraw or revoke a release, and say why.

    Raises:
        ProblemError: 403 a program does this; 404 there is no such release; 409 its state does not let it;
            422 nobody says why.
    """
    row = step_on(session, release, step, by)
    state, action, verb = _ENDS[step]
    row.why = clean_words(why, "Say why", longest=LONGEST_WHY)
    row.state = state
    if step is ReleaseStep.DECLINE:
        row.decided, row.decided_by = now(session), by.name or by.label
    if step is ReleaseStep.REVOKE:
        row.revoked = now(session)
        saw(session, row, ContinuityKind.REVOKED, by)
    tell(session, row, by, action, f"{verb}: {row.why}")
    return row


_ENDS = {
    ReleaseStep.DECLINE: (ReleaseState.DECLINED, "releases:release:decline", "Declined"),
    ReleaseStep.WITHDRAW: (ReleaseState.WITHDRAWN, "releases:release:withdraw", "Withdrawn"),
    ReleaseStep.REVOKE: (ReleaseState.REVOKED, "releases:release:revoke", "Revoked"),
}


def make_again(session: Session, *, release: str, by: Actor) -> FootageRelease:
    """Have a release made that could not be made.

    Raises:
        ProblemError: 404 there is no such release; 409 its state does not let it, or its last day is over.
    """
    row = step_on(session, release, ReleaseStep.RETRY, by)
    row.state, row.trouble = ReleaseState.APPROVED, ""
    ask(session, JOB, row.id)
    tell(session, row, by, "releases:release:retry", "Asked for it to be made again.")
    return row


def _fill(
    row: FootageRelease,
    draft: ReleaseDraft,
    case: RequestCase | None,
    spans: ChosenSpans,
    zone: ZoneInfo,
) -> None:
    for name in ("recipient", "organisation", "purpose", "basis", "condition", "withheld", "expires"):
        setattr(row, name, getattr(draft, name))
    row.method = draft.method
    row.ends = datetime.combine(draft.expires + timedelta(days=1), time(), zone)
    row.request = "" if case is None else case.id
    row.request_reference = "" if case is None else case.reference
    row.spans.extend(spans.recordings)
    row.import_spans.extend(spans.imports)

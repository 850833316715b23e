"""What people say of recordings: category, incident or not, one by one or many at once, and back again.

Rules:
- what somebody says replaces what was said before; the audit log keeps all of it (F2);
- a recording that belongs to an incident shows one: it has to be taken out of that before it can show none;
- who looked at an older page than what is so now is refused, so that nobody undoes what another said unseen;
- many at once can be undone for ``UNDO_FOR``; what somebody said of one of them meanwhile stays;
- everything happens inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.footage.recordings.lookup import get_all_here, get_here
from fleet.footage.recordings.models import GONE, Recording
from fleet.footage.recordings.rows import TOPIC
from fleet.incidents.models import BulkMark, Incident, IncidentRecording, Judgement
from fleet.incidents.rules.words import CATEGORIES
from fleet.people.secrets import Random, new_id

UNDO_FOR = timedelta(days=1)
MOST_AT_ONCE = 200
JUDGED, UNDONE = "incidents:recording:judge", "incidents:recording:undo-judge"
_WORDS = {True: "yes", False: "no", None: "not said"}


@dataclass(frozen=True, slots=True)
class SaidOfRecording:
    """What is said of a recording: its category, and whether it shows an incident; None where nobody said."""

    category: str | None = None
    incident: bool | None = None


def said_of(session: Session, row: Recording) -> SaidOfRecording:
    """Return what is said of a recording now."""
    found = session.get(Judgement, row.id)
    return SaidOfRecording() if found is None else SaidOfRecording(found.category, found.incident)


def judge(
    session: Session,
    *,
    recording: str,
    said: SaidOfRecording,
    by: Actor,
    seen: SaidOfRecording | None = None,
) -> None:
    """Say what a recording is; the same again changes nothing.

    Args:
        session: the transaction.
        recording: which one, as addresses name it.
        said: what it is.
        by: who says so.
        seen: what they saw being said of it when they chose; None for a program, which saw no page.

    Raises:
        ProblemError: 404 there is no such recording; 409 it belongs to an incident and is to show none, or
            another said something else since ``seen``; 410 it was deleted; 422 there is no such category.
    """
    _check_category(said.category)
    row = get_here(session, recording)
    if seen is not None:
        _refuse_if_said_since(session, row, seen, said)
    put(session, row, said, by)


def put(session: Session, row: Recording, said: SaidOfRecording, by: Actor, *, action: str = JUDGED) -> bool:
    """Keep what is said of a recording; return whether that is new.

    Raises:
        ProblemError: 409 it belongs to an incident and is to show none.
    """
    before = said_of(session, row)
    if before == said:
        return False
    if said.incident is not True:
        _refuse_in_incident(session, row)
    found = session.get(Judgement, row.id)
    if found is None:
        found = Judgement(recording_id=row.id, category=None, incident=None, unmarked=None)
        session.add(found)
    moment = now(session)
    if before.incident and not said.incident:
        found.unmarked = moment
    found.category, found.incident = said.category, said.incident
    found.judged_by, found.judged_at = by.name or by.label, moment
    detail = {
        "category": said.category or "",
        "incident": _WORDS[said.incident],
        "category before": before.category or "",
        "incident before": _WORDS[before.incident],
    }
    record(session, by, action, row.public_id, detail=detail)
    announce(session, TOPIC, row.public_id)
    return True


def judge_many(
    session: Session, random: Random, *, recordings: Sequence[str], said: SaidOfRecording, by: Actor
) -> BulkMark:
    """Say the same of many recordings; what is None stays as it is of each.

    Raises:
        ProblemError: 404 one of them is not there; 409 one belongs to an incident and is to show none; 410
            one was deleted; 422 there is no such category, none or too many are chosen, or nothing is said of
            them.
    """
    _check_category(said.category)
    chosen = list(dict.fromkeys(recordings))
    if not chosen:
        raise ProblemError(422, "none_chosen", "Choose at least one recording.")
    if len(chosen) > MOST_AT_ONCE:
        detail = f"At most {MOST_AT_ONCE} recordings are marked at once; those were {len(chosen)}."
        raise ProblemError(422, "too_many", detail)
    if said == SaidOfRecording():
        raise ProblemError(422, "nothing_said", "Choose a category, or whether they show an incident.")
    earlier: list[tuple[int, str | None, bool | None]] = []
    mark = BulkMark(
        id=new_id(random),
        marked_by=by.name or by.label,
        marked_at=now(session),
        undone=False,
        category=said.category,
        incident=said.incident,
    )
    for row in get_all_here(session, chosen):
        before = said_of(session, row)
        if put(session, row, _over(before, said), by):
            earlier.append((row.id, before.category, before.incident))
    mark.earlier = [list(each) for each in earlier]
    session.add(mark)
    return mark


def undo_many(session: Session, *, mark: str, by: Actor) -> tuple[int, int]:
    """Take back what was said of many; return of how many, and of how many it was not, for it changed since.

    Raises:
        ProblemError: 404 nothing was marked under that name; 409 it was undone before, or too long ago.
    """
    found = session.get(BulkMark, mark, with_for_update=True)
    if found is None:
        raise not_found("such marking")
    if found.undone:
        raise ProblemError(409, "not_undone", "That was undone already.")
    if now(session) - found.marked_at >= UNDO_FOR:
        detail = "That recordings were marked can be undone for a day, and that is over."
        raise ProblemError(409, "not_undone", detail)
    back = 0
    rows = _locked(session, [number for number, _, _ in found.earlier])
    for number, category, incident in found.earlier:
        row = rows.get(number)
        if (
            row is None
            or row.state in GONE
            or said_of(session, row) != _over(SaidOfRecording(category, incident), _given(found))
        ):
            continue
        if not incident and _incidents_with(session, row):
            continue  # it was put into one meanwhile, and shows one by that
        put(session, row, SaidOfRecording(category, incident), by, action=UNDONE)
        back += 1
    found.undone = True
    return back, len(found.earlier) - back


def get_mark(session: Session, mark: str) -> BulkMark | None:
    """Return what was marked together under that name, or None."""
    return session.get(BulkMark, mark)


def _locked(session: Session, rows: Sequence[int]) -> dict[int, Recording]:
    """Return recordings by their rows, none of which is deleted before this transaction ends."""
    query = select(Recording).where(Recording.id.in_(rows)).order_by(Recording.id)
    found = session.scalars(
        query.with_for_update(of=Recording), execution_options={"populate_existing": True}
    )
    return {row.id: row for row in found}


def _given(mark: BulkMark) -> SaidOfRecording:
    return SaidOfRecording(mark.category, mark.incident)


def _over(before: SaidOfRecording, said: SaidOfRecording) -> SaidOfRecording:
    """Return what is said where it is, and what was before elsewhere."""
    return SaidOfRecording(
        before.category if said.category is None else said.category,
        before.incident if said.incident is None else said.incident,
    )


def _check_category(category: str | None) -> None:
    if category is not None and category not in CATEGORIES:
        raise ProblemError(422, "category_unknown", "Choose one of the categories.")


def _incidents_with(session: Session, row: Recording) -> Sequence[str]:
    query = (
        select(Incident.reference)
        .join(IncidentRecording, IncidentRecording.incident_id == Incident.id)
        .where(IncidentRecording.recording_id == row.id)
        .order_by(Incident.reference)
    )
    return session.scalars(query).all()


def _refuse_if_said_since(
    session: Session, row: Recording, seen: SaidOfRecording, said: SaidOfRecording
) -> None:
    if said_of(session, row) in {seen, said}:
        return
    found = session.get(Judgement, row.id)
    who = "Somebody" if found is None else found.judged_by
    raise ProblemError(
        409,
        "said_since",
        f"{who} said something else of it after this page was shown, so nothing was changed. What is so now "
        "stands here; choose again.",
    )


def _refuse_in_incident(session: Session, row: Recording) -> None:
    references = _incidents_with(session, row)
    if references:
        detail = (
            f"Recording {row.number} of {row.camera_id} belongs to {references[0]}; take it out of that "
            "before you say that it shows no incident."
        )
        raise ProblemError(409, "belongs_to_incident", detail)

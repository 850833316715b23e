"""Incidents: opened, changed, and recordings put into them, inside the caller's transaction.

Rules:
- an incident is never deleted; what was changed of it stays in the audit log as the names of its fields, for
  what people wrote of others must be forgettable one day;
- a recording that is put into an incident shows one from then on. Taken out, it still does until somebody
  says otherwise: it is kept for longer rather than for less.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError, not_found
from fleet.footage.recordings.lookup import get, get_all_here
from fleet.footage.recordings.models import Recording
from fleet.footage.recordings.rows import TOPIC as RECORDING
from fleet.incidents.judging import SaidOfRecording, put, said_of
from fleet.incidents.models import Incident, IncidentRecording, Judgement
from fleet.incidents.rules.draft import IncidentDraft, place_key, reference
from fleet.people.secrets import Random, new_id

TOPIC = "incident"
MOST_RECORDINGS = 500
"""More than every camera of a landlord records within a day."""


def open_incident(
    session: Session,
    random: Random,
    draft: IncidentDraft,
    *,
    zone: ZoneInfo,
    recordings: Iterable[str],
    by: Actor,
) -> Incident:
    """Open an incident, with the recordings that belong to it.

    Raises:
        ProblemError: 404 a recording is not there; 410 one was deleted; 422 there are too many.
    """
    rows = get_all_here(session, recordings)
    take_turn(session, Turn.INCIDENTS)
    moment = now(session)
    year = moment.astimezone(zone).year
    last = session.scalar(select(func.max(Incident.number)).where(Incident.year == year)) or 0
    row = Incident(
        id=new_id(random),
        reference=reference(year, last + 1),
        year=year,
        number=last + 1,
        opened=moment,
        opened_by=by.name or by.label,
        changed=moment,
        **_fields(draft),
    )
    session.add(row)
    session.flush()
    record(session, by, "incidents:incident:open", row.id, detail={"reference": row.reference})
    _add(session, row, rows, by)
    announce(session, TOPIC, row.id)
    return row


def change_incident(
    session: Session, draft: IncidentDraft, *, incident: str, by: Actor, seen: str | None = None
) -> Incident:
    """Write an incident down anew; the same again changes nothing.

    Args:
        session: the transaction.
        draft: what is to be written.
        incident: its id.
        by: who writes.
        seen: the mark of what they saw written when they began; None for a program, which saw no page.

    Raises:
        ProblemError: 404 there is no such incident; 409 another wrote something else since ``seen``.
    """
    row = get_incident(session, incident, lock=True)
    if seen is not None and draft_of(row).mark not in {seen, draft.mark}:
        raise ProblemError(
            409,
            "written_since",
            "Somebody wrote it down anew after this page was shown, so nothing was changed. What is so now "
            "stands above, and your words are in the form still: put them right, and keep them again.",
        )
    changed = [name for name, value in _fields(draft).items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, _fields(draft)[name])
        row.changed = now(session)
        fields = ", ".join(name for name in changed if name != "place_key")
        changes = {"reference": row.reference, "fields": fields}
        record(session, by, "incidents:incident:change", row.id, detail=changes)
        announce(session, TOPIC, row.id)
    return row


def add_recordings(session: Session, *, incident: str, recordings: Sequence[str], by: Actor) -> Incident:
    """Put recordings into an incident; those that are in it stay so.

    Raises:
        ProblemError: 404 the incident or a recording is not there; 410 one was deleted; 422 none is chosen,
            or too many.
    """
    if not recordings:
        raise ProblemError(422, "none_chosen", "Choose at least one recording.")
    row = get_incident(session, incident, lock=True)
    if _add(session, row, get_all_here(session, recordings), by):
        row.changed = now(session)
        announce(session, TOPIC, row.id)
    return row


def remove_recording(session: Session, *, incident: str, recording: str, by: Actor) -> Incident:
    """Take a recording out of an incident; it still shows one until somebody says otherwise.

    Raises:
        ProblemError: 404 the incident is not there, or the recording is not in it.
    """
    row = get_incident(session, incident, lock=True)
    found = get(session, recording)
    link = session.get(IncidentRecording, (row.id, found.id))
    if link is None:
        raise not_found(f"recording {recording} in {row.reference}")
    session.delete(link)
    row.changed = now(session)
    judgement = session.get(Judgement, found.id)
    if judgement is not None:  # a hold of the incident holds it no more: a slip has its days to be put right
        judgement.unmarked = row.changed
    detail = {"incident": row.id, "reference": row.reference}
    record(session, by, "incidents:incident:remove-recording", found.public_id, detail=detail)
    announce(session, RECORDING, found.public_id)
    announce(session, TOPIC, row.id)
    return row


def get_incident(session: Session, incident: str, *, lock: bool = False) -> Incident:
    """Return an incident; with ``lock`` nobody else changes it until this transaction ends.

    Raises:
        ProblemError: 404 there is no such incident.
    """
    row = session.get(Incident, incident, with_for_update=lock)
    if row is None:
        raise not_found("such incident")
    return row


def _add(session: Session, row: Incident, chosen: Sequence[Recording], by: Actor) -> int:
    query = select(func.count()).where(IncidentRecording.incident_id == row.id)
    if len(chosen) + (session.scalar(query) or 0) > MOST_RECORDINGS:
        detail = f"An incident has at most {MOST_RECORDINGS} recordings; open another one for the rest."
        raise ProblemError(422, "too_many", detail)
    added = 0
    for found in chosen:
        if session.get(IncidentRecording, (row.id, found.id)) is not None:
            continue
        session.add(
            IncidentRecording(
                incident_id=row.id,
                recording_id=found.id,
                added=now(session),
                added_by=by.name or by.label,
            )
        )
        facts = {"incident": row.id, "reference": row.reference}
        record(session, by, "incidents:incident:add-recording", found.public_id, detail=facts)
        put(session, found, SaidOfRecording(said_of(session, found).category, incident=True), by)
        announce(session, RECORDING, found.public_id)
        added += 1
    return added


def draft_of(row: Incident) -> IncidentDraft:
    """Return an incident as it is written now."""
    people = tuple(str(each) for each in row.people)
    return IncidentDraft(row.place, row.category, row.happened, row.what, people)


def _fields(draft: IncidentDraft) -> dict[str, object]:
    return {
        "place": draft.place,
        "place_key": place_key(draft.place),
        "category": draft.category,
        "happened": draft.happened,
        "what": draft.what,
        "people": list(draft.people),
    }

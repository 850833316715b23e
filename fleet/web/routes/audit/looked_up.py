"""What pages of the audit log need beside it: whom a name means, and what the ids in entries are called."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.search import EntryFilter, Found, Unreadable
from fleet.footage.recordings.models import Recording
from fleet.incidents.models import Incident
from fleet.people.models import ApiToken, Officer, User
from fleet.web.views.audit.choosing import chosen_actions
from fleet.web.views.audit.entries import SubjectName
from fleet.web.views.audit.search import SERVICE, STRANGERS, LogSearch, actor_labels
from fleet.web.views.searching.days import SearchError


def filter_of(session: Session, search: LogSearch) -> tuple[EntryFilter, SearchError | None]:
    """Return what is looked for, and what of it cannot be used, where that is so."""
    fault: SearchError | None = None
    try:
        since, until = search.days()
    except SearchError as error:
        fault, since, until = error, None, None
    if not search.is_known_action:
        fault = fault or SearchError("There is no such action; choose one.", "action")
    return EntryFilter(
        actors=actor_labels(search.person, _users_called(session, search.person)),
        actions=chosen_actions(search.action),
        subjects=_subjects(session, search.subject),
        addresses=(search.address,) if search.address else (),
        since=since,
        until=until,
        refusals=search.refusals,
    ), fault


def people_of(session: Session) -> list[str]:
    """Return who can be looked for by name: users, programs, and those who have none."""
    names = [*session.scalars(select(User.name)), *session.scalars(select(ApiToken.name))]
    return [*sorted(set(names), key=str.casefold), STRANGERS, SERVICE]


def subject_names(session: Session, found: Sequence[Found]) -> dict[str, SubjectName]:
    """Return what the ids in entries are called; what has no name here is missing."""
    ids = {each.subject for each in found if not isinstance(each, Unreadable) and each.subject}
    names: dict[str, SubjectName] = {}
    for user in session.scalars(select(User).where(User.id.in_(ids))):
        names[user.id] = SubjectName(user.name)
    for officer in session.scalars(select(Officer).where(Officer.id.in_(ids))):
        names[officer.id] = SubjectName(officer.name)
    for incident in session.scalars(select(Incident).where(Incident.id.in_(ids))):
        names[incident.id] = SubjectName(incident.reference, f"/incidents/{incident.id}")
    for row in session.scalars(select(Recording).where(Recording.recording.in_(ids))):
        names[row.public_id] = SubjectName(f"{row.number} of {row.camera_id}", f"/recordings/{row.public_id}")
    return names


def _users_called(session: Session, name: str) -> list[str]:
    same = select(User.name).where(func.lower(User.name) == func.lower(name))
    return list(session.scalars(same)) if name else []


def _subjects(session: Session, text: str) -> tuple[str, ...]:
    """Return the ids that something typed may stand for, and the text itself."""
    if not text:
        return ()
    lowered = func.lower(text)
    found = [
        *session.scalars(select(User.id).where(func.lower(User.name) == lowered)),
        *session.scalars(select(Officer.id).where(func.lower(Officer.name) == lowered)),
        *session.scalars(select(ApiToken.id).where(func.lower(ApiToken.name) == lowered)),
        *session.scalars(select(Incident.id).where(func.lower(Incident.reference) == lowered)),
    ]
    return tuple(dict.fromkeys([text, *found]))

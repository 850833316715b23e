"""What became of what a request is about, as its answer may say it. In the caller's transaction."""

from __future__ import annotations

from sqlalchemy import column, or_, select, table
from sqlalchemy.orm import Session

from fleet.footage.recordings.models import GONE
from fleet.imagery.rules.kinds import ImportState
from fleet.requests.linked.imports import imports_of
from fleet.requests.linked.lasting import restricted_by
from fleet.requests.models import RequestCase, RequestRecording
from fleet.requests.rules.done import DoneFacts
from fleet.requests.rules.kinds import RequestKind
from fleet.retention.models import Erasure

_RELEASES = table("releases", column("id"), column("request"), column("state"), column("handed"))
"""What is read of releases, which are built upon requests: three columns, and nothing of their code."""
_MADE = "made"


def done_facts(session: Session, case: RequestCase) -> DoneFacts:
    """Return what became of it."""
    query = select(RequestRecording).where(RequestRecording.case_id == case.id)
    recordings = [each.recording for each in session.scalars(query.order_by(RequestRecording.recording_id))]
    imports = imports_of(session, case)
    named: dict[int | str, str] = {
        each.id: f"recording {each.number} of {each.camera_id}" for each in recordings
    }
    named |= {each.id: f"import {each.reference}" for each in imports}
    done: set[int | str | None] = {each.id for each in recordings if each.state in GONE}
    done |= {each.id for each in imports if each.state != ImportState.HELD}
    if case.kind == RequestKind.ERASURE:
        erased = select(Erasure.recording_id).where(
            Erasure.recording_id.in_([each.id for each in recordings])
        )
        done |= {*session.scalars(erased)} | {each.id for each in imports if each.ended is not None}
    elif case.kind == RequestKind.RESTRICTION:
        done |= {each.recording_id or each.import_id for each in restricted_by(session, case)}
    else:
        done |= set(named)
    undone = tuple(words for each, words in named.items() if each not in done)
    return DoneFacts(tuple(named.values()), undone, _is_given(session, case))


def _is_given(session: Session, case: RequestCase) -> bool:
    out = or_(_RELEASES.c.state == _MADE, _RELEASES.c.handed > 0)
    query = select(_RELEASES.c.id).where(_RELEASES.c.request == case.id, out).limit(1)
    return session.scalar(query) is not None

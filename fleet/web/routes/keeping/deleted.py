"""The page of a recording that was deleted, or is being: what is left to be said of it."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.footage.recordings.gone import Gone, gone_of
from fleet.footage.recordings.models import Recording
from fleet.retention.models import Deletion
from fleet.web import recorded
from fleet.web.routes.recording_forms import Forms
from fleet.web.routes.releases.on_recording import released_part
from fleet.web.templating import pages
from fleet.web.views.recording.begun import moment_word
from fleet.web.views.recordings import look
from fleet.web.views.recordings import row as row_of
from fleet.web.views.retention.deletion import deleted_view


def deleted_page(request: Request, session: Session, row: Recording, actor: Actor, forms: Forms) -> Response:
    """Show that a recording was deleted, when and why; what was asked for with a form is refused there."""
    facts = recorded.one(session, row)
    looks, more_looks = recorded.looks(session, row)
    gone = gone_of(row) or Gone(row.changed, "", is_over=False)
    return pages(request).render(
        request,
        "recording_deleted.html",
        actor=actor,
        status=forms.status,
        row=row_of(facts, now(session)),
        moment_word=moment_word(facts.summary).capitalize(),
        is_over=gone.is_over,
        view=deleted_view(gone, session.get(Deletion, row.id)),
        incidents=facts.told.incidents,
        looks=[look(each) for each in looks],
        more_looks=more_looks,
        **released_part(session, row, actor),
        fault=forms.fault,
    )

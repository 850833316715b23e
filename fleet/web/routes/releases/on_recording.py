"""What a recording's page says of its releases."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.footage.recordings.models import Recording
from fleet.footage.released.keys import released_of
from fleet.people.permissions import Permission, may
from fleet.releases.choosing import why_not_let_out
from fleet.releases.finding import releases_of_recording
from fleet.releases.steps import recordings_of
from fleet.web.views.releases.one import released_views


def released_part(session: Session, row: Recording, actor: Actor) -> dict[str, Any]:
    """Return what the templates need: to whom for whoever sees the register, that it was so for others."""
    may_see = may(actor.roles, Permission.SEE_RELEASES)
    given = releases_of_recording(session, row.id) if may_see else ()
    return {
        "releases": released_views(
            given, now(session), row.id, lambda each: why_not_let_out(session, recordings_of(each))
        ),
        "was_released": bool(released_of(session, row.id)),
        "may_release": may(actor.roles, Permission.RELEASE),
    }

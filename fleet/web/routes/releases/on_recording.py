"""What the page of a recording, or of an import, says of its releases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.footage.recordings.models import Recording
from fleet.footage.released.keys import released_of, released_of_import
from fleet.imagery.models import ImportRow
from fleet.people.permissions import Permission, may
from fleet.releases.choosing import why_not_let_out
from fleet.releases.finding import releases_of_import, releases_of_recording
from fleet.releases.models import FootageRelease
from fleet.releases.subjects import Released, released_in
from fleet.web.views.releases.one import released_views


def released_part(session: Session, row: Recording, actor: Actor) -> dict[str, Any]:
    """Return what the templates need: to whom for whoever sees the register, that it was so for others."""
    may_see = may(actor.roles, Permission.SEE_RELEASES)
    given = releases_of_recording(session, row.id) if may_see else ()
    return _part(session, row, given, actor, was_released=bool(released_of(session, row.id)))


def released_import_part(session: Session, row: ImportRow, actor: Actor) -> dict[str, Any]:
    """Return what the templates need of an import; as ``released_part``."""
    may_see = may(actor.roles, Permission.SEE_RELEASES)
    given = releases_of_import(session, row.id) if may_see else ()
    return _part(session, row, given, actor, was_released=bool(released_of_import(session, row.id)))


def _part(
    session: Session, of: Released, given: Sequence[FootageRelease], actor: Actor, *, was_released: bool
) -> dict[str, Any]:
    return {
        "releases": released_views(
            given, now(session), of, lambda each: why_not_let_out(session, released_in(each))
        ),
        "was_released": was_released,
        "may_release": may(actor.roles, Permission.RELEASE),
    }

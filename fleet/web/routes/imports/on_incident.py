"""What the page of an incident tells of the imports that belong to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.imagery.finding import imports_of_incident
from fleet.people.permissions import Permission, may
from fleet.web.views.imports.one import import_line


def imports_part(session: Session, incident: str, actor: Actor) -> dict[str, Any]:
    """Return what the part of an incident's page about imports is made of."""
    sees = may(actor.roles, Permission.SEE_IMPORTS)
    rows = imports_of_incident(session, incident) if sees else ()
    return {
        "imports": [import_line(each, now(session)) for each in rows],
        "may_see_imports": sees,
        "may_import": may(actor.roles, Permission.IMPORT),
    }

"""What a release's page says of what is hidden in it, and whether somebody may approve that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.people.permissions import Permission, may
from fleet.releases.models import FootageRelease
from fleet.releases.redacting.drafts import redactions_of
from fleet.releases.redacting.watchings import watched_by, why_not_approved
from fleet.releases.rules.states import ReleaseStep
from fleet.releases.steps import may_step
from fleet.releases.subjects import public_id, released_in
from fleet.vault.services import VAULT
from fleet.web.routes.recording_forms import Asked
from fleet.web.views.purpose import CHOICES
from fleet.web.views.releases.redacting import hidden_view


def hidden_part(session: Session, row: FootageRelease, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return what the template needs."""
    begun = {public_id(each.of): each for each in redactions_of(session, row.id)}
    views = []
    for each in released_in(row):
        found = begun.get(public_id(each))
        watched = () if found is None else watched_by(session, row, found)
        views.append(hidden_view(each, found, watched))
    return {
        "hidden": views,
        "may_hide": may(actor.roles, Permission.RELEASE) and may_step(row, ReleaseStep.CHANGE, actor, now),
        "may_watch": may(actor.roles, Permission.PLAY),
        "why_not_approve": why_not_approved(session, row, actor.id),
    }


def asking(request: Request, asked: Asked) -> dict[str, Any]:
    """Return what the form that asks for a purpose needs."""
    sealed = VAULT(request).vault.sealed()
    return {"watch": asked, "choices": CHOICES, "sealed": "" if sealed is None else sealed.refusal}

"""What a release's page says is next, for whoever looks at it."""

from __future__ import annotations

from datetime import datetime, timedelta

from fleet.core.actor import Actor
from fleet.people.permissions import Permission, may
from fleet.releases.models import FootageRelease
from fleet.releases.rules.states import ReleaseState, ReleaseStep, is_expired
from fleet.releases.steps import facts_of_release, may_step
from fleet.web.alerting.requests import SETTLED_FOR
from fleet.web.views.releases.next_of import ReleaseSoFar, next_of_release


def next_part(row: FootageRelease, actor: Actor, now: datetime) -> str:
    """Return it; empty where nothing is."""
    approves = may(actor.roles, Permission.APPROVE_RELEASES)
    return next_of_release(
        ReleaseSoFar(
            ReleaseState(row.state),
            is_expired=is_expired(facts_of_release(row), now),
            was_handed=row.handed > 0,
            may_approve=approves and may_step(row, ReleaseStep.APPROVE, actor, now),
            may_hand_over=may(actor.roles, Permission.RELEASE),
            told_after_min=SETTLED_FOR // timedelta(minutes=1),
        )
    )

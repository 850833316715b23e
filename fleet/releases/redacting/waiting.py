"""Finding releases that wait for a second person, once nobody is at them any more. Only reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from fleet.releases.models import FootageRelease
from fleet.releases.redacting.models import ImportRedaction, ReleaseRedaction
from fleet.releases.rules.states import ReleaseState


def waiting_releases(
    session: Session, at: datetime, before: datetime, *, most: int
) -> Sequence[FootageRelease]:
    """Return releases that can still be approved, drafted and last changed before then, the oldest first."""
    changed = [
        select(table.release_id).where(table.release_id == FootageRelease.id, table.changed > before)
        for table in (ReleaseRedaction, ImportRedaction)
    ]
    can_be = and_(FootageRelease.state == ReleaseState.DRAFT, FootageRelease.ends > at)
    query = select(FootageRelease).where(can_be, FootageRelease.drafted <= before)
    query = query.where(*(~each.exists() for each in changed))
    return session.scalars(query.order_by(FootageRelease.drafted, FootageRelease.id).limit(most)).all()

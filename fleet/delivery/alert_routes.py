"""The HTTP API of alerts, for programs that read them; people take and resolve them on the pages (F8)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from fleet.alerts.models import AlertRow
from fleet.alerts.search import AlertFilter, Which, find_alerts
from fleet.alerts.services import AlertsDep
from fleet.core.actor import Actor
from fleet.core.services import ServicesDep
from fleet.people.access import Permission, require

router = APIRouter(prefix="/api/v1", tags=["alerts"])

Reader = Annotated[Actor, Depends(require(Permission.ALERTS))]


class AlertOfApi(BaseModel):
    """An alert: what is so, or was when it was last so; ``ended`` and ``doubtful`` say if it still is."""

    id: str
    kind: str
    name: str
    words: str
    step: str
    tone: str
    state: str
    since: datetime
    doubtful: datetime | None
    ended: datetime | None
    owner: str | None
    resolved: datetime | None
    resolved_by: str | None

    @classmethod
    def of(cls, row: AlertRow) -> AlertOfApi:
        """Return what a row says."""
        return cls(
            id=row.id,
            kind=row.kind,
            name=row.name,
            words=row.words,
            step=row.step,
            tone=row.tone,
            state=row.state,
            since=row.first_true,
            doubtful=row.doubtful,
            ended=row.ended,
            owner=row.owner,
            resolved=row.resolved,
            resolved_by=row.resolved_by,
        )


@router.get("/alerts")
def get_alerts(
    alerts: AlertsDep,
    services: ServicesDep,
    actor: Reader,
    state: Literal["open", "resolved", "all"] = "open",
    skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[AlertOfApi]:
    """List alerts of the kinds that are for the token's roles, as things are at this moment."""
    alerts.bring_up_to_date()
    kinds = [kind.id for kind in alerts.kinds.of(actor.roles)]
    with services.readers() as session:
        rows, _ = find_alerts(session, AlertFilter(kinds, Which(state), actor.id), skip=skip, limit=limit)
    return [AlertOfApi.of(each) for each in rows]

"""The HTTP API of commands, for programs: what a camera was asked, by whom, and what became of it.

What was said at a door is for those who see visits; others are told that something was.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from fleet.cameras.commanding.issuing import commands_of
from fleet.cameras.commanding.models import CameraCommand
from fleet.cameras.commanding.rules import state_at
from fleet.cameras.service import get_camera
from fleet.core.actor import Actor
from fleet.core.database import SessionDep, now
from fleet.people.access import Permission, require
from fleet.people.accounts.users import names_of
from fleet.people.permissions import may

router = APIRouter(prefix="/api/v1", tags=["cameras"])

MOST_LISTED = 100


class CommandView(BaseModel):
    """A command: what, when, by whom, and what became of it.

    ``said`` and ``sentence`` are null for whoever does not see visits; ``event`` is the number of what the
    camera signed of it, and ``signed`` when that arrived.
    """

    id: str
    kind: str
    said: str | None
    by: str
    by_name: str | None
    issued: datetime
    expires: datetime
    sent: datetime | None
    outcome: str
    ended: datetime | None
    sentence: str | None
    event: int | None
    signed: datetime | None

    @classmethod
    def of(cls, row: CameraCommand, name: str | None, at: datetime, *, sees_visits: bool) -> Self:
        """Describe a row as of a time."""
        said = (row.said or {}).get("said")
        return cls(
            id=row.id,
            kind=row.kind,
            said=said if sees_visits else None,
            by=row.by_id,
            by_name=name,
            issued=row.issued,
            expires=row.expires,
            sent=row.sent,
            outcome=str(state_at(row.facts, at)),
            ended=row.ended,
            sentence=row.sentence if sees_visits else None,
            event=row.event,
            signed=row.signed,
        )


@router.get("/cameras/{camera}/commands")
def get_commands(
    camera: str, session: SessionDep, actor: Annotated[Actor, Depends(require(Permission.SEE_CAMERAS))]
) -> list[CommandView]:
    """List the last commands of a camera, the newest first."""
    rows = commands_of(session, get_camera(session, camera).id, MOST_LISTED)
    names, sees = names_of(session, {each.by_id for each in rows}), may(actor.roles, Permission.SEE_VISITS)
    at = now(session)
    return [CommandView.of(each, names.get(each.by_id), at, sees_visits=sees) for each in rows]

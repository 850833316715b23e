"""Issuing commands, and looking them up, inside the caller's transaction.

Rules:
- a command is durable before it is sent, and its id is never used again;
- whoever issues one has made sure that they may: nothing here knows who wears a camera;
- the audit log has the ids of command and camera, and what was asked, and no name of a tenant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.commanding.models import CameraCommand
from fleet.cameras.commanding.rules import LASTS, CommandState
from fleet.cameras.models import CameraRow
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.people.secrets import Random, new_id
from protocol.footage.consent import SaidOfConsent
from protocol.messages.commands import CommandKind, ConsentCommand

TOPIC = "command"
"""The topic of a command that waits to be sent; the subject is its id."""
CLOSING = frozenset({SaidOfConsent.REFUSED, SaidOfConsent.WITHDRAWN})
"""What closes a camera's sensors."""
KEPT = timedelta(days=90)
"""For so long a command of no visit is kept."""


@dataclass(frozen=True, slots=True)
class AskedOfCamera:
    """What is asked of a camera.

    Attributes:
        camera: its row.
        said: what was said at the door.
        assignment: under which it is worn.
        visit: the visit that it is of; None for none.
    """

    camera: CameraRow
    said: ConsentCommand
    assignment: str
    visit: str | None


def issue(session: Session, random: Random, asked: AskedOfCamera, *, by: Actor) -> CameraCommand:
    """Write down that a camera is asked for something; it is sent once that is durable."""
    moment = now(session)
    row = CameraCommand(
        id=new_id(random),
        camera_id=asked.camera.id,
        kind=str(CommandKind.CONSENT),
        said=asked.said.model_dump(mode="json"),
        closes=asked.said.said in CLOSING,
        assignment=asked.assignment,
        visit_id=asked.visit,
        issued=moment,
        expires=moment + LASTS,
        by_id=by.id,
        state=str(CommandState.ISSUED),
        sentence="",
        run=(asked.camera.status or {}).get("run", ""),
    )
    session.add(row)
    detail = {"command": row.id, "kind": row.kind, "said": str(asked.said.said)}
    record(session, by, "cameras:command:issue", asked.camera.id, detail=detail)
    announce(session, TOPIC, row.id)
    tell(session, row)
    return row


def tell(session: Session, row: CameraCommand) -> None:
    """Tell open pages that something is new of a command."""
    announce(session, "camera", row.camera_id)
    if row.visit_id is not None:
        announce(session, "visit", row.visit_id)


def commands_of(session: Session, camera: str, limit: int) -> Sequence[CameraCommand]:
    """Return a camera's commands, the newest first."""
    query = select(CameraCommand).where(CameraCommand.camera_id == camera)
    order = CameraCommand.issued.desc(), CameraCommand.id
    return session.scalars(query.order_by(*order).limit(limit)).all()


def commands_by_id(session: Session, ids: Sequence[str]) -> dict[str, CameraCommand]:
    """Return commands by their ids."""
    return {each.id: each for each in session.scalars(select(CameraCommand).where(CameraCommand.id.in_(ids)))}


def past_commands(session: Session, moment: datetime) -> Sequence[str]:
    """Return commands of no visit whose time to be kept is over, at most 100."""
    wanted = CameraCommand.visit_id.is_(None), CameraCommand.issued < moment - KEPT
    return session.scalars(select(CameraCommand.id).where(*wanted).limit(100)).all()


def forget_commands(session: Session, ids: Sequence[str]) -> None:
    """Delete commands."""
    session.execute(delete(CameraCommand).where(CameraCommand.id.in_(ids)))

"""Giving commands to the broker: each once, in its time, by the process that has the connection.

Rules:
- that it is sent is durable before it is: a process that dies between the two has sent nothing, and what is
  written down says that whether it was done is not known. No restart, and no other process, sends it again;
- the broker is told for how many seconds it counts, and delivers it no later;
- what is over when its turn comes is not sent, nor what was asked of somebody who has the camera no more: it
  ends there, as never sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.commanding.issuing import tell
from fleet.cameras.commanding.models import CameraCommand
from fleet.cameras.commanding.rules import UNDER_WAY, CommandState, left_s, state_at
from fleet.cameras.models import CameraRow
from fleet.cameras.services import CameraServices
from fleet.core.actor import FLEET
from fleet.core.database import Turn, now, take_turn
from fleet.core.services import Services
from protocol.messages.commands import Command, CommandKind, ConsentCommand
from protocol.messages.topics import Down, topic
from protocol.units import utc_us

log = logging.getLogger(__name__)

AT_LEAST_ONCE = 1
MOST_AT_ONCE = 200


class Publishes(Protocol):
    """What a connection to the broker is to whoever sends commands."""

    async def publish(  # noqa: D102 - as aiomqtt says
        self,
        topic: str,
        /,
        payload: str,
        qos: int = 0,
        retain: bool = False,
        properties: Any = None,  # noqa: ANN401 - paho leaves it untyped
    ) -> object: ...


@dataclass(frozen=True, slots=True)
class OutgoingCommand:
    """A command that is to be sent now: its topic, its text, and for how many seconds it counts."""

    topic: str
    payload: str
    left_s: int


async def send_waiting(services: CameraServices, client: Publishes) -> None:
    """Send what waits."""
    for command in await asyncio.to_thread(waiting, services.core):
        await send(services, client, command)


async def send(services: CameraServices, client: Publishes, command: str) -> None:
    """Send one, if it waits and may still be sent."""
    found = await asyncio.to_thread(claim, services, command)
    if found is None:
        return
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho leaves it untyped
    properties.MessageExpiryInterval = found.left_s
    await client.publish(found.topic, found.payload, qos=AT_LEAST_ONCE, retain=False, properties=properties)


def waiting(services: Services) -> Sequence[str]:
    """Return the ids of commands that were not sent, the oldest first."""
    query = select(CameraCommand.id).where(CameraCommand.state == str(CommandState.ISSUED))
    with services.readers() as session:
        return session.scalars(
            query.order_by(CameraCommand.issued, CameraCommand.id).limit(MOST_AT_ONCE)
        ).all()


def claim(services: CameraServices, command: str) -> OutgoingCommand | None:
    """Note that a command is sent, and return it; None where it is over, was sent, or is another wearer's."""
    with services.core.sessions.begin() as session:
        row = session.get(CameraCommand, command, with_for_update=True)
        if row is None:
            return None
        left = left_s(row.facts, now(session))
        camera = session.get(CameraRow, row.camera_id)
        if left < 1 or camera is None or camera.revoked is not None:
            return None
        worn = services.wearers.of(session, row.camera_id)
        if row.assignment != ("" if worn is None else worn.assignment):
            _end(session, row, CommandState.EXPIRED)
            return None
        row.state, row.sent = str(CommandState.SENT), now(session)
        tell(session, row)
        said = None if row.said is None else ConsentCommand.model_validate(row.said)
        asked = Command(
            id=row.id,
            camera=row.camera_id,
            kind=CommandKind(row.kind),
            issued_utc_us=utc_us(row.issued),
            expires_utc_us=utc_us(row.expires),
            by=row.by_id,
            consent=said,
        )
        where = topic(row.camera_id, "down", Down.COMMAND)
        return OutgoingCommand(where, asked.model_dump_json(), left)


def settle(services: Services) -> None:
    """Write down what is over without an answer, so that each command has an outcome.

    What somebody else is at, as an answer that just came, is left for the next time: this waits for no
    command, since it holds the audit log meanwhile.
    """
    moment = services.clock()
    under_way = select(CameraCommand).where(CameraCommand.state.in_(sorted(UNDER_WAY))).limit(MOST_AT_ONCE)
    with services.readers() as session:
        over = [
            each.id for each in session.scalars(under_way) if state_at(each.facts, moment) not in UNDER_WAY
        ]
    if not over:
        return
    with services.sessions.begin() as session:
        take_turn(session, Turn.AUDIT)  # first: whoever has the log waits for no row of this
        for command in over:
            row = session.get(CameraCommand, command, with_for_update={"skip_locked": True})
            state = None if row is None else state_at(row.facts, now(session))
            if row is None or state is None or row.state == state or state in UNDER_WAY:
                continue
            _end(session, row, state)


def _end(session: Session, row: CameraCommand, state: CommandState) -> None:
    row.state, row.ended = str(state), now(session)
    detail = {"command": row.id, "outcome": row.state}
    record(session, FLEET, "cameras:command:end", row.camera_id, detail=detail)
    tell(session, row)

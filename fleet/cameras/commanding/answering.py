"""What cameras say of commands: answers, what they signed, and that their sensors are closed.

Rules:
- an answer counts from the camera that was sent that command, and from no other;
- what a camera answered once stands, and what it says again changes nothing: so an id is written down of once
  however often it is answered;
- cameras and commands are held before the audit log is (``hold_told``);
- what it signed comes by another way, before its answer, after it, or alone: both are kept, and neither
  stands for the other;
- that sensors are closed is what a camera says after it was asked: what it said before does not count, and
  once it has started again they count as closed only where somebody made it so;
- a camera says when they last were because somebody made it so: that may be while nobody heard it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.commanding.issuing import tell
from fleet.cameras.commanding.models import CameraCommand
from fleet.cameras.commanding.rules import (
    CLOSED_MODES,
    FOLLOWED,
    MADE_SO,
    OPENING,
    UNDER_WAY,
    CommandState,
    after_answer,
    state_at,
    were_closed,
)
from fleet.cameras.models import CameraRow
from fleet.core.actor import camera_actor
from fleet.core.database import now
from protocol.messages.commands import Response
from protocol.messages.status import Status
from protocol.mode import Mode
from protocol.units import EPOCH

_NOT_DONE = sorted(map(str, set(CommandState) - {CommandState.DONE}))
_MOST_FOLLOWED = 1000
CLOCKS_DIFFER = timedelta(seconds=5)
"""So old a status is taken for new."""
NOT_SENT = "it answers a command that it was not sent"


def hold_told(session: Session, answered: Collection[str], cameras: Collection[str]) -> None:
    """Hold the cameras and commands that what cameras say may change, until the end of the transaction.

    In one order, cameras first, and before anything is written down in the audit log: whoever changes one
    holds it first and writes that down after, so that who holds the log must not wait for one.

    Args:
        session: a writing session.
        answered: ids of commands that are answered, real or invented.
        cameras: those that say how they are.
    """
    if session.get_bind().dialect.name != "postgresql":
        return  # one transaction writes at a time
    names = sorted(cameras)
    those = select(CameraRow.id).where(CameraRow.id.in_(names)).order_by(CameraRow.id)
    session.execute(those.with_for_update(key_share=True)).all()
    of_cameras = and_(
        CameraCommand.camera_id.in_(names),
        CameraCommand.issued > now(session) - FOLLOWED,
        CameraCommand.closes.is_(True),
    )
    query = select(CameraCommand.id).where(or_(CameraCommand.id.in_(sorted(answered)), of_cameras))
    session.execute(query.order_by(CameraCommand.id).with_for_update()).all()


def take_response(session: Session, said: Response) -> str:
    """Keep an answer of a camera; return why it is refused, or nothing where it is not."""
    row = session.get(CameraCommand, said.id, with_for_update=True)
    if row is None or row.camera_id != said.camera or row.sent is None:
        return NOT_SENT
    moment = now(session)
    state = after_answer(state_at(row.facts, moment), said.outcome)
    if state is None:
        return ""
    row.state, row.ended, row.sentence = str(state), moment, said.detail
    if row.event is None:
        row.event = said.consent
    detail = {"command": row.id, "outcome": row.state}
    record(session, camera_actor(row.camera_id), "cameras:command:answer", row.camera_id, detail=detail)
    tell(session, row)
    return ""


def note_signed(session: Session, row: CameraCommand, number: int) -> None:
    """Note that what a camera signed of a command is here, by the number of its event."""
    row.event, row.signed = number, now(session)
    tell(session, row)


def note_closed(session: Session, said: Status) -> None:
    """Note that a camera says that its sensors are closed, or were, where it was asked to close them.

    What waited at the broker is of when it was said: a camera whose clock is set has said when. Where that is
    not known, how long ago they were closed is not known either, and is not noted.
    """
    camera, mode, moment = said.camera, said.state, now(session)
    said_at = _said_at(said, moment)
    by_hand = moment if said_at is None else said_at
    if said.closed_s is not None:
        by_hand -= timedelta(seconds=said.closed_s)
    is_by_hand = mode in MADE_SO or (said.closed_s is not None and said_at is not None)
    if mode not in CLOSED_MODES and not is_by_hand:
        return
    if is_by_hand:
        row_of = session.get_one(CameraRow, camera)
        row_of.closed_last = max(by_hand, row_of.closed_last or by_hand)
    asked = select(CameraCommand).where(
        CameraCommand.camera_id == camera,
        CameraCommand.issued > moment - FOLLOWED,
        CameraCommand.closes.is_(True),
        CameraCommand.closed.is_(None),
    )
    for row in session.scalars(asked):
        is_after = said_at is None or said_at >= row.issued
        if is_after and were_closed(mode, same_run=bool(said.run) and row.run == said.run):
            row.closed = moment if said_at is None else said_at
        elif is_by_hand and by_hand >= row.issued:
            row.closed = by_hand


def _said_at(said: Status, moment: datetime) -> datetime | None:
    """When a camera said it, by a clock that is set; None where its clock is not, or it does not say.

    What is as good as new is of now: two clocks that are set differ by a little.
    """
    if said.at_utc_us is None or not said.clock_synchronised:
        return None
    at = EPOCH + timedelta(microseconds=said.at_utc_us)
    return at if moment - at > CLOCKS_DIFFER else moment


def note_another_run(session: Session, camera: str, mode: Mode | None) -> None:
    """Note that a camera has started again: where nobody made it so, its sensors are not closed for good."""
    if were_closed(mode, same_run=False):
        return
    closed = select(CameraCommand).where(
        CameraCommand.camera_id == camera,
        CameraCommand.issued > now(session) - FOLLOWED,
        CameraCommand.closes.is_(True),
        CameraCommand.state.in_(_NOT_DONE),
        CameraCommand.closed.is_not(None),
    )
    for row in session.scalars(closed):
        row.closed = None


def maybe_open(session: Session) -> Sequence[str]:
    """Return the cameras that were asked of late to close their sensors, and have not said that they did."""
    asked = CameraCommand.closes.is_(True), CameraCommand.closed.is_(None)
    query = select(CameraCommand.camera_id).where(
        CameraCommand.state.in_(_NOT_DONE),  # by its index: what was done long ago is not read
        CameraCommand.issued > now(session) - FOLLOWED,
        *asked,
    )
    return session.scalars(query.distinct().order_by(CameraCommand.camera_id)).all()


def not_closed(session: Session, camera: str, assignment: str) -> CameraCommand | None:
    """Return the last command of an assignment that was to close the sensors where nothing says that it did.

    Not one that is under way, or since which the camera said that its sensors are closed, or closed them by a
    later command; nor one after which something else was said on the same visit that opens them.
    """
    moment = now(session)
    query = select(CameraCommand).where(
        CameraCommand.camera_id == camera,
        CameraCommand.issued > moment - FOLLOWED,
        CameraCommand.assignment == assignment,
    )
    order = CameraCommand.issued.desc(), CameraCommand.id
    opened: set[str | None] = set()
    for row in session.scalars(query.order_by(*order).limit(_MOST_FOLLOWED)):
        state = state_at(row.facts, moment)
        if not row.closes:
            if (row.said or {}).get("said") in OPENING:
                opened.add(row.visit_id)
        elif state is CommandState.DONE:
            return None
        elif row.closed is None and state not in UNDER_WAY and row.visit_id not in opened:
            return row
    return None

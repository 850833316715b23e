"""The switch of deletion, as it is kept: turned once somebody has seen what that does, and turned back.

Everything happens inside the caller's transaction.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError
from fleet.retention.models import DeletionSwitching
from fleet.retention.rules.switching import DeletionSwitch, Switches, switch_refusal

TOPIC = "recording"
"""Every page that tells what becomes of recordings tells of them."""
SWITCHED_ON, SWITCHED_OFF = "retention:deletion:switch-on", "retention:deletion:switch-off"


def switches_of(session: Session) -> Switches:
    """Return every switching, the oldest first."""
    rows = session.scalars(select(DeletionSwitching).order_by(DeletionSwitching.number))
    return [DeletionSwitch(row.number, row.confirmed, row.confirmed_by, row.is_on) for row in rows]


def switch(session: Session, *, on: bool, seen: int, by: Actor) -> None:
    """Switch deletion on or off.

    Args:
        session: the caller's.
        on: whether it is to be on.
        seen: the number of the last switching that whoever confirms has seen, 0 for none.
        by: who confirms.

    Raises:
        ProblemError: 409 somebody switched it meanwhile, or it is so already.
    """
    take_turn(session, Turn.RETENTION)
    switches = switches_of(session)
    refusal = switch_refusal(switches, seen, on=on)
    if refusal is not None:
        raise ProblemError(409, "not_switched", refusal)
    row = DeletionSwitching(
        number=len(switches) + 1, confirmed=now(session), confirmed_by=by.name or by.label, is_on=on
    )
    session.add(row)
    record(session, by, SWITCHED_ON if on else SWITCHED_OFF, str(row.number))
    announce(session, TOPIC, "")

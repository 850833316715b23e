"""What becomes of a camera as its officer is renamed or leaves, inside the caller's transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from fleet.assignments.service import open_for_officer
from fleet.cameras.service import change_desired
from fleet.core.actor import Actor
from fleet.core.database import announce
from fleet.core.problems import ProblemError
from fleet.people.models import Officer
from fleet.people.officers import get_officer, rename_officer, retire_officer

IN_HANDS = "officer_has_camera"


def rename(session: Session, *, officer: str, name: str, by: Actor) -> Officer:
    """Rename an officer, and tell the camera that they wear.

    Raises:
        ProblemError: 404 when there is no such officer; 409 when somebody else is called that already.
    """
    row = rename_officer(session, officer=officer, name=name, by=by)
    worn = open_for_officer(session, officer)
    if worn is not None:
        change_desired(session, worn.camera_id)
        announce(session, "camera", worn.camera_id)
    return row


def retire(session: Session, *, officer: str, by: Actor) -> Officer:
    """Retire an officer who has no camera.

    Raises:
        ProblemError: 404 when there is no such officer; 409 while they have a camera.
    """
    row = get_officer(session, officer, lock=True)  # nobody hands them one meanwhile
    worn = open_for_officer(session, officer)
    if worn is not None:
        raise ProblemError(409, IN_HANDS, f"{row.name} has {worn.camera_id}; take it back first.")
    return retire_officer(session, officer=officer, by=by)

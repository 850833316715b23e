"""Who wears which camera, by the table of assignments: what ``fleet.cameras.wearers`` asks."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from fleet.assignments.models import Assignment
from fleet.assignments.service import end_open, open_assignments, open_for_camera
from fleet.cameras.wearers import Wearer
from fleet.core.actor import Actor


class AssignedWearers:
    """Answers from the open assignments."""

    def worn(self, session: Session) -> Mapping[str, Wearer]:
        """Return who wears what, by camera."""
        return {row.camera_id: _wearer(row) for row in open_assignments(session)}

    def of(self, session: Session, camera: str) -> Wearer | None:
        """Return who wears a camera, None when nobody does."""
        row = open_for_camera(session, camera)
        return _wearer(row) if row is not None else None

    def release(self, session: Session, *, camera: str, by: Actor, reason: str) -> None:
        """Check a camera in, if it is out."""
        end_open(session, camera=camera, by=by, reason=reason)


def _wearer(row: Assignment) -> Wearer:
    return Wearer(row.id, row.officer_id, row.officer.name, row.started)

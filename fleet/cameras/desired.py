"""What a camera is told to be: published retained on ``down/desired``, and asked for over HTTPS."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from fleet.assignments.service import open_for_camera
from fleet.cameras.enrolment import Recipients
from fleet.cameras.service import get_camera
from protocol.messages.desired import AssignmentInfo, Desired

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def desired_document(session: Session, recipients: Recipients, camera: str) -> Desired:
    """Return the whole of what is wanted of a camera now.

    Raises:
        ProblemError: 404 when there is no such camera.
    """
    row = get_camera(session, camera)
    worn = open_for_camera(session, camera)
    info = None
    if worn is not None:
        since = (worn.started - _EPOCH) // timedelta(microseconds=1)
        info = AssignmentInfo(id=worn.id, officer=worn.officer.name, since_utc_us=since)
    return Desired(
        camera=camera, version=row.desired_version, assignment=info, recipients=recipients.listed()
    )

"""What a camera is wanted to be: published retained on ``down/desired``, and asked for over HTTPS."""

from __future__ import annotations

from sqlalchemy.orm import Session

from fleet.cameras.service import get_camera
from fleet.cameras.services import CameraServices
from fleet.cameras.settings import settings_told
from protocol.messages.desired import AssignmentInfo, Desired
from protocol.units import utc_us


def desired_document(
    session: Session, cameras: CameraServices, camera: str, *, by_broker: bool = False
) -> Desired:
    """Return the whole of what is wanted of a camera now.

    Args:
        session: only reads.
        cameras: the services of cameras.
        camera: which.
        by_broker: whether the broker carries and keeps it: then it names no officer.

    Raises:
        ProblemError: 404 when there is no such camera.
    """
    row = get_camera(session, camera)
    worn = cameras.wearers.of(session, camera)
    info = None
    if worn is not None:
        info = AssignmentInfo(
            id=worn.assignment,
            officer="" if by_broker else worn.officer_name,
            since_utc_us=utc_us(worn.since),
        )
    return Desired(
        camera=camera,
        version=row.desired_version,
        assignment=info,
        recipients=cameras.recipients(),
        settings=settings_told(cameras.core.config.cameras),
    )

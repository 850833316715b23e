"""What the landlord's configuration tells every camera of its window and its sound."""

from __future__ import annotations

from sqlalchemy.orm import Session

from fleet.cameras.models import CameraSettingsTold
from fleet.cameras.service import change_desired, list_cameras
from fleet.core.database import Turn, now, take_turn
from fleet.core.sections.cameras import CamerasSection
from fleet.core.services import Services
from protocol.messages.desired import CameraSettings

_SOUND = {"on": True, "off": False}


def settings_told(config: CamerasSection) -> CameraSettings:
    """Return what cameras are told; None in it leaves a camera as it is set."""
    return CameraSettings(window_s=float(config.window_s) or None, audio=_SOUND.get(config.sound))


def tell_settings(core: Services) -> None:
    """Count a change of every camera's desired document where they are to be told otherwise than before."""
    told = settings_told(core.config.cameras)
    with core.readers() as session:
        if _told_before(session) == told:
            return
    with core.sessions.begin() as session:
        take_turn(session, Turn.ENROLMENT)
        if _told_before(session) == told:  # another process did
            return
        window = None if told.window_s is None else round(told.window_s)
        session.merge(CameraSettingsTold(id=1, window_s=window, sound=told.audio, since=now(session)))
        for camera in list_cameras(session):
            change_desired(session, camera.id)


def _told_before(session: Session) -> CameraSettings:
    row = session.get(CameraSettingsTold, 1)
    if row is None:
        return CameraSettings()
    return CameraSettings(window_s=None if row.window_s is None else float(row.window_s), audio=row.sound)

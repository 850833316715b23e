"""Rows of cameras and recordings, as pages and alerts read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from fleet.cameras.models import CameraRow
from fleet.footage.recordings.models import Recording, RecordingState
from protocol.messages.status import Status

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""The time of a ``TestClock`` that nobody has moved."""


def add_camera(session: Session, number: int = 1, *, says: dict[str, Any] | None = None, **more: Any) -> str:  # noqa: ANN401
    """Have a camera that is heard now; ``says`` is what its message has besides the usual."""
    name = f"cam-{number:02d}"
    usual = {"state": "standby", "window_s": 180.0, "clock_synchronised": True, "session": "s"}
    status = Status(camera=name, **{**usual, **(says or {})})
    plain = {
        "name": name,
        "enrolled": NOW - timedelta(days=2),
        "certificate_expires": NOW + timedelta(days=300),
        "online": True,
        "session": "s",
        "seen": NOW,
        "status": status.model_dump(mode="json"),
    }
    session.add(CameraRow(id=name, number=number, **{**plain, **more}))
    session.flush()
    return name


def add_recording(session: Session, number: int = 7, **more: Any) -> Recording:  # noqa: ANN401
    """Have a recording of ``cam-01`` that has been announced."""
    plain = {
        "camera_id": "cam-01",
        "recording": f"{number:032x}",
        "announced": NOW,
        "changed": NOW,
        "state": RecordingState.ANNOUNCED,
    }
    found = Recording(number=number, **{**plain, **more})
    session.add(found)
    session.flush()
    return found

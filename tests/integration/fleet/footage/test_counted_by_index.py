"""What pages count and look for beside a recording is the same on either database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from fleet.cameras.models import CameraRow
from fleet.core.database import open_database
from fleet.footage.recordings.accounts import accounts
from fleet.footage.recordings.models import Recording
from fleet.incidents.finding import near_recording

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAMERA = {"enrolled": NOW, "certificate_expires": NOW, "online": False, "session": ""}
ROWS = (
    ("cam-01", 1, "held", ""),
    ("cam-01", 1, "uploading", "aa"),
    ("cam-01", 3, "held", ""),
    ("cam-02", 1, "held", ""),
    ("cam-02", 2, "failed", ""),
)


# proves L3
def test_counts_and_neighbours_are_those_of_the_rows(url: str, tmp_path: Path) -> None:
    database = open_database(url, tmp_path, clock=lambda: NOW)
    with database.sessions.begin() as session:
        session.add_all(CameraRow(id=f"cam-0{each}", number=each, name="", **CAMERA) for each in (1, 2))
        session.flush()
        for camera, number, state, apart in ROWS:
            at = NOW + timedelta(minutes=number)
            named = {"camera_id": camera, "number": number, "apart": apart, "state": state}
            times = {"announced": at, "changed": at, "pressed": at, "clock_synchronised": True}
            session.add(Recording(**named, **times))
    with database.readers() as session:
        found = accounts(session)
        third = session.scalars(
            select(Recording).where(Recording.camera_id == "cam-01", Recording.number == 3)
        ).one()
        near = [(each.camera_id, each.number) for each in near_recording(session, third)]
    database.close()
    assert (found["cam-01"].made, found["cam-01"].missing) == (3, (2,))
    assert (found["cam-02"].made, found["cam-02"].received, found["cam-02"].failed) == (2, 1, 1)
    assert near == [("cam-02", 2), ("cam-02", 1)]

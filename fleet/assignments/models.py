"""The table of assignments.

Two partial unique indexes hold the rule even if code forgets it: one open assignment per camera, one per
officer.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fleet.cameras.models import CameraRow
from fleet.core.database import Base, UtcTime
from fleet.people.models import Officer

_OPEN = text("ended IS NULL")


class Assignment(Base):
    """A camera handed to an officer.

    Attributes:
        id: also carried in the ledger of what is recorded meanwhile.
        camera_id: the camera.
        officer_id: the officer.
        started: check-out.
        ended: check-in, or None while it is out.
        started_by: who handed it out.
        ended_by: who took it back.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "uq_assignments_open_camera", "camera_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index(
            "uq_assignments_open_officer",
            "officer_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        CheckConstraint("ended IS NULL OR ended >= started", name="ends_after_start"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    camera_id: Mapped[str] = mapped_column(ForeignKey("cameras.id"), index=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officers.id"), index=True)
    started: Mapped[datetime] = mapped_column(UtcTime)
    ended: Mapped[datetime | None] = mapped_column(UtcTime)
    started_by: Mapped[str] = mapped_column(String(200))
    ended_by: Mapped[str | None] = mapped_column(String(200))

    camera: Mapped[CameraRow] = relationship()
    officer: Mapped[Officer] = relationship()

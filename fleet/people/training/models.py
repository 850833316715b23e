"""The table of trainings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class OfficerTraining(Base):
    """A training of an officer; it is never deleted, and taken back where it was noted wrongly.

    Attributes:
        id: in hex.
        officer_id: whose.
        course: which, in the landlord's words.
        taken: on which day.
        until: its last day; None for one that does not end.
        noted: when it was noted.
        noted_by: by whom.
        withdrawn: since when it does not count; None while it does.
        withdrawn_by: who took it back.
    """

    __tablename__ = "officer_trainings"
    __table_args__ = (Index("ix_officer_trainings_officer_id", "officer_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officers.id", ondelete="CASCADE"))
    course: Mapped[str] = mapped_column(String(100))
    taken: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    noted: Mapped[datetime] = mapped_column(UtcTime)
    noted_by: Mapped[str] = mapped_column(String(200))
    withdrawn: Mapped[datetime | None] = mapped_column(UtcTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))

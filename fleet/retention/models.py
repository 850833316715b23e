"""Tables of retention: holds, and every change of the periods."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fleet.core.database import Base, UtcTime
from fleet.footage.recordings.models import Recording
from fleet.incidents.models import Incident


class Hold(Base):
    """A hold on a recording, or on all recordings of an incident, those that are put into it later too.

    Attributes:
        id: in hex.
        recording_id: the recording's row; None for an incident's hold.
        incident_id: the incident; None for a recording's hold.
        kind: what for, a ``HoldKind``.
        owner: who answers for it.
        reason: why.
        review: the day on which somebody looks whether it is still needed.
        placed: when.
        placed_by: by whom.
        released: when it ended; None while it lasts.
        released_by: by whom.
        released_reason: why.
    """

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("(recording_id IS NULL) <> (incident_id IS NULL)", name="of_one_thing"),
        Index("ix_holds_recording_id", "recording_id"),
        Index("ix_holds_incident_id", "incident_id"),
        Index("ix_holds_released", "released"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incidents.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text)
    review: Mapped[date] = mapped_column(Date)
    placed: Mapped[datetime] = mapped_column(UtcTime)
    placed_by: Mapped[str] = mapped_column(String(200))
    released: Mapped[datetime | None] = mapped_column(UtcTime)
    released_by: Mapped[str | None] = mapped_column(String(200))
    released_reason: Mapped[str | None] = mapped_column(Text)

    recording: Mapped[Recording | None] = relationship()
    incident: Mapped[Incident | None] = relationship()


class RetentionChange(Base):
    """A change of the periods (``rules.periods.PeriodsChange``), and who confirmed it."""

    __tablename__ = "retention_changes"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    confirmed: Mapped[datetime] = mapped_column(UtcTime)
    confirmed_by: Mapped[str] = mapped_column(String(200))
    plain_months: Mapped[int] = mapped_column(Integer)
    incident_months: Mapped[int] = mapped_column(Integer)
    undoes: Mapped[int | None] = mapped_column(Integer)

"""The table of jobs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class Job(Base):
    """A piece of work; of each kind there is one for a subject.

    Attributes:
        id: the row's own number.
        kind: what is to be done; whoever does it is found by that.
        subject: to what.
        state: how far it has come, a ``JobState``.
        turn: how often it was ever taken; it names the take that holds the lease.
        attempts: how often it was taken since it was asked for, or since a person had it tried again.
        made: when it was asked for.
        due: when it may be taken.
        lease_until: until when whoever has it holds it.
        owner: which process that is.
        error: why the last attempt failed, in words; empty where none did.
        changed: when any of this last changed.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        Index("ix_jobs_state", "state", "due"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    turn: Mapped[int] = mapped_column(Integer)
    attempts: Mapped[int] = mapped_column(Integer)
    made: Mapped[datetime] = mapped_column(UtcTime)
    due: Mapped[datetime] = mapped_column(UtcTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcTime)
    owner: Mapped[str | None] = mapped_column(String(100))
    error: Mapped[str] = mapped_column(Text)
    changed: Mapped[datetime] = mapped_column(UtcTime)

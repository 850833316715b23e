"""The table of attempts that several processes count together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class CountedAttempt(Base):
    """One attempt, under one of its keys, until it counts no more.

    Attributes:
        number: counts up with each.
        mark: SHA-256 of what is attempted and of the key: what somebody typed for a name is not kept.
        at: when it began, by the clock of the process that was asked.
    """

    __tablename__ = "counted_attempts"
    __table_args__ = (Index("ix_counted_attempts_mark", "mark", "at"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)

"""The table of what may still be sent, which all processes of a fleet take from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class SentAllowance(Base):
    """What one sender may still send.

    Attributes:
        who: sends, after what it sends, as ``camera cam-01``.
        left: bytes that no process has taken, at ``at``.
        at: when that was reckoned, by the clock of the process that did.
    """

    __tablename__ = "sent_allowances"

    who: Mapped[str] = mapped_column(String(200), primary_key=True)
    left: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(UtcTime)

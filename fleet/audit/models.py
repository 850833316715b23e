"""The table of the audit log. Triggers, made by the migration, refuse any update or deletion."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class AuditEntry(Base):
    """A row of the log; what each column means is in ``fleet.audit.chain.Entry``."""

    __tablename__ = "audit_entries"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    utc: Mapped[datetime] = mapped_column(UtcTime)
    actor: Mapped[str] = mapped_column(String(200), index=True)
    action: Mapped[str] = mapped_column(String(100), index=True)
    subject: Mapped[str] = mapped_column(String(200), index=True)
    purpose: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))

"""The tables of the audit log. Triggers, made by the migrations, refuse any update, deletion or gap."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, LargeBinary, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime

IS_REFUSAL = text(r"action LIKE '%\:refuse'")
"""What makes an entry a refusal; in these words, for an index is made of them."""


class AuditEntry(Base):
    """A row of the log; what each column means is in ``fleet.audit.chain.Entry``."""

    __tablename__ = "audit_entries"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    utc: Mapped[datetime] = mapped_column(UtcTime)
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    address: Mapped[str] = mapped_column(String(64))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    version: Mapped[int] = mapped_column(SmallInteger)

    # Each ends in the number: the newest entries of one value are read without sorting.
    __table_args__ = (
        Index("ix_audit_entries_actor_number", "actor", "number"),
        Index("ix_audit_entries_action_number", "action", "number"),
        Index("ix_audit_entries_subject_number", "subject", "number"),
        Index("ix_audit_entries_address_number", "address", "number"),
        Index("ix_audit_entries_utc_number", "utc", "number"),
        Index(
            "ix_audit_entries_refusals",
            "number",
            sqlite_where=IS_REFUSAL,
            postgresql_where=IS_REFUSAL,
        ),
    )


class AuditCheckpoint(Base):
    """A checkpoint that was made. What counts is its copy outside the database: this one is for looking up.

    Attributes:
        size: how many entries.
        made: when.
        note: the signed checkpoint.
        edge: the right edge of the tree, from which the next checkpoint goes on.
    """

    __tablename__ = "audit_checkpoints"

    size: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    made: Mapped[datetime] = mapped_column(UtcTime)
    note: Mapped[str] = mapped_column(Text)
    edge: Mapped[bytes] = mapped_column(LargeBinary)

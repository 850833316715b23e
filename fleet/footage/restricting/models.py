"""The table of restrictions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class Restriction(Base):
    """That a recording or an import is kept and not used, since somebody asked for it (UK GDPR Art. 18).

    Attributes:
        id: in hex.
        recording_id: the recording's row; None for an import's.
        import_id: the import, by its id; None for a recording's.
        request: the request that it rests on, by its id.
        reference: the same, as people name it.
        placed: when.
        placed_by: by whom.
        lifted: when it ended; None while it lasts.
        lifted_by: by whom.
        claim_until: until when it lets through what a legal claim needs (Art. 18(2)); None where it does not.
        claim_by: who said so.
        claim_reason: for which claim.
    """

    __tablename__ = "restrictions"
    __table_args__ = (
        CheckConstraint("(recording_id IS NULL) <> (import_id IS NULL)", name="of_one_thing"),
        Index("ix_restrictions_recording_id", "recording_id"),
        Index("ix_restrictions_import_id", "import_id"),
        Index("ix_restrictions_request", "request"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    import_id: Mapped[str | None] = mapped_column(String(32))
    request: Mapped[str] = mapped_column(String(32))
    reference: Mapped[str] = mapped_column(String(40))
    placed: Mapped[datetime] = mapped_column(UtcTime)
    placed_by: Mapped[str] = mapped_column(String(200))
    lifted: Mapped[datetime | None] = mapped_column(UtcTime)
    lifted_by: Mapped[str | None] = mapped_column(String(200))
    claim_until: Mapped[datetime | None] = mapped_column(UtcTime)
    claim_by: Mapped[str | None] = mapped_column(String(200))
    claim_reason: Mapped[str | None] = mapped_column(Text)

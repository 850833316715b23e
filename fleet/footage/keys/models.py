"""The table of recordings' own keys, each wrapped under a key of the vault."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class RecordingKey(Base):
    """Which key of the vault opens a recording, and how.

    Attributes:
        recording_id: the recording's row.
        sealed_to: the id of the vault's key that its ledger is sealed to, in hex; empty where it is sealed to
            none.
        covered: how many bytes of the ledger were looked at.
        wrapped_by: the id of the vault's key that its own key is wrapped under, in hex; None without one.
        wrapped: that.
        bound: the digest of the ledger's first record, to which that is bound.
        name: of the table of keys in the store that it opens.
        ready: since when the table is in the store and was opened once from there; None before that. Where
            there is no key of its own: since when it is known that nothing of it opens.
        trouble: why it could not be done when that was last tried, as a sentence; empty when it was not.
        tried: when that was; None before the first time.
    """

    __tablename__ = "recording_keys"

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    sealed_to: Mapped[str] = mapped_column(String(64), default="")
    covered: Mapped[int] = mapped_column(BigInteger, default=0)
    wrapped_by: Mapped[str | None] = mapped_column(String(64), index=True)
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary(60))
    bound: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    name: Mapped[str | None] = mapped_column(String(32))
    ready: Mapped[datetime | None] = mapped_column(UtcTime)
    trouble: Mapped[str] = mapped_column(String(1000), default="")
    tried: Mapped[datetime | None] = mapped_column(UtcTime)

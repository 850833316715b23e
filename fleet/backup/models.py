"""The table of backups that were made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class BackupRow(Base):
    """A backup that is whole.

    Attributes:
        id: the name of its archive.
        made: as of when the database in it is.
        sha256: of the archive, in hex.
        size: of the archive, in bytes.
        footage: how many bytes of footage lie beside it; 0 where footage was left out.
        has_footage: whether footage was copied.
        without_copy: how many of the vault's keys in it the recovery key does not open; None where that was
            not looked at.
    """

    __tablename__ = "backups"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    made: Mapped[datetime] = mapped_column(UtcTime, index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    footage: Mapped[int] = mapped_column(BigInteger)
    has_footage: Mapped[bool] = mapped_column(Boolean)
    without_copy: Mapped[int | None] = mapped_column(Integer)

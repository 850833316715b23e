"""The table of when the vault was sealed by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class VaultSeal(Base):
    """That somebody sealed the vault by hand, which counts in every process until somebody lifts it.

    Attributes:
        number: counts up with each.
        name: tells it from every other; the process that was asked for it gave it.
        who: sealed it.
        at: when, by the clock of that process.
        lifted: when somebody unsealed the vault; None while it counts.
    """

    __tablename__ = "vault_seals"

    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    who: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UtcTime)
    lifted: Mapped[datetime | None] = mapped_column(UtcTime)

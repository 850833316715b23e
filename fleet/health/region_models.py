"""The table of what stores said of their regions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class RegionTold(Base):
    """What a store said of its region when it was last asked.

    Attributes:
        place: which, by ``StoreRegion.id``.
        address: where it was asked: what another said of the same place counts no more.
        told: the region; None where it did not say.
        at: when it was asked.
    """

    __tablename__ = "regions_told"

    place: Mapped[str] = mapped_column(String(40), primary_key=True)
    address: Mapped[str] = mapped_column(String(500))
    told: Mapped[str | None] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcTime)

"""The table of the keys that every process of a fleet has."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class FleetKey(Base):
    """A key, or several that belong together, that lies in the state folder of every process.

    Attributes:
        name: what it is called below the state folder.
        digest: tells it from another; nothing of the key can be found out from it.
        since: since when it counts.
    """

    __tablename__ = "fleet_keys"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime] = mapped_column(UtcTime)

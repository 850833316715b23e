"""The table of sites and teams."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class GroupKind(StrEnum):
    """Which of the two a group is: a site has cameras, a team has officers."""

    SITE = "site"
    TEAM = "team"


class Group(Base):
    """A site or a team.

    Attributes:
        id: in hex.
        kind: which of the two, a ``GroupKind``.
        name: as people call it; no other of its kind has it.
        created: when it was added.
        retired: since when nothing is put into it any more; None while something may be.
    """

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))
    created: Mapped[datetime] = mapped_column(UtcTime)
    retired: Mapped[datetime | None] = mapped_column(UtcTime)

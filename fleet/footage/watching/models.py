"""The table of viewings that last, by which each process of the fleet knows them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime
from fleet.vault.vault import LONGEST_PURPOSE


class OpenViewing(Base):
    """A viewing that was written down in the audit log, and lasts; one that has ended has no row.

    Attributes:
        id: what its addresses carry.
        owner_kind: what kind of actor opened it.
        owner: the actor's id.
        recording: what is watched, by its public id.
        purpose: why its owner said that they watch.
        opened: when.
        used: when last, to the minute.
        seals: how many times the vault had been sealed by hand: one more has ended it.
        layout: SHA-256 of the playlists that its owner was given.
        shown: which chunks are laid out, of a recording that was still arriving (``shared_layout``); None of
            one that was whole, and where no other process can be.
    """

    __tablename__ = "open_viewings"
    __table_args__ = (Index("ix_open_viewings_owner", "owner_kind", "owner"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner_kind: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(64))
    recording: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(LONGEST_PURPOSE))
    opened: Mapped[datetime] = mapped_column(UtcTime, index=True)
    used: Mapped[datetime] = mapped_column(UtcTime)
    seals: Mapped[int] = mapped_column(Integer)
    layout: Mapped[str] = mapped_column(String(64))
    shown: Mapped[str | None] = mapped_column(Text, default=None)

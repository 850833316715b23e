"""The table of sign-ins through the provider: what it takes to hear that somebody has left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class ProviderSignIn(Base):
    """A sign-in through the provider, for as long as its user may have a session.

    Attributes:
        id: in hex.
        user_id: whose.
        sid: what the provider calls its own session; None where it does not say.
        refresh: what the provider is asked with whether they are still there, sealed; None without one.
        created: when.
        checked: when the provider last said that they are.
    """

    __tablename__ = "provider_sign_ins"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    sid: Mapped[str | None] = mapped_column(String(255), index=True)
    refresh: Mapped[bytes | None] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(UtcTime)
    checked: Mapped[datetime] = mapped_column(UtcTime, index=True)

"""Tables of delivery: what each user chose, and the messages that go out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fleet.core.database import Base, UtcTime
from fleet.people.models import User


class Channel(StrEnum):
    """How somebody is told."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class MessageState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENT = "sent"
    NOT_NEEDED = "not needed"
    FAILED = "failed"


class ToldChoiceRow(Base):
    """What a user chose to be told by e-mail (``rules.choosing.ToldChoice``)."""

    __tablename__ = "told_choices"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    level: Mapped[str] = mapped_column(String(10))
    without: Mapped[list[Any]] = mapped_column(JSON)

    user: Mapped[User] = relationship()


class OutMessage(Base):
    """A message that goes out, or went.

    Attributes:
        id: in hex; what receivers tell a message by that comes twice.
        channel: how.
        user_id: whose; None for the webhook's.
        urgent: whether it goes in quiet hours.
        is_test: whether somebody asked for it to try.
        alerts: ids of what it tells, in order.
        more: how many there are besides.
        created: when it was begun.
        due: when it goes next.
        leased: until when one process tries to send it; None while none does.
        tries: how often that failed.
        state: what became of it.
        finished: when it was sent, given up, or found not to be needed; None before.
        error: why it failed last, a sentence.
    """

    __tablename__ = "out_messages"
    __table_args__ = (
        Index("ix_out_messages_due", "state", "due"),
        Index("ix_out_messages_user_id", "user_id", "created"),
        Index("ix_out_messages_finished", "finished"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    urgent: Mapped[bool] = mapped_column(Boolean)
    is_test: Mapped[bool] = mapped_column(Boolean)
    alerts: Mapped[list[Any]] = mapped_column(JSON)
    more: Mapped[int] = mapped_column(Integer)
    created: Mapped[datetime] = mapped_column(UtcTime)
    due: Mapped[datetime] = mapped_column(UtcTime)
    leased: Mapped[datetime | None] = mapped_column(UtcTime)
    tries: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12))
    finished: Mapped[datetime | None] = mapped_column(UtcTime)
    error: Mapped[str] = mapped_column(Text)

"""Tables of what people are told of their accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime
from fleet.people.notices.rules import AccountNoticeFacts, NoticeKind


class AccountNotice(Base):
    """Something that happened to an account.

    Attributes:
        id: in hex.
        user_id: whose account.
        kind: what happened (``NoticeKind``).
        name: of the passkey that it was about; empty for none.
        by: who did it, where that was somebody else; else empty.
        how: how they made sure who asks, where they were asked that; else empty.
        address: from where, the last time; empty where that was not kept.
        agent: what the browser called itself, likewise.
        first: when it happened first.
        last: when it happened last.
        times: how often.
        doer: digest of the secret of the session in which it was done; None where there was none, or several.
        disowned: when it was said by them, or in their name, that it was not they; None where it was not.
    """

    __tablename__ = "account_notices"
    __table_args__ = (Index("ix_account_notices_told", "user_id", "last"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    by: Mapped[str] = mapped_column(String(100))
    how: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(200))
    first: Mapped[datetime] = mapped_column(UtcTime)
    last: Mapped[datetime] = mapped_column(UtcTime)
    times: Mapped[int] = mapped_column(Integer)
    doer: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    disowned: Mapped[datetime | None] = mapped_column(UtcTime)

    @property
    def facts(self) -> AccountNoticeFacts:
        """What the rules look at."""
        place = (self.address, self.agent, self.by, self.how, self.name)
        return AccountNoticeFacts(self.id, NoticeKind(self.kind), place, self.last, self.disowned is not None)


class KnownNotice(Base):
    """That somebody said in a browser that they know of a notice.

    Attributes:
        notice_id: of which.
        browser: in which (``fleet.people.accounts.notices.Reader``).
        times: how often it had happened by then.
        at: when they said so last.
    """

    __tablename__ = "known_notices"

    notice_id: Mapped[str] = mapped_column(
        ForeignKey("account_notices.id", ondelete="CASCADE"), primary_key=True
    )
    browser: Mapped[str] = mapped_column(String(80), primary_key=True)
    times: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcTime)

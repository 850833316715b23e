"""Tables of reviews: one of each recording, what was done about each, and who looked at footage."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fleet.audit.models import AuditEntry
from fleet.core.database import Base, UtcTime
from fleet.footage.recordings.models import Recording
from fleet.review.rules.closing import ReviewState


class Review(Base):
    """What was decided of one recording: whether it is to be reviewed, why, and what became of that.

    Attributes:
        id: the row's own number.
        recording_id: the recording's row; None once there is none any more.
        name: what it is called in addresses.
        camera_id: which camera made it.
        number: that camera's own count.
        officer_id: who wore the camera, as far as that is known.
        state: a ``ReviewState``.
        kinds: the kinds of its reasons, each between spaces, so that lists are narrowed by them.
        reasons: key, kind, words and time of each.
        queued: since when it is to be reviewed; anew when it was opened again.
        due: the last day on which that is in time.
        version: how often what was found was written, or set aside.
        findings: what was found, as ``found``, ``action`` and ``text``; None before that.
        found_by: who wrote it.
        found_at: when.
        head_id: whose account signed as head of safety.
        head_name: what they are called.
        head_at: when.
        head_officer: which officer that account was as it signed; None for none.
        manager_id: whose account signed as CCTV manager; so ``manager_name``, ``manager_at`` and
            ``manager_officer``.
        closed: when both had signed.
        closed_on: the day of that at the site.
        lot: its lot (``rules.draw``); None before it was held.
        share: the share that counted then.
        key_name: the name of the key.
        private_from: since when an incident is near to a private time of it; None where it was not private.
        private_until: until when.
        seen_state: what was so when the rules last looked; so each ``seen`` one.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("recording_id"),
        Index("ix_reviews_state", "state", "due", "id"),
        Index("ix_reviews_due", "due"),
        Index("ix_reviews_name", "name"),
        {"sqlite_autoincrement": True},  # a number is never another one's, for its history goes by it
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recordings.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(64))
    camera_id: Mapped[str] = mapped_column(String(32))
    number: Mapped[int] = mapped_column(Integer)
    officer_id: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(8), default=ReviewState.CLEAR)
    kinds: Mapped[str] = mapped_column(String(100), default=" ")
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    queued: Mapped[datetime | None] = mapped_column(UtcTime)
    due: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer, default=0)
    findings: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    found_by: Mapped[str | None] = mapped_column(String(200))
    found_at: Mapped[datetime | None] = mapped_column(UtcTime)
    head_id: Mapped[str | None] = mapped_column(String(32))
    head_name: Mapped[str | None] = mapped_column(String(200))
    head_at: Mapped[datetime | None] = mapped_column(UtcTime)
    head_officer: Mapped[str | None] = mapped_column(String(32))
    manager_id: Mapped[str | None] = mapped_column(String(32))
    manager_name: Mapped[str | None] = mapped_column(String(200))
    manager_at: Mapped[datetime | None] = mapped_column(UtcTime)
    manager_officer: Mapped[str | None] = mapped_column(String(32))
    closed: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_on: Mapped[date | None] = mapped_column(Date)
    lot: Mapped[bytes | None] = mapped_column(LargeBinary(8))
    share: Mapped[float | None] = mapped_column(Float)
    key_name: Mapped[str | None] = mapped_column(String(64))
    private_from: Mapped[datetime | None] = mapped_column(UtcTime)
    private_until: Mapped[datetime | None] = mapped_column(UtcTime)
    seen_state: Mapped[str] = mapped_column(String(16))
    seen_opened: Mapped[bool] = mapped_column(Boolean)
    seen_changed: Mapped[datetime] = mapped_column(UtcTime)
    seen_marked: Mapped[bool] = mapped_column(Boolean)
    seen_links: Mapped[int] = mapped_column(Integer)
    seen_linked: Mapped[datetime | None] = mapped_column(UtcTime)
    seen_near: Mapped[int] = mapped_column(Integer)

    recording: Mapped[Recording | None] = relationship()


class ReviewEntry(Base):
    """What was done about a review: never changed, and never removed (triggers of the migration).

    Attributes:
        id: the row's own number, which grows.
        subject: what it is about, as ``recording:12``.
        at: when.
        by: who did it; the service itself, where nobody did.
        act: what was done, a word.
        words: what was found, or why, in words.
        detail: further facts.
    """

    __tablename__ = "review_entries"
    __table_args__ = (
        Index("ix_review_entries_subject", "subject", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    subject: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcTime)
    by: Mapped[str] = mapped_column(String(200))
    act: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)


class ViewingReview(Base):
    """Somebody looked at a recording or an import or took a copy, and what is odd about it.

    Attributes:
        number: of its entry in the audit log.
        at: when.
        who: who, as the audit log has it.
        recording: what the recording or the import is called, as the audit log has it.
        is_copy: whether they took a copy.
        weight: how odd it is (``rules.oddness``); 0 where nothing is.
        kinds: the kinds of what is odd, each between spaces.
        odd: kind and words of each.
        state: a ``LookState``.
        asked_by: who asked about it last.
        asked_at: when.
        explained_by: who wrote the explanation.
        explained_at: when.
    """

    __tablename__ = "viewing_reviews"
    __table_args__ = (
        Index("ix_viewing_reviews_state", "state", "weight", "number"),
        Index("ix_viewing_reviews_who", "who", "recording", "at"),
        Index("ix_viewing_reviews_at", "who", "at"),
    )

    number: Mapped[int] = mapped_column(
        ForeignKey("audit_entries.number"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcTime)
    who: Mapped[str] = mapped_column(String(200))
    recording: Mapped[str] = mapped_column(String(200))
    is_copy: Mapped[bool] = mapped_column(Boolean)
    weight: Mapped[int] = mapped_column(Integer)
    kinds: Mapped[str] = mapped_column(String(100))
    odd: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[str | None] = mapped_column(String(200))
    asked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    explained_by: Mapped[str | None] = mapped_column(String(200))
    explained_at: Mapped[datetime | None] = mapped_column(UtcTime)

    entry: Mapped[AuditEntry] = relationship()

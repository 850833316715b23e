"""Tables of alerts: each alert, and what became of it step by step."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class AlertState(StrEnum):
    """How far somebody has come with an alert."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class AlertRow(Base):
    """An alert.

    Attributes:
        id: in hex.
        kind: the id of its ``AlertKind``.
        subject: what it is about, as its domain names it.
        name: the same in a word or two.
        lasts: true while its fact is true or could be; None once it is over, so that there is one of a kind
            and subject that lasts, and any number that are over.
        words: its sentence as it was when it was last true.
        step: what to do.
        link: where.
        tone: ``bad`` or ``warn``.
        aspect: what there is of it (``AlertFinding.aspect``).
        detail: what it shares with others (``AlertFinding.detail``).
        state: how far somebody has come with it.
        first_true: when its fact was first found.
        last_true: when it was last found, to the minute while it lasts.
        doubtful: since when nobody can tell whether it is true; None while that is known.
        ended: when its fact was found to be true no more; None while it lasts.
        returns: how often it came back within an hour (``rules.reconcile``).
        before: the id of the alert that it is the return of.
        owner_id: the id of who took it.
        owner: their name.
        taken: when they took it, or were given it.
        acknowledged: when somebody first said that they had seen it.
        acknowledged_by: who.
        resolved: when it was resolved, by a person or by itself.
        resolved_by: by whom; None where it was over by itself.
        note: what they said of it.
        told: when whoever tells people who are not looking took it over; None before that.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("uq_alerts_lasting", "kind", "subject", "lasts", unique=True),
        Index("ix_alerts_lasts", "lasts"),
        Index("ix_alerts_state", "state", "first_true"),
        Index("ix_alerts_ended", "ended"),
        Index("ix_alerts_subject", "kind", "subject", "first_true"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(100))
    lasts: Mapped[bool | None] = mapped_column(Boolean)
    words: Mapped[str] = mapped_column(Text)
    step: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(300))
    tone: Mapped[str] = mapped_column(String(10))
    aspect: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    first_true: Mapped[datetime] = mapped_column(UtcTime)
    last_true: Mapped[datetime] = mapped_column(UtcTime)
    doubtful: Mapped[datetime | None] = mapped_column(UtcTime)
    ended: Mapped[datetime | None] = mapped_column(UtcTime)
    returns: Mapped[int] = mapped_column(Integer)
    before: Mapped[str | None] = mapped_column(String(32))
    owner_id: Mapped[str | None] = mapped_column(String(32))
    owner: Mapped[str | None] = mapped_column(String(200))
    taken: Mapped[datetime | None] = mapped_column(UtcTime)
    acknowledged: Mapped[datetime | None] = mapped_column(UtcTime)
    acknowledged_by: Mapped[str | None] = mapped_column(String(200))
    resolved: Mapped[datetime | None] = mapped_column(UtcTime)
    resolved_by: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    told: Mapped[datetime | None] = mapped_column(UtcTime)

    @property
    def is_settled(self) -> bool:
        """Whether a person resolved it."""
        return self.state == AlertState.RESOLVED and self.resolved_by is not None


class AlertStep(Base):
    """Something that became of an alert.

    Attributes:
        number: in the order of the steps.
        alert_id: of which.
        at: when.
        what: a ``StepKind``.
        by: the name of who did it; None for what happened by itself.
        note: what they said.
    """

    __tablename__ = "alert_steps"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    what: Mapped[str] = mapped_column(String(20))
    by: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)


class StepKind(StrEnum):
    """What can become of an alert."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    TAKEN = "taken"
    GIVEN = "given"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    ENDED = "ended"

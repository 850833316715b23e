"""Tables of requests: what was asked, what was done about it, and the footage that it is about."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fleet.core.database import Base, UtcTime
from fleet.footage.recordings.models import Recording
from fleet.imagery.models import ImportRow


class RequestCase(Base):
    """A request, from its receipt to its end; the fields of ``RequestDraft``, and what became of it.

    Attributes:
        id: in hex.
        reference: as people name it, such as ``REQ-2027-0004``.
        year: of the reference.
        number: of the reference.
        opened: when it was written down.
        opened_by: by whom.
        changed: when something of it last changed.
        extended: the day on which the person was told of two more months; None where they were not.
        acknowledged: the day on which a complaint was acknowledged; None where it was not.
        answered: the day of the answer; None while there is none.
        outcome: how it was answered, an ``RequestOutcome``.
        exemption: what it was refused for; None where it was not.
        basis: the lawful basis chosen with the answer; None for none.
        condition: the condition of a disclosure; None for none.
        closed: when it was closed; None while it is open.
        closed_by: by whom.
        closed_why: why, where it was closed without an answer.
        due: the last day in time, as its clock shows it; None where it shows none.
        phase: what its clock does, a ``ClockPhase``.
    """

    __tablename__ = "request_cases"
    __table_args__ = (
        Index("ix_request_cases_year_number", "year", "number", unique=True),
        Index("ix_request_cases_closed", "closed"),
        Index("ix_request_cases_due", "due"),
        Index("ix_request_cases_received", "received"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    received: Mapped[date] = mapped_column(Date)
    channel: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    contact: Mapped[str] = mapped_column(Text)
    acts_for: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(100))
    organisation: Mapped[str] = mapped_column(String(200))
    rank: Mapped[str] = mapped_column(String(200))
    theirs: Mapped[str] = mapped_column(String(200))
    necessity: Mapped[str] = mapped_column(Text)
    signed: Mapped[date | None] = mapped_column(Date)
    named: Mapped[date | None] = mapped_column(Date)
    opened: Mapped[datetime] = mapped_column(UtcTime)
    opened_by: Mapped[str] = mapped_column(String(200))
    changed: Mapped[datetime] = mapped_column(UtcTime)
    extended: Mapped[date | None] = mapped_column(Date)
    acknowledged: Mapped[date | None] = mapped_column(Date)
    answered: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str | None] = mapped_column(String(20))
    exemption: Mapped[str | None] = mapped_column(String(40))
    basis: Mapped[str | None] = mapped_column(String(40))
    condition: Mapped[str | None] = mapped_column(String(40))
    closed: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_by: Mapped[str | None] = mapped_column(String(200))
    closed_why: Mapped[str | None] = mapped_column(Text)
    due: Mapped[date | None] = mapped_column(Date)
    phase: Mapped[str] = mapped_column(String(20))

    waits: Mapped[list[RequestWait]] = relationship(order_by="RequestWait.asked", lazy="selectin")
    pauses: Mapped[list[RequestPause]] = relationship(order_by="RequestPause.asked", lazy="selectin")


class RequestWait(Base):
    """What was asked for before the clock starts (``rules.clock.ClockWait``).

    Attributes:
        id: in hex.
        case_id: the request.
        kind: identity, authority or a fee, a ``WaitKind``.
        asked: the day of the letter that asked for it.
        met: the day on which it came, or on which nobody doubted it any longer; None before that.
        how: what was shown, and no copy of it, or why nobody doubts it; empty before that.
        waived: whether it never came, and somebody wrote down that it is no longer doubted.
    """

    __tablename__ = "request_waits"
    __table_args__ = (Index("ix_request_waits_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("request_cases.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    asked: Mapped[date] = mapped_column(Date)
    met: Mapped[date | None] = mapped_column(Date)
    how: Mapped[str] = mapped_column(String(200))
    waived: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class RequestPause(Base):
    """A clarification (``rules.clock.ClockPause``)."""

    __tablename__ = "request_pauses"
    __table_args__ = (Index("ix_request_pauses_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("request_cases.id", ondelete="CASCADE"))
    asked: Mapped[date] = mapped_column(Date)
    answered: Mapped[date | None] = mapped_column(Date)


class RequestSearch(Base):
    """Where somebody looked for what was asked for, how, and why that is enough."""

    __tablename__ = "request_searches"
    __table_args__ = (Index("ix_request_searches_case_id", "case_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("request_cases.id", ondelete="CASCADE"))
    where: Mapped[str] = mapped_column("looked_in", Text)
    how: Mapped[str] = mapped_column(Text)
    enough: Mapped[str] = mapped_column(Text)
    made: Mapped[datetime] = mapped_column(UtcTime)
    made_by: Mapped[str] = mapped_column(String(200))


class RequestRecording(Base):
    """A recording that a request is about; it is held from that moment on."""

    __tablename__ = "request_recordings"
    __table_args__ = (Index("ix_request_recordings_recording_id", "recording_id"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("request_cases.id", ondelete="CASCADE"), primary_key=True)
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    added: Mapped[datetime] = mapped_column(UtcTime)
    added_by: Mapped[str] = mapped_column(String(200))

    recording: Mapped[Recording] = relationship()


class RequestImport(Base):
    """An import that a request is about; it is held from that moment on."""

    __tablename__ = "request_imports"
    __table_args__ = (Index("ix_request_imports_import_id", "import_id"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("request_cases.id", ondelete="CASCADE"), primary_key=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    added: Mapped[datetime] = mapped_column(UtcTime)
    added_by: Mapped[str] = mapped_column(String(200))

    imported: Mapped[ImportRow] = relationship()


class RequestStep(Base):
    """What somebody did about a request, as its page tells it.

    Attributes:
        case_id: the request.
        number: 1 for the first, then one more each.
        at: when.
        by: who.
        words: what, a sentence.
    """

    __tablename__ = "request_steps"

    case_id: Mapped[str] = mapped_column(ForeignKey("request_cases.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcTime)
    by: Mapped[str] = mapped_column("done_by", String(200))
    words: Mapped[str] = mapped_column(Text)

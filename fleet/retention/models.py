"""Tables of retention: holds, every change of the periods, deletions, and who was told of which."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fleet.core.database import Base, UtcTime
from fleet.footage.recordings.models import Recording
from fleet.incidents.models import Incident

_OF_ONE_THING = (
    "(CASE WHEN recording_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN incident_id IS NULL THEN 0 ELSE 1 END) "
    "+ (CASE WHEN import_id IS NULL THEN 0 ELSE 1 END) = 1"
)


class Hold(Base):
    """A hold on a recording, on an import, or on all that belongs to an incident, what is put in later too.

    Attributes:
        id: in hex.
        recording_id: the recording's row; None for another hold.
        incident_id: the incident; None for another hold.
        import_id: the import, by its id; None for another hold.
        import_reference: that, as people name it.
        kind: what for, a ``HoldKind``.
        request: the request that placed it, by its id, and that alone ends it; None where a person did.
        owner: who answers for it.
        reason: why.
        review: the day on which somebody looks whether it is still needed.
        placed: when.
        placed_by: by whom.
        released: when it ended; None while it lasts.
        released_by: by whom.
        released_reason: why.
    """

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint(_OF_ONE_THING, name="of_one_thing"),
        Index("ix_holds_recording_id", "recording_id"),
        Index("ix_holds_incident_id", "incident_id"),
        Index("ix_holds_import_id", "import_id"),
        Index("ix_holds_released", "released"),
        Index("ix_holds_request", "request"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    recording_id: Mapped[int | None] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incidents.id", ondelete="CASCADE"))
    import_id: Mapped[str | None] = mapped_column(String(32))
    import_reference: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    request: Mapped[str | None] = mapped_column(String(32))
    owner: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text)
    review: Mapped[date] = mapped_column(Date)
    placed: Mapped[datetime] = mapped_column(UtcTime)
    placed_by: Mapped[str] = mapped_column(String(200))
    released: Mapped[datetime | None] = mapped_column(UtcTime)
    released_by: Mapped[str | None] = mapped_column(String(200))
    released_reason: Mapped[str | None] = mapped_column(Text)

    recording: Mapped[Recording | None] = relationship()
    incident: Mapped[Incident | None] = relationship()


class RetentionChange(Base):
    """A change of the periods (``rules.periods.PeriodsChange``), and who confirmed it."""

    __tablename__ = "retention_changes"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    confirmed: Mapped[datetime] = mapped_column(UtcTime)
    confirmed_by: Mapped[str] = mapped_column(String(200))
    plain_months: Mapped[int] = mapped_column(Integer)
    incident_months: Mapped[int] = mapped_column(Integer)
    undoes: Mapped[int | None] = mapped_column(Integer)


class DeletionSwitching(Base):
    """Once that deletion was switched on or off (``rules.switching.DeletionSwitch``)."""

    __tablename__ = "deletion_switchings"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    confirmed: Mapped[datetime] = mapped_column(UtcTime)
    confirmed_by: Mapped[str] = mapped_column(String(200))
    is_on: Mapped[bool] = mapped_column(Boolean)


class DeletionNotice(Base):
    """That people are told that a recording with an incident is to go.

    Attributes:
        recording_id: the recording's row.
        told: since when.
        goes: the first day on which it may be deleted, as last reckoned.
    """

    __tablename__ = "deletion_notices"
    __table_args__ = (Index("ix_deletion_notices_goes", "goes"),)

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    told: Mapped[datetime] = mapped_column(UtcTime)
    goes: Mapped[date] = mapped_column(Date)


class Deletion(Base):
    """A recording's deletion: why, and how far it has come.

    Attributes:
        recording_id: the recording's row.
        begun: when it was decided; from then on there is no way back.
        facts: what the certificate says and the rest of the tables forgets, as JSON.
        ledger_sha256: of the ledger as it was held; None where nothing of one was.
        keys_destroyed: when no wrapped key was left.
        bytes_deleted: when no segment was left.
        certified: when the certificate was made and nothing was left to do.
        certificate: the signed certificate, as it is handed out.
    """

    __tablename__ = "deletions"
    __table_args__ = (Index("ix_deletions_certified", "certified"),)

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    begun: Mapped[datetime] = mapped_column(UtcTime)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    ledger_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    keys_destroyed: Mapped[datetime | None] = mapped_column(UtcTime)
    bytes_deleted: Mapped[datetime | None] = mapped_column(UtcTime)
    certified: Mapped[datetime | None] = mapped_column(UtcTime)
    certificate: Mapped[str | None] = mapped_column(Text)

    recording: Mapped[Recording] = relationship()


class Erasure(Base):
    """That a recording is to be deleted upon a request, whatever its period.

    Attributes:
        recording_id: the recording's row.
        reference: the request, as people name it.
        decided: when.
        decided_by: by whom.
    """

    __tablename__ = "erasures"

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    reference: Mapped[str] = mapped_column(String(40))
    decided: Mapped[datetime] = mapped_column(UtcTime)
    decided_by: Mapped[str] = mapped_column(String(200))


class KeptLonger(Base):
    """Until when somebody has a request or a release kept, beyond its period.

    Attributes:
        case_id: which, by its id.
        until: the last day at the site.
        why: why.
        kept: when somebody said so, last.
        kept_by: who.
    """

    __tablename__ = "kept_longer"

    case_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    until: Mapped[date] = mapped_column(Date)
    why: Mapped[str] = mapped_column(Text)
    kept: Mapped[datetime] = mapped_column(UtcTime)
    kept_by: Mapped[str] = mapped_column(String(200))


class ClockLookRow(Base):
    """The last look at the service's clock by whoever deletes; one row (see ``rules.clock``).

    Attributes:
        id: always 1.
        seen: what it showed.
        doubted_until: until when nothing is deleted by it; None where nothing was odd.
        came_from: what it had shown before; None where nothing was odd.
    """

    __tablename__ = "clock_looks"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seen: Mapped[datetime] = mapped_column(UtcTime)
    doubted_until: Mapped[datetime | None] = mapped_column(UtcTime)
    came_from: Mapped[datetime | None] = mapped_column(UtcTime)

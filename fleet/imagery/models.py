"""Tables of imports: what was said of each, what it is, what becomes of it, and who looks at it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
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
from fleet.incidents.models import Incident


class ImportRow(Base):
    """An import; the fields of ``ImportDraft``, what its file is, and what became of it.

    Attributes:
        id: in hex.
        reference: as people name it, such as ``IMP-2027-0004``.
        year: of the reference.
        number: of the reference.
        state: an ``ImportState``.
        incident_id: the incident that it belongs to; None for none.
        unlinked: when it was last taken out of an incident; None where it never was.
        described: when it was written down.
        described_by: by whom.
        received: when its file was received; None before that.
        received_by: who sent it.
        attempt: names what was stored of it; empty before anything was.
        attempted: since when that is being stored; None where nothing is.
        size: of the file as it was sent, in bytes; 0 before it was.
        sha256: of those bytes.
        copy_size: of the copy, in bytes.
        copy_sha256: of those bytes.
        facts: what the file is (``reading.limits.ReadFacts``), as JSON.
        ended: when somebody decided that it is deleted; None while nobody has.
        ended_by: who.
        ended_why: why.
        begun: when its deletion began; there is no way back.
        begun_why: why it was deleted, in words.
        said: what its certificate says and the row forgets, as JSON.
        keys_destroyed: when its key was.
        bytes_deleted: when no object was left.
        certified: when the certificate was made.
        certificate: that.
    """

    __tablename__ = "imports"
    __table_args__ = (
        Index("ix_imports_year_number", "year", "number", unique=True),
        Index("ix_imports_state", "state"),
        Index("ix_imports_described", "described"),
        Index("ix_imports_incident_id", "incident_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(Text)
    taken: Mapped[datetime | None] = mapped_column(UtcTime)
    taken_says: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200))
    at_home: Mapped[bool] = mapped_column(Boolean)
    noticed: Mapped[date | None] = mapped_column(Date)
    notice: Mapped[str] = mapped_column(String(200))
    kept_until: Mapped[date | None] = mapped_column(Date)
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incidents.id"))
    unlinked: Mapped[datetime | None] = mapped_column(UtcTime)
    described: Mapped[datetime] = mapped_column(UtcTime)
    described_by: Mapped[str] = mapped_column(String(200))
    received: Mapped[datetime | None] = mapped_column(UtcTime)
    received_by: Mapped[str] = mapped_column(String(200))
    attempt: Mapped[str] = mapped_column(String(32))
    attempted: Mapped[datetime | None] = mapped_column(UtcTime)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    copy_size: Mapped[int] = mapped_column(BigInteger)
    copy_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    ended: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_by: Mapped[str] = mapped_column(String(200))
    ended_why: Mapped[str] = mapped_column(Text)
    begun: Mapped[datetime | None] = mapped_column(UtcTime)
    begun_why: Mapped[str] = mapped_column(Text)
    said: Mapped[dict[str, Any]] = mapped_column(JSON)
    keys_destroyed: Mapped[datetime | None] = mapped_column(UtcTime)
    bytes_deleted: Mapped[datetime | None] = mapped_column(UtcTime)
    certified: Mapped[datetime | None] = mapped_column(UtcTime)
    certificate: Mapped[str | None] = mapped_column(Text)

    incident: Mapped[Incident | None] = relationship()


class ImportViewing(Base):
    """One person's look at one import, while it lasts.

    Attributes:
        id: in hex; it is in the addresses of what is shown.
        import_id: the import.
        actor_kind: what sort of actor looks.
        actor_id: who.
        purpose: why.
        opened: when.
        until: from when on nothing more is shown for it.
    """

    __tablename__ = "import_viewings"
    __table_args__ = (
        Index("ix_import_viewings_import_id", "import_id"),
        Index("ix_import_viewings_until", "until"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str] = mapped_column(String(100))
    purpose: Mapped[str] = mapped_column(Text)
    opened: Mapped[datetime] = mapped_column(UtcTime)
    until: Mapped[datetime] = mapped_column(UtcTime)


class ImportSeconds(Base):
    """An imported clip cut into seconds, which what is chosen and hidden of it is chosen and hidden by.

    Attributes:
        import_id: the import.
        state: a ``SecondsState``.
        attempt: names what was stored; empty before anything was.
        size: its bytes.
        chunks: of each second where its parts lie (``fleet.footage.timeline.chunks``).
        trouble: why it could not be cut, or not yet; empty where it could.
        asked: when somebody last asked for it.
    """

    __tablename__ = "import_seconds"

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    attempt: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(BigInteger)
    chunks: Mapped[list[Any]] = mapped_column(JSON, deferred=True)
    trouble: Mapped[str] = mapped_column(Text)
    asked: Mapped[datetime] = mapped_column(UtcTime)


class ImportNote(Base):
    """What somebody wrote about an import; never changed, and gone with what it shows."""

    __tablename__ = "import_notes"
    __table_args__ = (Index("ix_import_notes_import_id", "import_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    author: Mapped[str] = mapped_column(String(200))
    written: Mapped[datetime] = mapped_column(UtcTime)
    text: Mapped[str] = mapped_column(Text)

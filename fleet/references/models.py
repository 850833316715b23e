"""Tables of references: codes that were given out, as digests, and what the landlord approved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class VisitReference(Base):
    """A code that was given out for a visit; the code itself is kept nowhere.

    Attributes:
        id: in hex.
        visit_id: of which visit.
        number: counted on that visit from 1.
        digest: SHA-256 of the code.
        language: of the slip, by its ISO 639 code.
        version: of the text on it.
        made: when.
        made_by: by whom.
        revoked: when it was made useless; None while it stands.
        revoked_by: by whom.
        revoked_reason: why.
    """

    __tablename__ = "visit_references"
    __table_args__ = (
        UniqueConstraint("digest"),
        UniqueConstraint("visit_id", "number"),
        Index("ix_visit_references_visit_id", "visit_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    language: Mapped[str] = mapped_column(String(3))
    version: Mapped[int] = mapped_column(Integer)
    made: Mapped[datetime] = mapped_column(UtcTime)
    made_by: Mapped[str] = mapped_column(String(200))
    revoked: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_by: Mapped[str | None] = mapped_column(String(200))
    revoked_reason: Mapped[str | None] = mapped_column(String(500))


class ReferenceApproval(Base):
    """That somebody approved the text of slips in a language, and what the public page says with it.

    Attributes:
        number: counted from 1.
        language: by its ISO 639 code.
        version: of the text.
        sha256: of the text with its title: the one that comes with the fleet can be another one day.
        page: the version of what the public page says.
        approved: when.
        approved_by: by whom.
        withdrawn: when that was taken back; None while it stands.
        withdrawn_by: by whom.
    """

    __tablename__ = "reference_approvals"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(3))
    version: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    page: Mapped[int] = mapped_column(Integer)
    approved: Mapped[datetime] = mapped_column(UtcTime)
    approved_by: Mapped[str] = mapped_column(String(200))
    withdrawn: Mapped[datetime | None] = mapped_column(UtcTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))

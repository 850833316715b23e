"""The tables of what was given away: keys of recordings, and copies of imports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fleet.core.database import Base, UtcTime


class ReleasedKeys(Base):
    """That a release went out, with the keys of what it has of a recording: no deletion takes those back.

    Attributes:
        release_id: the release, by its id.
        recording_id: the recording's row.
        reference: the release, as people name it.
        first: when it first went out.
        ranges: of each track the chunks whose keys went out, as ``[track, first, last]``.
        untouched_ms: how much of each track that is, in milliseconds.
    """

    __tablename__ = "released_keys"
    __table_args__ = (Index("ix_released_keys_recording_id", "recording_id"),)

    release_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    reference: Mapped[str] = mapped_column(String(40))
    first: Mapped[datetime] = mapped_column(UtcTime)
    ranges: Mapped[list[Any]] = mapped_column(JSON)
    untouched_ms: Mapped[dict[str, Any]] = mapped_column(JSON)


class ReleasedImport(Base):
    """That a release went out with something of an import: no deletion takes that back.

    Attributes:
        release_id: the release, by its id.
        import_id: the import, by its id.
        reference: the release, as people name it.
        first: when it first went out.
        files: what went out, each with its name, size and SHA-256 in hex.
        is_as_noted: whether that was the whole copy, as it was noted at the import.
    """

    __tablename__ = "released_imports"
    __table_args__ = (Index("ix_released_imports_import_id", "import_id"),)

    release_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    import_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(40))
    first: Mapped[datetime] = mapped_column(UtcTime)
    files: Mapped[list[Any]] = mapped_column(JSON)
    is_as_noted: Mapped[bool] = mapped_column(Boolean)

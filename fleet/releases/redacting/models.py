"""Tables of what is hidden in releases: the drafts, and who watched which seconds of the copy."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import JSON, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fleet.core.database import Base, UtcTime
from fleet.footage.recordings.models import Recording
from fleet.imagery.models import ImportRow


class SearchState(StrEnum):
    """How far the search for faces in a recording of a release has come."""

    NONE = ""
    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"


class RedactionColumns:
    """What is kept of what is hidden in a copy, while people work on it and after.

    Attributes:
        version: counts the changes: whoever changes it says which one they saw.
        document: the draft with its history (``fleet.redaction.rules.document``).
        digest: SHA-256 of the plan, in hex.
        masks: how many masks are hidden.
        mutes: how many spans of sound are.
        undecided: how many proposals nobody accepted or refused.
        fill: what stands where something is hidden, a ``Fill``.
        changed: when it was last changed.
        changed_by: by whom.
        approved: the digest of the copy that was approved, in hex; empty while none was.
        search: a ``SearchState``.
        search_by: who asked for it.
        searched: how many seconds were looked at, and
        to_search: of how many.
        left_out: how many faces were found and not proposed, because a plan cannot have so many.
        search_trouble: why it failed; empty where it did not.
        search_scope: SHA-256 of the spans that are searched, in hex.
        search_document: how far it has come (``fleet.redaction.rules.search_document``).
    """

    version: Mapped[int] = mapped_column(Integer)
    document: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    masks: Mapped[int] = mapped_column(Integer)
    mutes: Mapped[int] = mapped_column(Integer)
    undecided: Mapped[int] = mapped_column(Integer)
    fill: Mapped[str] = mapped_column(String(20))
    changed: Mapped[datetime] = mapped_column(UtcTime)
    changed_by: Mapped[str] = mapped_column(String(200))
    approved: Mapped[str] = mapped_column(String(64))
    search: Mapped[str] = mapped_column(String(20))
    search_by: Mapped[str] = mapped_column(String(200))
    searched: Mapped[int] = mapped_column(Integer)
    to_search: Mapped[int] = mapped_column(Integer)
    left_out: Mapped[int] = mapped_column(Integer)
    search_trouble: Mapped[str] = mapped_column(Text)
    search_scope: Mapped[str] = mapped_column(String(64))
    search_document: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class ReleaseRedaction(RedactionColumns, Base):
    """What is hidden in the copy of one recording of a release.

    Attributes:
        release_id: the release.
        recording_id: the recording's row.
    """

    __tablename__ = "release_redactions"
    __table_args__ = (Index("ix_release_redactions_recording_id", "recording_id"),)

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )

    recording: Mapped[Recording] = relationship(lazy="joined")

    @property
    def of(self) -> Recording:
        """What something is hidden in."""
        return self.recording


class ImportRedaction(RedactionColumns, Base):
    """What is hidden in the copy of one import of a release.

    Attributes:
        release_id: the release.
        import_id: the import.
    """

    __tablename__ = "release_import_redactions"
    __table_args__ = (Index("ix_release_import_redactions_import_id", "import_id"),)

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)

    imported: Mapped[ImportRow] = relationship(lazy="joined")

    @property
    def of(self) -> ImportRow:
        """What something is hidden in."""
        return self.imported


class WatchedColumns:
    """What somebody watched of a redacted copy, as far as the service knows.

    Attributes:
        name: who watched, as people name them.
        digest: of which copy, in hex: of another one nothing of it counts.
        needed: what there is to be watched, as ``[from_ms, to_ms]`` on the clock that the player shows.
        sent: what was sent to them, likewise.
        played: what of that their player said that it played.
        said: when it last said so, or when the first of it was sent.
    """

    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    needed: Mapped[list[Any]] = mapped_column(JSON)
    sent: Mapped[list[Any]] = mapped_column(JSON)
    played: Mapped[list[Any]] = mapped_column(JSON)
    said: Mapped[datetime] = mapped_column(UtcTime)


class CopyWatched(WatchedColumns, Base):
    """What somebody watched of the redacted copy of a recording.

    Attributes:
        release_id: the release.
        recording_id: the recording's row.
        actor: who watched, by id.
    """

    __tablename__ = "copies_watched"
    __table_args__ = (Index("ix_copies_watched_recording_id", "recording_id"),)

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    actor: Mapped[str] = mapped_column(String(64), primary_key=True)


class ImportCopyWatched(WatchedColumns, Base):
    """What somebody watched of the redacted copy of an import.

    Attributes:
        release_id: the release.
        import_id: the import.
        actor: who watched, by id.
    """

    __tablename__ = "import_copies_watched"
    __table_args__ = (Index("ix_import_copies_watched_import_id", "import_id"),)

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    actor: Mapped[str] = mapped_column(String(64), primary_key=True)


AnyRedaction: TypeAlias = ReleaseRedaction | ImportRedaction
AnyWatched: TypeAlias = CopyWatched | ImportCopyWatched

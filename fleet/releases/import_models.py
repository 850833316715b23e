"""Tables of what of imports is released: the spans, the exhibit numbers, and what is made.

They stand beside those of recordings (``models``), since an import's id is of another kind.
What both have alike is said once, in ``SpanFields``, ``ExhibitFields`` and ``FolderFields``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fleet.core.database import Base, UtcTime
from fleet.imagery.models import ImportRow
from fleet.releases.rules.exhibits import exhibit_number

_RELEASE = "releases.id"


class SpanFields:
    """What every span of a release has; ``to_ms`` is none for its end (``rules.plan.ChosenSpan``)."""

    release_id: Mapped[str] = mapped_column(ForeignKey(_RELEASE, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    from_ms: Mapped[int] = mapped_column(BigInteger)
    to_ms: Mapped[int | None] = mapped_column(BigInteger)
    tracks: Mapped[str] = mapped_column(String(20))


class ExhibitFields:
    """What every exhibit number has (``rules.exhibits``), which is given once, upon approval."""

    release_id: Mapped[str] = mapped_column(ForeignKey(_RELEASE, ondelete="CASCADE"), primary_key=True)
    initials: Mapped[str] = mapped_column(String(5))
    number: Mapped[int] = mapped_column(Integer)
    given: Mapped[datetime] = mapped_column(UtcTime)

    @property
    def exhibit(self) -> str:
        """The number as people write it."""
        return exhibit_number(self.initials, self.number)


class FolderFields:
    """What every folder of a package has: its signed statement, and what every file of it is.

    Attributes:
        release_id: the release.
        name: of the folder in the package.
        statement: ``release.json``.
        page: what the recipient reads first.
        files: of each other file its name, size, SHA-256 in hex and CRC-32.
    """

    release_id: Mapped[str] = mapped_column(ForeignKey(_RELEASE, ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    statement: Mapped[str] = mapped_column(Text)
    page: Mapped[str] = mapped_column(Text)
    files: Mapped[list[Any]] = mapped_column(JSON)


class ImportSpan(SpanFields, Base):
    """A span of an imported clip that is released, or an imported photograph; as ``ReleaseSpan``.

    ``number`` counts on over the spans of recordings.
    """

    __tablename__ = "release_import_spans"
    __table_args__ = (Index("ix_release_import_spans_import_id", "import_id"),)

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    imported: Mapped[ImportRow] = relationship(lazy="joined")


class ImportExhibit(ExhibitFields, Base):
    """The exhibit number of one import of a release; as ``ReleaseExhibit``, and of the same series."""

    __tablename__ = "release_import_exhibits"
    __table_args__ = (
        Index("ix_release_import_exhibits_number", "initials", "number", unique=True),
        Index("ix_release_import_exhibits_import_id", "import_id"),
    )

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)


class ImportFolder(FolderFields, Base):
    """What is made of one import of a release: its signed statement, and what every file of it is.

    Attributes:
        import_id: the import.
        is_as_noted: whether the copy goes out whose digest was noted at the import, byte for byte.
        attempt: names what was made and stored sealed; empty where nothing was, for the copy goes out.
        given_ms: how much of each track goes out, in milliseconds, by the track; empty of a photograph.
        changed_ms: in how much of that something is masked or muted, likewise.
        withheld_ms: how much is withheld, likewise.
        masks: how many masks are hidden in a photograph.
    """

    __tablename__ = "release_import_folders"
    __table_args__ = (Index("ix_release_import_folders_import_id", "import_id"),)

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    is_as_noted: Mapped[bool] = mapped_column(Boolean)
    attempt: Mapped[str] = mapped_column(String(32))
    given_ms: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_ms: Mapped[dict[str, Any]] = mapped_column(JSON)
    withheld_ms: Mapped[dict[str, Any]] = mapped_column(JSON)
    masks: Mapped[int] = mapped_column(Integer)


class ImportMade(Base):
    """That something was made of an import for a release, and lies sealed beside it until nobody needs it.

    Attributes:
        release_id: the release.
        import_id: the import.
        attempt: names what is stored.
    """

    __tablename__ = "release_import_made"
    __table_args__ = (Index("ix_release_import_made_import_id", "import_id"),)

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    attempt: Mapped[str] = mapped_column(String(32), primary_key=True)

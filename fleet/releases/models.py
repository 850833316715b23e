"""Tables of releases: what was given to whom and why, what of it is made, and how it was handed over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fleet.core.database import Base, UtcTime
from fleet.footage.recordings.models import Recording
from fleet.releases.import_models import ExhibitFields, FolderFields, ImportExhibit, ImportSpan, SpanFields


class FootageRelease(Base):
    """A release, from its draft to its end; the fields of ``ReleaseDraft``, and what became of it.

    Attributes:
        id: in hex.
        reference: as people name it, such as ``REL-2027-0004``.
        year: of the reference.
        number: of the reference.
        state: a ``ReleaseState``.
        request: the request that it answers, by its id; empty for none.
        request_reference: the same, as people name it.
        ends: the first moment at which it may not be handed over any more.
        drafted: when.
        drafted_by: by whom.
        authors: the ids of those who drafted or changed it.
        decided: when it was approved or declined.
        decided_by: by whom.
        why: why it was declined, withdrawn or revoked; empty where nobody said.
        made: when all of it was made.
        done: how many segments of it are made, and
        whole: of how many.
        trouble: why it could not be made; empty where it could.
        handed: how often a download of it was begun.
        first_handed: when first.
        received: the day of the receipt; None for none.
        receipt: what the receipt says.
        revoked: when.
        initials: of whoever produces it, for its exhibit numbers; empty where there are none.
        masked_kept: whether masked parts of it may lie beside its recordings (``packages.kept_parts``).
    """

    __tablename__ = "releases"
    __table_args__ = (
        Index("ix_releases_year_number", "year", "number", unique=True),
        Index("ix_releases_state", "state"),
        Index("ix_releases_drafted", "drafted"),
        Index("ix_releases_request", "request"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(40))
    condition: Mapped[str] = mapped_column(String(40))
    withheld: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(String(20))
    expires: Mapped[date] = mapped_column(Date)
    ends: Mapped[datetime] = mapped_column(UtcTime)
    request: Mapped[str] = mapped_column(String(32))
    request_reference: Mapped[str] = mapped_column(String(40))
    drafted: Mapped[datetime] = mapped_column(UtcTime)
    drafted_by: Mapped[str] = mapped_column(String(200))
    authors: Mapped[list[str]] = mapped_column(JSON)
    decided: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(Text)
    made: Mapped[datetime | None] = mapped_column(UtcTime)
    done: Mapped[int] = mapped_column(Integer)
    whole: Mapped[int] = mapped_column(Integer)
    trouble: Mapped[str] = mapped_column(Text)
    handed: Mapped[int] = mapped_column(Integer)
    first_handed: Mapped[datetime | None] = mapped_column(UtcTime)
    received: Mapped[date | None] = mapped_column(Date)
    receipt: Mapped[str] = mapped_column(Text)
    revoked: Mapped[datetime | None] = mapped_column(UtcTime)
    initials: Mapped[str] = mapped_column(String(5), default="", server_default="")
    masked_kept: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    exhibits: Mapped[list[ReleaseExhibit]] = relationship(
        order_by="ReleaseExhibit.number", lazy="selectin", cascade="all, delete-orphan"
    )
    spans: Mapped[list[ReleaseSpan]] = relationship(
        order_by="ReleaseSpan.number", lazy="selectin", cascade="all, delete-orphan"
    )
    import_spans: Mapped[list[ImportSpan]] = relationship(
        order_by="ImportSpan.number", lazy="selectin", cascade="all, delete-orphan"
    )
    import_exhibits: Mapped[list[ImportExhibit]] = relationship(
        order_by="ImportExhibit.number", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def whose(self) -> str:
        """The recipient, with the organisation."""
        return f"{self.recipient}, {self.organisation}" if self.organisation else self.recipient


class ReleaseSpan(SpanFields, Base):
    """A span of a recording that is released (``rules.plan.ChosenSpan``); ``to_ms`` is none for its end."""

    __tablename__ = "release_spans"
    __table_args__ = (Index("ix_release_spans_recording_id", "recording_id"),)

    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    recording: Mapped[Recording] = relationship(lazy="joined")


class ReleaseFolder(FolderFields, Base):
    """What is made of one recording of a release: its signed statement, and what every file of it is.

    The files rest nowhere: they are made again as they go out, byte for byte, of the sealed footage and of
    the masked parts that were kept.

    Attributes:
        recording_id: the recording's row.
        untouched: how much of each track goes out untouched, in milliseconds, by the track.
        withheld: how much is withheld, likewise.
        ranges: of each track the chunks whose keys go out, as ``[track, first, last]``.
        changed: how much of each track is masked or muted, in milliseconds, by the track.
        changed_ranges: of each track the chunks that are, as ``[track, first, last]``.
        maker: with which versions of the encoder those were first made; empty where none were.
    """

    __tablename__ = "release_folders"
    __table_args__ = (Index("ix_release_folders_recording_id", "recording_id"),)

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    untouched: Mapped[dict[str, Any]] = mapped_column(JSON)
    withheld: Mapped[dict[str, Any]] = mapped_column(JSON)
    ranges: Mapped[list[Any]] = mapped_column(JSON)
    changed: Mapped[dict[str, Any]] = mapped_column(JSON, server_default="{}")
    changed_ranges: Mapped[list[Any]] = mapped_column(JSON, server_default="[]")
    maker: Mapped[str] = mapped_column(String(200), server_default="")


class ReleaseLink(Base):
    """A link by which a release is fetched, with its code; both are kept as digests alone.

    Attributes:
        id: in hex.
        release_id: the release.
        secret: SHA-256 of what the link names.
        code: SHA-256 of that and the code.
        made: when it was given out.
        made_by: by whom.
        expires: until when it is good.
        allowed: how often it may be fetched.
        fetched: how often it was.
        wrong: how many wrong codes it got.
        opened: when its page was first opened while it was good; None while it was not.
        ended: when it was ended; None while it was not.
    """

    __tablename__ = "release_links"
    __table_args__ = (
        Index("ix_release_links_release_id", "release_id"),
        Index("ix_release_links_secret", "secret", unique=True),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"))
    secret: Mapped[bytes] = mapped_column(LargeBinary(32))
    code: Mapped[bytes] = mapped_column(LargeBinary(32))
    made: Mapped[datetime] = mapped_column(UtcTime)
    made_by: Mapped[str] = mapped_column(String(200))
    expires: Mapped[datetime] = mapped_column(UtcTime)
    allowed: Mapped[int] = mapped_column(Integer)
    fetched: Mapped[int] = mapped_column(Integer)
    wrong: Mapped[int] = mapped_column(Integer)
    opened: Mapped[datetime | None] = mapped_column(UtcTime)
    ended: Mapped[datetime | None] = mapped_column(UtcTime)


class ReleaseExhibit(ExhibitFields, Base):
    """The exhibit number of one recording of a release (``rules.exhibits``), given once, upon approval."""

    __tablename__ = "release_exhibits"
    __table_args__ = (
        Index("ix_release_exhibits_number", "initials", "number", unique=True),
        Index("ix_release_exhibits_recording_id", "recording_id"),
    )

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )


class ExhibitSeries(Base):
    """The last number that was given with some initials. It outlives what it was given to."""

    __tablename__ = "exhibit_series"

    initials: Mapped[str] = mapped_column(String(5), primary_key=True)
    last: Mapped[int] = mapped_column("last_number", Integer)


class ContinuityEntry(Base):
    """What happened to a release once it could be had (``rules.continuity``); never changed.

    Attributes:
        release_id: the release.
        number: 1 for the first, then one more each.
        kind: what happened, a ``ContinuityKind``.
        at: when.
        entered: when it was written down.
        entered_by: by whom.
        is_seen: whether the service saw it, and nobody entered it.
        holder: who had it.
        taker: who has it since; empty where nobody else does.
        how: how it changed hands, or where it is.
        seal: the number of a seal, or a digest.
        which_copy: which copy, a ``CopyKind``.
        words: what else there is to say.
        corrects: the number of the entry that this one corrects; None for none.
    """

    __tablename__ = "continuity_entries"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcTime)
    entered: Mapped[datetime] = mapped_column(UtcTime)
    entered_by: Mapped[str] = mapped_column(String(200))
    is_seen: Mapped[bool] = mapped_column(Boolean)
    holder: Mapped[str] = mapped_column(String(200))
    taker: Mapped[str] = mapped_column(String(200))
    how: Mapped[str] = mapped_column(Text)
    seal: Mapped[str] = mapped_column(String(200))
    which_copy: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    corrects: Mapped[int | None] = mapped_column(Integer)


class ReleaseNote(Base):
    """What somebody did with a release, as its page tells it: when, who, and what, a sentence."""

    __tablename__ = "release_notes"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcTime)
    by: Mapped[str] = mapped_column("done_by", String(200))
    words: Mapped[str] = mapped_column(Text)

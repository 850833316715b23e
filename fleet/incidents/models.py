"""Tables of incidents, and of what people say of recordings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fleet.core.database import Base, UtcTime
from fleet.footage.recordings.models import Recording
from fleet.incidents.rules.said_words import KEPT


class Incident(Base):
    """Something that happened.

    Attributes:
        id: in hex.
        reference: what people call it, ``INC-2026-0007``.
        year: of its opening, at the site.
        number: its number in that year.
        place: where it was.
        place_key: by what its place is compared with others.
        category: of ``rules.words.CATEGORIES``.
        happened: when it began.
        what: what happened.
        people: the roles of those who were in it, of ``rules.words.PEOPLE``.
        opened: when it was written down.
        opened_by: by whom.
        changed: when it was last changed.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("year", "number"),
        Index("ix_incidents_happened", "happened"),
        Index("ix_incidents_place_key", "place_key"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(200))
    place_key: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(40))
    happened: Mapped[datetime] = mapped_column(UtcTime)
    what: Mapped[str] = mapped_column(Text)
    people: Mapped[list[Any]] = mapped_column(JSON)
    opened: Mapped[datetime] = mapped_column(UtcTime)
    opened_by: Mapped[str] = mapped_column(String(200))
    changed: Mapped[datetime] = mapped_column(UtcTime)


class IncidentRecording(Base):
    """That a recording belongs to an incident; it may belong to several."""

    __tablename__ = "incident_recordings"
    __table_args__ = (Index("ix_incident_recordings_recording_id", "recording_id"),)

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True)
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    added: Mapped[datetime] = mapped_column(UtcTime)
    added_by: Mapped[str] = mapped_column(String(200))

    incident: Mapped[Incident] = relationship()
    recording: Mapped[Recording] = relationship()


class Judgement(Base):
    """What people say that a recording is; a recording without one was not judged.

    Attributes:
        recording_id: the recording's row.
        category: of ``rules.words.CATEGORIES``; None while nobody chose one.
        incident: whether it shows an incident; None while nobody said.
        unmarked: when it was last said no more that it shows one, or it was taken out of an incident; None
            where that was never so.
        judged_by: who said it last.
        judged_at: when.
    """

    __tablename__ = "judgements"
    __table_args__ = (
        Index("ix_judgements_category", "category"),
        Index("ix_judgements_incident", "incident"),
    )

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    category: Mapped[str | None] = mapped_column(String(40))
    incident: Mapped[bool | None] = mapped_column(Boolean)
    unmarked: Mapped[datetime | None] = mapped_column(UtcTime)
    judged_by: Mapped[str] = mapped_column(String(200))
    judged_at: Mapped[datetime] = mapped_column(UtcTime)


class Note(Base):
    """What somebody wrote about a recording; never changed, and gone with the recording alone."""

    __tablename__ = "recording_notes"
    __table_args__ = (Index("ix_recording_notes_recording_id", "recording_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    author: Mapped[str] = mapped_column(String(200))
    written: Mapped[datetime] = mapped_column(UtcTime)
    text: Mapped[str] = mapped_column(Text)


class OwnWords(Base):
    """What the officer whose recording it is wrote about it; never changed, and gone with the recording."""

    __tablename__ = "own_words"
    __table_args__ = (Index("ix_own_words_recording_id", "recording_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    officer_id: Mapped[str] = mapped_column(ForeignKey("officers.id"))
    author: Mapped[str] = mapped_column(String(200))
    written: Mapped[datetime] = mapped_column(UtcTime)
    text: Mapped[str] = mapped_column(Text)


class SaidWord(Base):
    """A piece of a word that was written of a recording, in a note or the officer's own words.

    By these the recording is found (``word_index``); they are gone with what was written.

    Attributes:
        id: of the row; two notes that are written at once may both bring a piece.
        piece: as ``rules.said_words`` makes it; sorted by its characters alone, whatever the language.
        recording_id: the recording's row.
    """

    __tablename__ = "said_words"
    __table_args__ = (
        Index("ix_said_words_piece", "piece", "recording_id"),
        Index("ix_said_words_recording_id", "recording_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    piece: Mapped[str] = mapped_column(String(KEPT).with_variant(String(KEPT, collation="C"), "postgresql"))
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))


class BulkMark(Base):
    """Recordings that were judged together, with what was so before, so that it can be undone.

    Attributes:
        id: in hex.
        marked_by: who did it.
        marked_at: when.
        undone: whether it was undone.
        earlier: for each recording its row, its category and whether it showed an incident, before.
        category: what they were given; None for what each had.
        incident: likewise.
    """

    __tablename__ = "bulk_marks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    marked_by: Mapped[str] = mapped_column(String(200))
    marked_at: Mapped[datetime] = mapped_column(UtcTime)
    undone: Mapped[bool] = mapped_column(Boolean)
    earlier: Mapped[list[Any]] = mapped_column(JSON)
    category: Mapped[str | None] = mapped_column(String(40))
    incident: Mapped[bool | None] = mapped_column(Boolean)


class SavedView(Base):
    """A search among recordings that somebody keeps for themselves; ``query`` is that of its address."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)

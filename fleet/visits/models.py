"""Tables of visits.

What was sent and what was said is never changed: a row is added, and the visit is kept with it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from fleet.core.database import Base, UtcTime
from fleet.footage.recordings.models import Recording
from fleet.incidents.rules.draft import place_key
from fleet.people.models import Officer


class TenancyVisit(Base):
    """A visit to a tenancy.

    Attributes:
        id: in hex.
        tenancy: the landlord's reference of the tenancy; no name of a tenant is kept.
        place: where it is.
        place_key: by what its place is compared with others; follows it.
        purpose: what for.
        planned: when it begins.
        minutes: how long it is planned to last.
        officer_id: who goes there.
        language: of its notice, by its ISO 639 code.
        created: when it was planned, and by whom.
        changed: when it was last written anew.
        cancelled: when it was called off, by whom and why; None while it stands.
        held: since when a person keeps it for longer than its time, who and why; None where nobody does.
    """

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_planned", "planned", "id"),
        Index("ix_visits_officer_id", "officer_id", "planned"),
        Index("ix_visits_place_key", "place_key", "id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenancy: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(200))
    place_key: Mapped[str] = mapped_column(Text, default="", server_default="")
    purpose: Mapped[str] = mapped_column(String(200))
    planned: Mapped[datetime] = mapped_column(UtcTime)
    minutes: Mapped[int] = mapped_column(Integer)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officers.id"))
    language: Mapped[str] = mapped_column(String(3))
    created: Mapped[datetime] = mapped_column(UtcTime)
    created_by: Mapped[str] = mapped_column(String(200))
    changed: Mapped[datetime] = mapped_column(UtcTime)
    cancelled: Mapped[datetime | None] = mapped_column(UtcTime)
    cancelled_by: Mapped[str | None] = mapped_column(String(200))
    cancelled_reason: Mapped[str | None] = mapped_column(Text)
    held: Mapped[datetime | None] = mapped_column(UtcTime)
    held_by: Mapped[str | None] = mapped_column(String(200))
    held_reason: Mapped[str | None] = mapped_column(Text)

    officer: Mapped[Officer] = relationship(lazy="joined")

    @validates("place")
    def _compared(self, _name: str, place: str) -> str:
        self.place_key = place_key(place)
        return place

    @property
    def ends(self) -> datetime:
        """When it is planned to end."""
        return self.planned + timedelta(minutes=self.minutes)


class VisitNotice(Base):
    """A notice that was sent: what it said, how, when and by whom.

    Attributes:
        id: in hex.
        visit_id: of which visit.
        way: how it was sent, of ``notices.WAYS``.
        sent: when.
        sent_by: who says so.
        planned: the time of the visit that it named.
        place: the place that it named.
        language: it was in.
        version: of the landlord's text in that language.
        large: whether in large print.
        title: its title as it was sent.
        sender: the landlord's name as it was then.
        text: its text as it was sent.
    """

    __tablename__ = "visit_notices"
    __table_args__ = (Index("ix_visit_notices_visit_id", "visit_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    way: Mapped[str] = mapped_column(String(20))
    sent: Mapped[datetime] = mapped_column(UtcTime)
    sent_by: Mapped[str] = mapped_column(String(200))
    planned: Mapped[datetime] = mapped_column(UtcTime)
    place: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(3))
    version: Mapped[int] = mapped_column(Integer)
    large: Mapped[bool] = mapped_column(Boolean)
    title: Mapped[str] = mapped_column(String(200))
    sender: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)


class ConsentEntry(Base):
    """One thing that was said of being recorded; never changed but for a reason that came afterwards.

    Attributes:
        id: in hex.
        visit_id: on which visit.
        number: counted on that visit from 1, in the order in which they came.
        kind: a ``ConsentKind``.
        at: when it was said, by the phone's clock where that can be.
        arrived: when the service heard of it.
        way: how it came: ``page`` is the officer's own, ``program`` a program's, ``camera`` a camera's.
        said_by: who wrote it down.
        wording: which version of the text was said to them, such as ``en 2``; empty where none was.
        reason: why, where that is asked; empty while nobody said.
        reason_at: when the reason came, where it came afterwards.
        reason_by: from whom.
        mark: by which the same entry that is sent again is known; unique.
        command_id: the command by which the officer's camera was asked to do it and sign it; None where none
            was.
        not_asked: why no camera was asked, a ``WhyNoCamera``; empty where one was, and of what did not come
            from the officer's own page.
        signed_by: the camera that signed it by that command; None where none has.
        follows: since when a camera that was not asked is to have closed its sensors, by the service's clock;
            None where one was asked, or nothing closes by it.
    """

    __tablename__ = "consent_entries"
    __table_args__ = (
        UniqueConstraint("mark"),
        UniqueConstraint("visit_id", "number"),
        Index("ix_consent_entries_visit_id", "visit_id", "at"),
        Index("uq_consent_entries_command_id", "command_id", unique=True),
        Index("ix_consent_entries_kind", "kind", "reason"),
        Index("ix_consent_entries_follows", "follows"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcTime)
    arrived: Mapped[datetime] = mapped_column(UtcTime)
    way: Mapped[str] = mapped_column(String(20))
    said_by: Mapped[str] = mapped_column(String(200))
    wording: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    reason_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reason_by: Mapped[str | None] = mapped_column(String(200))
    mark: Mapped[str] = mapped_column(String(64))
    command_id: Mapped[str | None] = mapped_column(String(32))
    not_asked: Mapped[str] = mapped_column(String(12), default="")
    signed_by: Mapped[str | None] = mapped_column(String(32))
    follows: Mapped[datetime | None] = mapped_column(UtcTime)

    visit: Mapped[TenancyVisit] = relationship()


class CameraConsent(Base):
    """What a camera signed of consent at the door, as it came; never changed but for the visit it belongs to.

    Attributes:
        digest: SHA-256 of what was signed, in hex.
        camera_id: which camera signed it.
        number: its own count.
        previous: the digest of the one before, in hex; zeros where there was none.
        run: the run's id in hex.
        kind: a ``ConsentKind``.
        at: when it was said; by the camera's clock where that was set, or can be reckoned, else when it came.
        dated: whether a clock that was set says when.
        arrived: when the service had it.
        way: what it was given by on the camera.
        wording: which version of the text was said to them; empty where none was.
        why: why nobody was asked, as a code; empty for every other kind.
        recording: the id of the recording that was under way; None where none was.
        assignment: the assignment that the camera was under, as it says; None where nobody had it.
        officer_id: who had the camera by that; None where that is not known.
        signed: the event's file.
        doubt: why no visit was found; empty where one was.
        visit_id: the visit; None while none is known.
        entry_id: the entry of the consent record that was made of it.
        linked: when it was linked.
        linked_by: who said of which visit it is; empty where officer and time alone did.
        linked_reason: why a person did.
    """

    __tablename__ = "camera_consents"
    __table_args__ = (
        Index("ix_camera_consents_camera_id", "camera_id", "arrived"),
        Index("ix_camera_consents_visit_id", "visit_id", "at"),
        Index("ix_camera_consents_entry_id", "entry_id"),
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    camera_id: Mapped[str] = mapped_column(ForeignKey("cameras.id"))
    number: Mapped[int] = mapped_column(BigInteger)
    previous: Mapped[str] = mapped_column(String(64))
    run: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcTime)
    dated: Mapped[bool] = mapped_column(Boolean)
    arrived: Mapped[datetime] = mapped_column(UtcTime)
    way: Mapped[str] = mapped_column(Text)
    wording: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    recording: Mapped[str | None] = mapped_column(String(32))
    assignment: Mapped[str | None] = mapped_column(Text)
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    signed: Mapped[bytes] = mapped_column(LargeBinary)
    doubt: Mapped[str] = mapped_column(String(20))
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visits.id"))
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("consent_entries.id"))
    linked: Mapped[datetime | None] = mapped_column(UtcTime)
    linked_by: Mapped[str] = mapped_column(String(200))
    linked_reason: Mapped[str] = mapped_column(String(500))

    officer: Mapped[Officer | None] = relationship()


class VisitRecording(Base):
    """That a recording was made on a visit, or on none of them; gone with the recording.

    Attributes:
        recording_id: the recording's row.
        visit_id: the visit; None where a person said that it is of none.
        linked: when.
        linked_by: who said so; empty where officer and time alone did.
        reason: why a person did.
    """

    __tablename__ = "visit_recordings"
    __table_args__ = (Index("ix_visit_recordings_visit_id", "visit_id"),)

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visits.id"))
    linked: Mapped[datetime] = mapped_column(UtcTime)
    linked_by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)

    recording: Mapped[Recording] = relationship()


class VisitText(Base):
    """A version of a text of the landlord's: a notice, what officers say at the door, or a slip.

    Attributes:
        id: in hex.
        use: ``notice``, ``door`` or ``reference``.
        language: by its ISO 639 code.
        version: counted for each use and language from 1.
        title: of what is printed; empty of what is said at the door.
        text: with its fields, each as ``{{name}}``.
        written: when.
        written_by: who wrote it.
    """

    __tablename__ = "visit_texts"
    __table_args__ = (UniqueConstraint("use", "language", "version"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    use: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(3))
    version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    written: Mapped[datetime] = mapped_column(UtcTime)
    written_by: Mapped[str] = mapped_column(String(200))

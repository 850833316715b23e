"""Tables of what is known about footage; the bytes are in the store, and every row follows its object.

Order of a write: the object, create-only and durable; then its row. A crash in between leaves an object
without a row, which the next listing or repeat of the same request adopts (``receiving.uploads``). There is
never a row without its object.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    case,
    func,
    literal,
    text,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from fleet.assignments.models import Assignment
from fleet.core.database import Base, UtcTime
from fleet.footage.store.names import Place, public_id
from fleet.people.models import Officer


class RecordingState(StrEnum):
    """How far a recording has come: ``UploadState`` of the protocol, and two that cameras are not told."""

    ANNOUNCED = "announced"
    UPLOADING = "uploading"
    VERIFYING = "verifying"
    HELD = "held"
    FAILED = "failed"
    STOPPED = "stopped"
    """Somebody said that no more will come of it. It takes more all the same, and goes on if any comes."""
    DELETING = "deleting"
    DELETED = "deleted"


OPEN_TO_MORE = (RecordingState.ANNOUNCED, RecordingState.UPLOADING, RecordingState.STOPPED)
"""The states in which a camera may send more."""

OPENED = "opened"
REFUSED = "refused"
"""What came of opening a recording; None in its place is: not tried yet."""

CANNOT_BE_OPENED = "cannot be opened"
"""The verdict of a recording whose signatures hold and whose footage does not open."""

A_PART = "a part"
"""The verdict of a recording of which a person said that no more will come, as far as it is here."""

NOTHING = "nothing here"
"""The verdict where nothing of it is here that could be shown."""

GONE = (RecordingState.DELETING, RecordingState.DELETED)
"""Deleted, or being so: there is no way back, and nothing of it is taken in or let out."""

ARRIVING = (RecordingState.ANNOUNCED, RecordingState.UPLOADING, RecordingState.VERIFYING)


class Recording(Base):
    """One recording of one camera.

    Attributes:
        id: the row's own number.
        camera_id: which camera made it.
        number: that camera's own count.
        apart: empty for the first recording that came with this number; for another one, which a second
            device with the same identity made, its id: what is kept of it is kept apart.
        recording: its 16-byte id in hex, from the announcement or the ledger; None until either said it.
        state: how far it has come.
        announced: when the fleet first heard of it.
        changed: when anything about it last changed.
        pressed: when the button was pressed, by the camera's wall clock.
        clock_synchronised: whether that clock was disciplined; None until the camera said it.
        run: the run that it was pressed in, in hex; None until the ledger said it.
        press_boot_us: the press on that run's boot-time clock, in microseconds.
        reckoned: the press by a clock that was set at another time of the same run; None where none was.
        reckoned_s: how long after the press that was, in seconds; negative when it was before.
        asked_s: seconds of pre-record asked for.
        prerecord_s: seconds of pre-record held.
        missing: why pre-record is missing: pairs of seconds and reason.
        trigger: what started it.
        marks: what to know at once, such as ``unassigned``.
        opened: whether the facts above are from the signed ledger, and not only announced.
        closed: when it ended, by the camera's wall clock.
        ended: ``closed`` or ``cut off`` by its ledger, once the camera has sent everything.
        told_closed: whether the camera ever said that it was closed, so that its ledger has an end.
        duration_s: length of the footage, pre-record included.
        late_s: how long after the press the footage begins, 0 where not; None until it was verified.
        lacking_s: for how many seconds picture or sound is missing; None until it was verified.
        conditions: track, condition and seconds of what was of no use, by its ledger; None until verified.
        told_s: how long it is by the camera's messages; None where none has said it.
        stopped_by: who said that no more will come of it.
        stopped_at: when.
        stopped_reason: why.
        resumed: when the camera sent more all the same.
        opening: ``opened`` or ``refused`` once the fleet has tried to open it; None before that.
        opening_at: when it tried.
        assignment_id: the assignment that it belongs to, None where that is nobody's or unknown.
        officer_id: who wore the camera at the press.
        wearer_basis: how that is known, a ``WearerBasis``; None from before that was kept.
        wearer_doubt: what speaks against it, a ``WearerDoubt``.
        signed_assignment: the assignment as the camera signed it, whether the fleet knows it or not.
        listed_assignment_id: whose time holds the press, by the camera's clock.
        expected: what the camera said it sent in all, as its ``complete`` request.
        verdict: the verifier's word.
        sentence: the verifier's; for a refusal, why; while it arrives, what the camera's last "all" lacked.
        verified: when.
        untrusted: whether it did not verify, so that nothing it says of itself counts (``untrusted``).
        received_bytes: bytes of segments that are durable here.
        receipt_sha256: digest of the signed receipt, once there is one.
        report: the verifier's whole report.
        chain: what it shows with its held neighbours (``verifying.chains``); None while nobody looked.
        timeline: what happened when, in seconds after the first picture (``fleet.footage.timeline.events``).
        deleted: when it was deleted; while it is being deleted, when that began.
        deleted_why: why, in words.
    """

    __tablename__ = "recordings"
    __table_args__ = (
        UniqueConstraint("camera_id", "number", "apart"),
        UniqueConstraint("recording"),
        *(Index(f"ix_recordings_{each}", each) for each in ("officer_id", "opening")),
        Index("ix_recordings_camera_id_run", "camera_id", "run"),
        Index("ix_recordings_verified_last", "verified"),
        Index("ix_recordings_verified", "camera_id", "verified"),
        Index("ix_recordings_number", "camera_id", "state", "number"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    camera_id: Mapped[str] = mapped_column(ForeignKey("cameras.id"))
    number: Mapped[int] = mapped_column(Integer)
    apart: Mapped[str] = mapped_column(String(32), default="")
    recording: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16), default=RecordingState.ANNOUNCED)
    announced: Mapped[datetime] = mapped_column(UtcTime)
    changed: Mapped[datetime] = mapped_column(UtcTime)
    pressed: Mapped[datetime | None] = mapped_column(UtcTime)
    clock_synchronised: Mapped[bool | None] = mapped_column(Boolean)
    run: Mapped[str | None] = mapped_column(String(32))
    press_boot_us: Mapped[int | None] = mapped_column(BigInteger)
    reckoned: Mapped[datetime | None] = mapped_column(UtcTime)
    reckoned_s: Mapped[float | None] = mapped_column(Float)
    asked_s: Mapped[float | None] = mapped_column(Float)
    prerecord_s: Mapped[float | None] = mapped_column(Float)
    missing: Mapped[list[Any]] = mapped_column(JSON, default=list)
    trigger: Mapped[str] = mapped_column(Text, default="")
    marks: Mapped[list[Any]] = mapped_column(JSON, default=list)
    opened: Mapped[bool] = mapped_column(Boolean, default=False)
    closed: Mapped[datetime | None] = mapped_column(UtcTime)
    ended: Mapped[str | None] = mapped_column(String(16))
    told_closed: Mapped[bool] = mapped_column(Boolean, default=False)
    duration_s: Mapped[float | None] = mapped_column(Float)
    late_s: Mapped[float | None] = mapped_column(Float)
    lacking_s: Mapped[float | None] = mapped_column(Float)
    conditions: Mapped[list[Any] | None] = mapped_column(JSON)
    told_s: Mapped[float | None] = mapped_column(Float)
    stopped_by: Mapped[str | None] = mapped_column(Text)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcTime)
    stopped_reason: Mapped[str | None] = mapped_column(Text)
    resumed: Mapped[datetime | None] = mapped_column(UtcTime)
    opening: Mapped[str | None] = mapped_column(String(16))
    opening_at: Mapped[datetime | None] = mapped_column(UtcTime)
    assignment_id: Mapped[str | None] = mapped_column(ForeignKey("assignments.id"))
    officer_id: Mapped[str | None] = mapped_column(ForeignKey("officers.id"))
    wearer_basis: Mapped[str | None] = mapped_column(String(16))
    wearer_doubt: Mapped[str | None] = mapped_column(String(24))
    signed_assignment: Mapped[str | None] = mapped_column(Text)
    listed_assignment_id: Mapped[str | None] = mapped_column(ForeignKey("assignments.id"))
    expected: Mapped[dict[str, Any] | None] = deferred(mapped_column(JSON))
    verdict: Mapped[str | None] = mapped_column(String(40))
    sentence: Mapped[str | None] = mapped_column(Text)
    verified: Mapped[datetime | None] = mapped_column(UtcTime)
    untrusted: Mapped[bool] = mapped_column(Boolean, default=False)
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    receipt_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    report: Mapped[dict[str, Any] | None] = deferred(mapped_column(JSON))
    chain: Mapped[list[Any] | None] = mapped_column(JSON)
    timeline: Mapped[dict[str, Any] | None] = deferred(mapped_column(JSON))
    deleted: Mapped[datetime | None] = mapped_column(UtcTime)
    deleted_why: Mapped[str | None] = mapped_column(Text)

    officer: Mapped[Officer | None] = relationship(lazy="joined")
    assignment: Mapped[Assignment | None] = relationship(foreign_keys=[assignment_id])
    listed: Mapped[Assignment | None] = relationship(foreign_keys=[listed_assignment_id], lazy="joined")

    @property
    def public_id(self) -> str:
        """What it is called in addresses, pages and the audit log."""
        return public_id(self.recording, self.camera_id, self.number)

    @property
    def place(self) -> Place:
        """Where what is kept of it lies in the store."""
        return Place(self.camera_id, self.number, self.apart)

    @property
    def dated_press(self) -> datetime | None:
        """The press where a clock that was set dates it, of one that verified or is on its way."""
        if self.untrusted:
            return None
        return self.reckoned or (self.pressed if self.clock_synchronised else None)


_by_clock = case((Recording.clock_synchronised.is_(True), Recording.pressed))
dated_press = case((Recording.untrusted.is_(False), func.coalesce(Recording.reckoned, _by_clock)))
"""``Recording.dated_press``, of rows that are not read."""
made_at = func.coalesce(dated_press, Recording.announced)
"""When a recording was made, as ``RecordingSummary.moment`` says it. Lists are sorted and searched by it."""

Index(  # with all that lists are narrowed by: they are counted by it, and of one page alone the rows are read
    *("ix_recordings_moment", made_at, Recording.id, Recording.state, Recording.camera_id),
    *(Recording.officer_id, Recording.untrusted, Recording.reckoned, Recording.clock_synchronised),
    *(Recording.pressed, Recording.announced),
)
Index("ix_recordings_state", Recording.state, made_at, Recording.id)
is_apart = Recording.apart != literal("", literal_execute=True)
"""Whether it is kept apart, in the words of its index: a database plans before it knows a value."""
_apart = text("apart != ''")
Index(  # with ``apart`` itself: SQLite takes an index of a few rows only where it need not read the rows
    "ix_recordings_kept_apart",
    Recording.camera_id,
    Recording.apart,
    sqlite_where=_apart,
    postgresql_where=_apart,
)


class SegmentRow(Base):
    """One segment file that is durable in the store.

    Attributes:
        id: the row's own number.
        recording_id: the recording's row.
        name: its file name.
        size: in bytes.
        sha256: of its bytes.
        received: when it was durable.
        parts: where its parts lie (``timeline.chunks``), once somebody looked.
    """

    __tablename__ = "segments"
    __table_args__ = (UniqueConstraint("recording_id", "name"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    received: Mapped[datetime] = mapped_column(UtcTime)
    parts: Mapped[list[Any] | None] = deferred(mapped_column(JSON))


class LedgerPiece(Base):
    """One piece of a ledger that is durable in the store; ``offset`` and ``length`` in bytes."""

    __tablename__ = "ledger_pieces"

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    offset: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    length: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    received: Mapped[datetime] = mapped_column(UtcTime)

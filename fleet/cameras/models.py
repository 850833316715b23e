"""Tables of cameras and enrolment codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fleet.core.database import Base, UtcTime
from fleet.organisation.models import Group


class CameraRow(Base):
    """One enrolled camera, real or simulated.

    Attributes:
        id: the name in its certificate and topics, such as ``cam-01``.
        number: what the id was made from; never used again.
        name: what people call it.
        enrolled: when it got its first certificate.
        certificate_expires: when its newest certificate ends.
        revoked: since when it is refused, if it is.
        online: whether a live session is known.
        session: the session id of its last status message, so that a stale will is ignored.
        seen: when anything was last heard from it.
        status: its last status message as JSON, or None before the first.
        desired_version: counts changes of its desired document.
        runs_seen: the runs last heard of, as ``fleet.cameras.devices`` tells by them.
        doubled_since: since when two devices are known to have used this identity at once; None: never.
        doubled_last: when that was last seen.
        reported: the last ``Reported`` as JSON: which version it has taken on, and what it could not.
        closed_last: when by its word it was last private or in its dock; None where it never has said so.
        site_id: the site where it is kept now; None for none.
    """

    __tablename__ = "cameras"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, unique=True)
    name: Mapped[str] = mapped_column(String(100))
    enrolled: Mapped[datetime] = mapped_column(UtcTime)
    certificate_expires: Mapped[datetime] = mapped_column(UtcTime)
    revoked: Mapped[datetime | None] = mapped_column(UtcTime)
    online: Mapped[bool] = mapped_column(Boolean, default=False)
    session: Mapped[str] = mapped_column(String(64), default="")
    seen: Mapped[datetime | None] = mapped_column(UtcTime)
    status: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    desired_version: Mapped[int] = mapped_column(Integer, default=1)
    runs_seen: Mapped[list[Any]] = mapped_column(JSON, default=list)
    doubled_since: Mapped[datetime | None] = mapped_column(UtcTime)
    doubled_last: Mapped[datetime | None] = mapped_column(UtcTime)
    reported: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    closed_last: Mapped[datetime | None] = mapped_column(UtcTime)
    site_id: Mapped[str | None] = mapped_column(ForeignKey("groups.id"))

    site: Mapped[Group | None] = relationship()


class CameraCertificate(Base):
    """A certificate issued to a camera; the serials of revoked cameras make up the revocation list.

    A camera may hold several that are good: one whose renewal was cut before the answer arrived still uses
    the older.
    """

    __tablename__ = "camera_certificates"

    serial: Mapped[str] = mapped_column(String(64), primary_key=True)
    camera_id: Mapped[str] = mapped_column(ForeignKey("cameras.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    issued: Mapped[datetime] = mapped_column(UtcTime)
    expires: Mapped[datetime] = mapped_column(UtcTime)


class CameraNumberFloor(Base):
    """A number up to which none is given to a camera any more.

    The database was restored from a backup, and numbers may have been given since that it does not know.

    Attributes:
        number: the last that is not given.
        since: since when.
    """

    __tablename__ = "camera_number_floors"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(UtcTime)


class EnrolmentCodeRow(Base):
    """A one-time code that enrols one camera.

    Attributes:
        certificate_pem: what that camera was given, for it to be told again; None before, and of codes that
            earlier versions took.
        repeats: how often it was told again.
    """

    __tablename__ = "enrolment_codes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    created_by: Mapped[str] = mapped_column(String(200))
    expires: Mapped[datetime] = mapped_column(UtcTime)
    used: Mapped[datetime | None] = mapped_column(UtcTime)
    camera_id: Mapped[str | None] = mapped_column(ForeignKey("cameras.id"))
    certificate_pem: Mapped[str | None] = mapped_column(Text)
    repeats: Mapped[int] = mapped_column(Integer, default=0)


class CameraSettingsTold(Base):
    """What all cameras are told of window and sound; one row, none before anything was told.

    Attributes:
        id: always 1.
        window_s: seconds before a press that they are to keep; None for what each is set to.
        sound: whether they are to record sound; None for what each is set to.
        since: since when that is told.
    """

    __tablename__ = "camera_settings_told"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    window_s: Mapped[int | None] = mapped_column(Integer)
    sound: Mapped[bool | None] = mapped_column(Boolean)
    since: Mapped[datetime] = mapped_column(UtcTime)

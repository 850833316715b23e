"""The table of commands to cameras."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet.cameras.commanding.rules import CommandFacts, CommandState
from fleet.core.database import Base, UtcTime


class CameraCommand(Base):
    """A command to a camera, and what became of it.

    Attributes:
        id: as the camera is told it; drawn at random, and never used again.
        camera_id: for which camera.
        kind: a ``CommandKind``.
        said: for ``consent`` what was said, as a ``ConsentCommand`` in JSON; None for everything else.
        closes: whether the camera closes its sensors by it.
        assignment: the assignment under which it was asked; empty where under none.
        visit_id: the visit that it is of, with which it is kept; None where it is of none.
        issued: when it was asked.
        expires: from when on it does not count.
        by_id: who asked, by their id.
        state: a ``CommandState``, as noted last; what it is now says ``state_at``.
        sent: when it was given to the broker; None where it was not.
        ended: when its outcome was noted; None before.
        sentence: what the camera said of it; empty where it said nothing.
        event: the number of what the camera signed of it; None where nothing is known of any.
        signed: when that arrived, verified; None where it has not.
        closed: when by the camera's word its sensors were closed after it; None where it has not said so, and
            where it has but for being only just started.
        run: the run that the camera was in when it was asked, as it said last; empty where it said none.
    """

    __tablename__ = "camera_commands"
    __table_args__ = (
        Index("ix_camera_commands_camera_id", "camera_id", "issued"),
        Index("ix_camera_commands_state", "state", "issued"),
        Index("ix_camera_commands_visit_id", "visit_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    camera_id: Mapped[str] = mapped_column(ForeignKey("cameras.id"))
    kind: Mapped[str] = mapped_column(String(20))
    said: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    closes: Mapped[bool]
    assignment: Mapped[str] = mapped_column(String(32))
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visits.id"))
    issued: Mapped[datetime] = mapped_column(UtcTime)
    expires: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    sent: Mapped[datetime | None] = mapped_column(UtcTime)
    ended: Mapped[datetime | None] = mapped_column(UtcTime)
    sentence: Mapped[str] = mapped_column(Text)
    event: Mapped[int | None] = mapped_column(BigInteger)
    signed: Mapped[datetime | None] = mapped_column(UtcTime)
    closed: Mapped[datetime | None] = mapped_column(UtcTime)
    run: Mapped[str] = mapped_column(String(32), server_default="")

    @property
    def facts(self) -> CommandFacts:
        """What the rules look at."""
        return CommandFacts(CommandState(self.state), self.issued, self.expires)

"""The table of what ties a held recording to its camera's others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from fleet.core.database import Base
from fleet.footage.recordings.models import Recording


class ChainRow(Base):
    """What ties a held recording to its camera's others (``protocol.footage.verifying.chains.link``).

    Attributes:
        recording_id: the recording's row.
        camera_id, number: which camera made it, and that camera's own count.
        run: the run's id in hex.
        press_ns: the press on that run's clock, as decimal digits: no database's integer holds all of them.
        open_digest, previous_open: digests of its ledger's ``open``, and of the one that it names before it.
        first_seq: number of the first chunk in ``chunks``, as decimal digits.
        chunks: digests of its chunks' headers, end to end; None where only its ledger was looked at.
        unconfirmed: numbers that its ledger says the card never confirmed (``unconfirmed_json``).
    """

    __tablename__ = "recording_chains"
    __table_args__ = (
        Index("ix_recording_chains_number", "camera_id", "number"),
        Index("ix_recording_chains_run", "camera_id", "run", "number"),
        Index("ix_recording_chains_open_digest", "open_digest"),
        Index("ix_recording_chains_previous_open", "previous_open"),
    )

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    camera_id: Mapped[str] = mapped_column(ForeignKey("cameras.id"))
    number: Mapped[int] = mapped_column(Integer)
    run: Mapped[str] = mapped_column(String(32))
    press_ns: Mapped[str] = mapped_column(String(20))
    open_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    previous_open: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    first_seq: Mapped[str] = mapped_column(String(20))
    chunks: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    unconfirmed: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))

    recording: Mapped[Recording] = relationship()

"""What is known of the clocks of runs, kept, and put to use for the recordings of each run.

Rules:
- a reading that counts before the one that was kept dates all undated recordings of its run anew, whenever
  they arrived;
- what a ledger says counts as signed once it is verified; if it is refused instead, it is forgotten;
- what follows from a new date, such as whose the recording is, is the caller's (``Dated``);
- everything happens inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import BigInteger, Boolean, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fleet.core.database import Base
from fleet.core.services import Services
from fleet.footage.recordings.clocks import ClockReading, better, reckon
from fleet.footage.recordings.models import Recording
from protocol.footage.format.model import ClockLabel
from protocol.footage.ledger.ledger import Ledger
from protocol.messages.status import Status
from protocol.units import NS_PER_US, utc_us

Dated = Callable[[Session, Recording], None]
"""Called with each recording that has got another date."""


class RunClock(Base):
    """What a run's boot-time clock read at one instant of a wall clock that was set.

    ``boot_us`` and ``utc_us`` in microseconds; ``signed`` where a ledger says it, and not a status alone.
    """

    __tablename__ = "run_clocks"

    camera_id: Mapped[str] = mapped_column(ForeignKey("cameras.id"), primary_key=True)
    run: Mapped[str] = mapped_column(String(32), primary_key=True)
    boot_us: Mapped[int] = mapped_column(BigInteger)
    utc_us: Mapped[int] = mapped_column(BigInteger)
    signed: Mapped[bool] = mapped_column(Boolean)


def reading_of(at_ns: int, label: ClockLabel) -> ClockReading | None:
    """Return what a signed label says of both clocks; None when the wall clock was not set."""
    if not label.synchronised:
        return None
    return ClockReading(at_ns // NS_PER_US, label.utc_us, signed=True)


def readings_in(ledger: Ledger) -> list[ClockReading]:
    """Return every reading of a set clock in a ledger."""
    labels = [(ledger.open.press_ns, ledger.open.label)]
    labels += [(each.at_ns, each.label) for each in ledger.events]
    labels += [(ledger.close.at_ns, ledger.close.label)] if ledger.close is not None else []
    found = [reading_of(at_ns, label) for at_ns, label in labels]
    return [each for each in found if each is not None]


def learn(session: Session, camera: str, run: str, readings: list[ClockReading], dated: Dated) -> None:
    """Take in readings of a run, and date its recordings anew where one of them counts."""
    row = session.get(RunClock, (camera, run), with_for_update=True)
    kept = None if row is None else ClockReading(row.boot_us, row.utc_us, row.signed)
    best = kept
    for each in readings:
        best = better(best, each)
    if best is None or best == kept:
        return
    if row is None:
        row = RunClock(camera_id=camera, run=run)
        session.add(row)
    row.boot_us, row.utc_us, row.signed = best.boot_us, best.utc_us, best.signed
    session.flush()
    for recording in session.scalars(_undated(camera, run)):
        _apply(recording, best)
        dated(session, recording)


def forget(session: Session, refused: Recording, dated: Dated) -> None:
    """Take back what the press of a recording that did not verify told of its run: that dates nothing (F8).

    What a status says of the run is learnt again from the next one.
    """
    if refused.run is None or refused.press_boot_us is None or refused.pressed is None:
        return
    row = session.get(RunClock, (refused.camera_id, refused.run), with_for_update=True)
    told = (refused.press_boot_us, utc_us(refused.pressed))
    if row is None or row.signed or (row.boot_us, row.utc_us) != told:
        return
    session.delete(row)
    session.flush()
    for recording in session.scalars(_undated(refused.camera_id, refused.run)):
        recording.reckoned, recording.reckoned_s = None, None
        dated(session, recording)


def _undated(camera: str, run: str) -> Select[Recording]:
    """Return the query for the recordings of a run whose own clock was not set, and hold them."""
    query = select(Recording).where(
        Recording.camera_id == camera, Recording.run == run, Recording.clock_synchronised.is_(False)
    )
    return query.with_for_update(of=Recording)


def date_by_run(session: Session, row: Recording) -> None:
    """Date a recording whose own clock was not set by what is known of its run already."""
    row.reckoned, row.reckoned_s = None, None
    if row.clock_synchronised is not False or row.run is None:
        return
    known = session.get(RunClock, (row.camera_id, row.run))
    if known is not None:
        _apply(row, ClockReading(known.boot_us, known.utc_us, known.signed))


class StatusClocks:
    """Learns from the status messages of cameras whose clock is set."""

    def __init__(self, services: Services, dated: Dated) -> None:
        self._services = services
        self._dated = dated

    def __call__(self, status: Status) -> None:
        """Take in a live status: the first of each run with a clock that is set."""
        if not status.clock_synchronised or not status.run:
            return
        if status.at_boot_us is None or status.at_utc_us is None:
            return
        with self._services.readers() as session:
            if session.get(RunClock, (status.camera, status.run)) is not None:
                return  # an earlier reading, or a signed one: it counts before this
        reading = ClockReading(status.at_boot_us, status.at_utc_us, signed=False)
        with self._services.sessions.begin() as session:
            learn(session, status.camera, status.run, [reading], self._dated)


def _apply(row: Recording, reading: ClockReading) -> None:
    press = reckon(row.press_boot_us, reading) if row.press_boot_us is not None else None
    row.reckoned = press.at if press is not None else None
    row.reckoned_s = press.after_s if press is not None else None

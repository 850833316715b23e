"""The recorder: takes chunks in and answers the buttons; its threads meet here.

Rules:

- A press is answered after its commit is durable (C3), does not wait for the chunk that is being written, and
  copies no footage (C4).
- A chunk is durable before it counts, and its keys' record is durable before the next chunk (C5).
- A chunk that cannot be stored becomes a signed gap in the next one (C6). What is stored stays.
- A stop ends the chunk being filled, and the recording with it; a press meanwhile takes the stop back.

Three locks, always taken in this order: ``_pushing`` (the chain and the segment being written; held while a
chunk is written), ``_acting`` (state and recording; held during a commit and while a ledger is written), and
the window's own (ring and keys; never held during I/O, so that keys expire on time whatever the card does).

It opens no sensor and talks to no network: whoever made it listens to ``on_sensors``, ``news`` and the shelf.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from device import durable
from device.activity import Activity
from device.errors import StorageError
from device.lost import LostFootage
from device.ring import RingChunk
from device.space import SpaceAlerts
from device.state import ENDS, Action, Event
from device.status import RecorderStatus
from protocol.footage.errors import FootageError
from protocol.footage.ledger import EventKind
from protocol.footage.model import GapCause
from protocol.messages.events import EventKind as NewsKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.filesystem import Space
    from device.outcome import Outcome
    from device.parts import Parts
    from protocol.footage.model import ClockLabel, PlainChunk
    from protocol.footage.sealing import Recipient

NS = 1_000_000_000

CHUNK_WAIT_S = 2.5
"""How long a stop waits for the chunk that it ended: longer than any chunk."""

STORAGE_WAIT_S = 10.0
"""How long a stop then waits for the card, before it answers that it will be done."""

SPACE_LOOK_NS = 5 * NS


@dataclass(slots=True)
class _Stop:
    """A stop that waits for its last chunk."""

    reason: str
    at_ns: int
    label: ClockLabel
    done: threading.Event = field(default_factory=threading.Event)
    outcome: Outcome | None = None


class Recorder:
    """Chunks in, recordings out. Thread-safe.

    Attributes:
        news: What happens, for whoever listens.
        run: The 16 random bytes that name this run.
        on_sensors: Called with no argument whenever ``sensors`` may have changed; must return at once.
        cut: Ends the chunk being filled, so that a stop need not wait for it; must return at once.
    """

    def __init__(
        self,
        parts: Parts,
        *,
        window_s: float,
        roll_over_ns: int,
        alert_percent: tuple[int, ...],
        require_assignment: bool = True,
    ) -> None:
        """Set a recorder up, switched off.

        Args:
            parts: What it works with.
            window_s: The pre-record that it keeps, in seconds.
            roll_over_ns: A recording this long goes on in a new one.
            alert_percent: How full the card is when it is worth saying.
            require_assignment: Whether the camera is in standby while it is nobody's.
        """
        self.run = parts.sealer.run
        self.news = parts.news
        self.on_sensors: Callable[[], None] = _nothing
        self.cut: Callable[[], None] = _nothing
        self._window_s = window_s
        self._require_assignment = require_assignment
        self._roll_over_ns = roll_over_ns
        self._parts = parts
        self._activity = Activity(parts)
        self._alerts = SpaceAlerts(alert_percent)
        self._lost = LostFootage()
        self._space: Space | None = None
        self._space_ns: int | None = None
        self._stop: _Stop | None = None
        self._pushing = threading.Lock()
        self._acting = threading.RLock()

    @property
    def sensors(self) -> bool:
        """Whether the sensors should be open now."""
        return self._activity.state.sensors

    @property
    def recording(self) -> bool:
        """Whether a recording is under way."""
        return self._activity.state.recording

    def push(self, chunk: PlainChunk) -> None:
        """Take the next chunk in; returns once it is durable, or counted as lost.

        A chunk that comes when no sensor should be open is dropped: private means off (C11).
        """
        with self._pushing:
            if not self.sensors:
                return
            stored = self._store(self._lost.carried_by(chunk), chunk)
            with self._acting:
                if stored is not None:
                    self._count(stored)
                self._after(chunk.start_ns + chunk.duration_ns)
            if self._parts.log.full:
                self._finish_segment()

    def press(self, trigger: str = "button") -> Outcome:
        """Begin a recording with the window before it; during a recording, answer with that one.

        Args:
            trigger: What asked for it, as the ledger names it.
        """
        at_ns, label = self._parts.clock.boot_ns(), self._parts.clock.label()
        with self._acting:
            if self._stop is not None:
                self._take_back(self._stop)
            self._activity.stalled = GapCause.STORAGE if self._lost else GapCause.STALLED
            outcome = self._activity.press(trigger, at_ns, label)
        self.on_sensors()
        return outcome

    def stop(self, reason: str = "stopped") -> Outcome:
        """End the recording under way with the chunk that is being filled.

        Args:
            reason: Why, as the ledger's close record says.

        Returns:
            The outcome once the recording is complete on the card; or, when the card does not answer for
            ``STORAGE_WAIT_S``, that it will be.
        """
        at_ns, label = self._parts.clock.boot_ns(), self._parts.clock.label()
        with self._acting:
            if not self._activity.state.recording:
                return self._activity.refuse()
            stop = self._stop = self._stop or _Stop(reason, at_ns, label)
        self.cut()
        if not stop.done.wait(CHUNK_WAIT_S) and self._pushing.acquire(timeout=STORAGE_WAIT_S):
            try:
                with self._acting:
                    self._finish(stop)
            finally:
                self._pushing.release()
        self.on_sensors()
        with self._acting:
            return stop.outcome or self._activity.answer(
                "The card is slow: the recording stops when it answers."
            )

    def bookmark(self) -> Outcome:
        """Mark this moment in the recording under way."""
        at_ns, label = self._parts.clock.boot_ns(), self._parts.clock.label()
        with self._acting:
            return self._activity.bookmark(at_ns, label)

    def change(self, event: Event) -> Outcome:
        """Let something happen that changes where the camera is: started, private on, docked, locked, ….

        What ends a recording ends it first, as a stop does.
        """
        if event in ENDS:
            self.stop(ENDS[event])
        with self._acting:
            before = self._activity.state.mode
            refused = Action.REFUSE in self._activity.apply(event)
            outcome = (
                self._activity.refuse()
                if refused
                else self._activity.answer(f"The camera was {before} and is {self._activity.state.mode}.")
            )
        self._tidy()
        self.on_sensors()
        return outcome

    def assign(self, assignment: str | None) -> Outcome:
        """Say whose the recordings are from now on; None for nobody's.

        From one officer to another the window begins anew: nobody's press commits what another was part of.
        """
        with self._acting:
            before, self._activity.assignment = self._activity.assignment, assignment
        if before is not None and before != assignment:
            self.change(Event.UNASSIGNED)
        worn = assignment is not None or not self._require_assignment
        return self.change(Event.ASSIGNED if worn else Event.UNASSIGNED)

    def seal_to(self, recipients: tuple[Recipient, ...]) -> None:
        """Seal recordings that begin from now on to these recipients."""
        with self._acting:
            self._parts.opener.recipients = recipients

    def tick(self) -> None:
        """Time passed: keys that are too old go, footage or not. Call it about four times a second."""
        now_ns, label = self._parts.clock.boot_ns(), self._parts.clock.label()
        self._parts.window.expire(now_ns)
        if self._acting.acquire(blocking=False):  # else somebody is at it, and the next tick is near
            try:
                self._activity.look_at_clock(now_ns, label)
                self._look_at_space(now_ns, label)
                self._unlink_unneeded()
            finally:
                self._acting.release()
        self._tidy()

    def status(self) -> RecorderStatus:
        """How things are. Waits for nothing."""
        activity, now_ns = self._activity, self._parts.clock.boot_ns()
        current = activity.current
        faults = (activity.fault, self._alerts.sentence)
        return RecorderStatus(
            state=activity.state.mode,
            run=self.run,
            assignment=activity.assignment,
            recording=None if current is None else current.number,
            recording_s=0.0 if current is None else max(0, now_ns - current.opening.press_ns) / NS,
            prerecord_s=self._parts.window.filled_ns(now_ns) / NS,
            window_s=self._window_s,
            window_bytes=self._parts.window.size,
            made=self._parts.opener.number,
            space=self._space,
            faults=tuple(fault for fault in faults if fault),
        )

    def close(self) -> None:
        """Zero every key and let go of the segment being written. Call it after the sensors are closed.

        It does not wait for ever for a card that hangs: recovery closes the segment then.
        """
        with contextlib.ExitStack() as held:
            held.callback(self._parts.window.close)
            for lock in (self._pushing, self._acting):
                if not lock.acquire(timeout=STORAGE_WAIT_S):
                    return
                held.callback(lock.release)
            self._finish_segment()

    def _store(self, chunk: PlainChunk, plain: PlainChunk) -> RingChunk | None:
        """Seal a chunk and make it durable.

        Args:
            chunk: With the gaps that it has to tell of.
            plain: As it came, to be remembered as lost.
        """
        try:
            sealed = self._parts.sealer.seal(chunk)
        except FootageError as error:
            self._lose(plain, GapCause.ENCODER, error)
            return None
        try:
            segment = self._parts.log.append(sealed)
        except StorageError as error:
            self._parts.sealer.forget(sealed)
            self._lose(plain, GapCause.STORAGE, error)
            return None
        self._parts.sealer.advance(sealed)
        self._lost.told()
        return RingChunk(
            sealed.header.seq,
            segment,
            chunk.start_ns,
            chunk.duration_ns,
            len(sealed.record),
            sealed.header.gaps,
        )

    def _lose(self, chunk: PlainChunk, cause: GapCause, error: Exception) -> None:
        self._lost.add(chunk, cause)
        with self._acting:
            self._activity.fail(error)

    def _count(self, chunk: RingChunk) -> None:
        """A chunk is durable: it belongs to the window, and to the recording under way."""
        self._parts.window.add(chunk, self._parts.clock.boot_ns())
        if self.sensors or self._activity.current is not None:  # it may be the last of one that is ending
            self._activity.live(chunk)
        if not self.sensors:
            self._parts.window.clear()

    def _after(self, end_ns: int) -> None:
        """What may be due once a chunk has come, stored or not."""
        activity, stop = self._activity, self._stop
        current = activity.current
        now_ns, label = self._parts.clock.boot_ns(), self._parts.clock.label()
        activity.look_at_clock(now_ns, label)
        if stop is not None and end_ns >= stop.at_ns:
            self._finish(stop)
        elif current is not None and current.failed:
            self._finish_segment()
            activity.start_over(now_ns, label)
        elif current is not None and end_ns - current.opening.press_ns >= self._roll_over_ns:
            activity.roll_over(now_ns, label, self._finish_segment)
        self._unlink_unneeded()

    def _finish(self, stop: _Stop) -> None:
        """Carry out a stop, unless it was taken back or is done. Needs both locks."""
        if self._stop is not stop:
            return
        self._stop = None
        self._finish_segment()
        if self._activity.state.recording:
            self._activity.apply(Event.STOP)
        stop.outcome = self._activity.close(stop.reason, stop.at_ns, stop.label)
        stop.done.set()

    def _take_back(self, stop: _Stop) -> None:
        """A press came before the stop was carried out: the recording goes on."""
        self._stop = None
        stop.outcome = self._activity.answer("A press came during the stop: the recording goes on.", ok=False)
        stop.done.set()

    def _finish_segment(self) -> None:
        """Close the segment being written. Needs the pushing lock."""
        writing = self._parts.log.writing
        try:
            self._parts.log.finish()
        except StorageError as error:
            with self._acting:
                self._activity.fail(error)
        if writing is not None:
            with self._acting:
                self._activity.segment_closed(writing)

    def _tidy(self) -> None:
        """With the sensors closed, let go of the segment that is open, and end what waits for a chunk."""
        if self.sensors or not self._pushing.acquire(blocking=False):
            return  # what is being pushed now is dropped at its end, and a tick comes by
        try:
            self._lost.told()  # what comes when the sensors open again is no sequel to what was lost
            self._finish_segment()
            with self._acting:
                if self._stop is not None:  # a slow card kept it waiting, and no chunk will come any more
                    self._finish(self._stop)
        finally:
            self._pushing.release()
        with self._acting:
            self._unlink_unneeded()

    def _unlink_unneeded(self) -> None:
        current = self._activity.current
        if current is not None and current.waiting:
            return  # it may still have to link one of them
        for name in self._parts.window.take_unneeded(self._parts.log.writing):
            try:
                durable.remove(self._parts.filesystem, self._parts.folders.ring / name)
            except StorageError as error:
                self._activity.fail(error)

    def _look_at_space(self, now_ns: int, label: ClockLabel) -> None:
        if self._space_ns is not None and now_ns - self._space_ns < SPACE_LOOK_NS:
            return
        self._space_ns = now_ns
        self._space = space = self._parts.filesystem.space(self._parts.folders.root)
        self._parts.reserve.fill()
        mark = self._alerts.look(space.used_percent)
        if mark is None:
            return
        self.news.tell(NewsKind.STORAGE_LOW, label, text=self._alerts.sentence)
        self._activity.remark(EventKind.LOW_STORAGE, now_ns, label, {"percent": mark})


def _nothing() -> None:
    """Nobody listens."""

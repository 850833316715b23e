"""The recorder: takes chunks in and answers the buttons; its threads meet here.

Rules:

- A press is answered after its commit is durable (C3), does not wait for the chunk that is being written, and
  copies no footage (C4).
- A chunk is durable before it counts, and its keys' record is durable before the next chunk (C5).
- A chunk that cannot be stored becomes a signed gap in the next one (C6). What is stored stays.
- What was filmed before the window began anew (another officer's time, or before a private one) is dropped,
  however late it comes.
- An error of our own never ends the filming: the recording is left cut off and another begins.
- A stop ends the chunk being filled, and the recording with it. A press meanwhile takes the stop back; if the
  camera changed its state or its wearer it is another recording, and waits for the end of the first.
- What was filmed before a stop and waits for a slow card belongs to the recording, even if the sensors are
  closed by then. What comes from after it does not; what never comes is a signed gap at the end.
- Whoever asks for something gets an answer in bounded time. From a card that hangs it is that of a fault, and
  what was asked for is done once the card answers (``device.recording.command_queue``).

Three locks, always taken in this order: ``_pushing`` (the chain and the segment being written; held while a
chunk is written), ``_acting`` (state and recording; held during a commit and while a ledger is written), and
the window's own (ring and keys; never held during I/O, so that keys expire on time whatever the card does).

It opens no sensor and talks to no network: whoever made it listens to ``on_sensors``, ``news`` and the shelf.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from device.errors import StorageError
from device.recording.activity import Activity
from device.recording.command_queue import CommandQueue
from device.recording.outcome import Outcome
from device.recording.state import ENDS, Action, Event, Mode, ends_recording
from device.recording.status import RecorderStatus
from device.recording.stop import Stop
from device.ring.prerecord import Tail
from device.storage import durable
from device.storage.space import SpaceWatch
from protocol.footage.format.errors import FootageError
from protocol.footage.format.limits import MAX_CHUNK_NS
from protocol.footage.format.model import GapCause
from protocol.footage.ledger.ledger import EventKind
from protocol.messages.events import NewsKind
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.recording.parts import Parts
    from device.ring.chunk import RingChunk
    from protocol.footage.format.model import ClockLabel, PlainChunk
    from protocol.footage.sealing.keys import Recipient

log = logging.getLogger(__name__)

CHUNK_WAIT_S = 2.5
"""How long a stop waits for the chunk that it ended, or for one before it: longer than any chunk."""

STORAGE_WAIT_S = 10.0
"""How long whoever stopped then waits for a late encoder or card, before hearing that it will be done."""

UNANSWERED = "The card does not answer"
NOT_ARRIVED = "The last footage of the recording before has not arrived"
"""Why something is not done in time; the rest of the sentence says what follows."""


class Recorder:
    """Chunks in, recordings out. Thread-safe.

    Attributes:
        news: What happens, for whoever listens.
        run: The 16 random bytes that name this run.
        on_sensors: Called with no argument whenever ``sensors`` may have changed; must return at once.
        cut: Ends the chunk being filled, so that nothing need wait for it; must return at once.
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
        self.run = parts.writer.run
        self.news = parts.news
        self.on_sensors: Callable[[], None] = _nothing
        self.cut: Callable[[], None] = _nothing
        self._window_s = window_s
        self._require_assignment = require_assignment
        self._roll_over_ns = roll_over_ns
        self._parts = parts
        self._activity = Activity(parts, self._finish_segment)
        self._activity.on_sensors = self._sensors_may_have_changed
        self._space = SpaceWatch(parts.filesystem, parts.folders.root, parts.reserve, alert_percent)
        self._commands = CommandQueue(self._say_late)
        self._arriving: PlainChunk | None = None
        self._arrived_ns: int | None = None
        self._pushed = 0
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

        A chunk that comes when no sensor should be open is dropped: private means off (C11). Unless it was
        filmed before that, for a recording whose end waits for it.
        """
        with self._pushing:
            self._arriving = chunk
            try:
                self._push(chunk)
            finally:
                self._arriving, self._arrived_ns = None, self._parts.clock.boot_ns()

    def press(self, trigger: str = "button") -> Outcome:
        """Begin a recording with the window before it; during a recording, answer with that one.

        Args:
            trigger: What asked for it, as the ledger names it.
        """
        at_ns, label = self._parts.clock.boot_ns(), self._parts.clock.label()
        pressed = self._commands.ask(lambda: self._press(trigger, at_ns, label))
        return pressed or self._late("the press is noted, and its recording begins as soon as it does")

    def stop(self, reason: str = "stopped") -> Outcome:
        """End the recording under way with the chunk that is being filled; answers when it is complete.

        Args:
            reason: Why, as the last record of the ledger says.
        """
        at_ns, label = self._parts.clock.boot_ns(), self._parts.clock.label()
        stop = self._commands.ask(lambda: self._begin_stop(Stop(reason, at_ns, label)), self._see_through)
        ended = None if stop is None else self._see_through(stop)
        return ended or self._late("the recording stops as soon as it does")

    def bookmark(self) -> Outcome:
        """Mark this moment in the recording under way."""
        at_ns, label = self._parts.clock.boot_ns(), self._parts.clock.label()
        marked = self._commands.ask(lambda: self._bookmark(at_ns, label))
        return marked or self._late("the bookmark is noted, and made as soon as it does")

    def change(self, event: Event) -> Outcome:
        """Let something happen that changes where the camera is: started, private on, docked, locked, ….

        What ends a recording ends it first, as a stop does.
        """
        stop = self._end_for(event) if event in ENDS else None
        changed = self._commands.ask(lambda: self._change(event, stop))
        return changed or self._late("the change is noted, and made as soon as it does")

    def assign(self, assignment: str | None) -> Outcome:
        """Say whose the recordings are from now on; None for nobody's.

        From one officer to another the window begins anew: nobody's press commits what another was part of.
        """
        assigned = self._commands.ask(lambda: self._assign(assignment))
        return assigned or self._late("the assignment is noted, and changes as soon as it does")

    def seal_to(self, recipients: tuple[Recipient, ...]) -> None:
        """Seal recordings that begin from now on to these recipients. Waits for nothing."""
        self._commands.post(lambda: self._seal_to(recipients))

    def expire(self) -> None:
        """Let keys go that are too old, whatever the card does. Call it about four times a second."""
        self._parts.window.expire(self._parts.clock.boot_ns())

    def tick(self) -> None:
        """Time passed. Call it about four times a second; a card that hangs may keep it."""
        self.expire()
        now_ns, label = self._parts.clock.boot_ns(), self._parts.clock.label()
        if self._acting.acquire(blocking=False):  # else somebody is at it, and the next tick is near
            try:
                self._activity.look_at_clock(now_ns, label)
                self._look_at_space(now_ns, label)
                self._activity.publish()
                self._unlink_unneeded()
            finally:
                self._acting.release()
        self._tidy()

    def status(self) -> RecorderStatus:
        """How things are. Waits for nothing."""
        activity, now_ns = self._activity, self._parts.clock.boot_ns()
        current = activity.under_way.current
        late = self._commands.late
        faults = (self._held_up if late else None, activity.fault, self._space.sentence)
        return RecorderStatus(
            state=Mode.FAULT if late else activity.state.mode,
            run=self.run,
            assignment=activity.assignment,
            recording=None if current is None else current.number,
            recording_s=0.0 if current is None else max(0, now_ns - current.opening.press_ns) / NS_PER_S,
            prerecord_s=self._parts.window.filled_ns(now_ns) / NS_PER_S,
            window_s=self._window_s,
            window_bytes=self._parts.window.size,
            made=self._parts.opener.number,
            space=self._space.seen,
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
            if self._activity.stop is not None:
                self._finish(self._activity.stop)
            self._finish_segment()

    def _sensors_may_have_changed(self) -> None:
        self.on_sensors()

    def _push(self, chunk: PlainChunk) -> None:
        """Take a chunk in. Needs the pushing lock."""
        self._end_before(chunk)
        if not self.sensors and not self._awaited(chunk):
            return
        seq = self._parts.writer.next_seq
        try:
            self._take_in(chunk)
        except Exception as error:  # a camera that films on is worth more than a clean end
            log.exception("A chunk could not be taken in.")
            self._break_off(chunk, seq, error)
        self._pushed += 1

    def _awaited(self, chunk: PlainChunk | RingChunk) -> bool:
        """Whether it is a chunk that a stop waits for."""
        stop = self._activity.stop
        return stop is not None and chunk.start_ns < stop.at_ns

    def _end_before(self, chunk: PlainChunk) -> None:
        """Carry out a stop that waits, when a chunk comes that begins after it. Needs the pushing lock."""
        with self._acting:
            stop = self._activity.stop
            if stop is not None and chunk.start_ns > stop.at_ns:
                self._finish(stop)

    def _belongs(self, chunk: PlainChunk | RingChunk) -> bool:
        """Whether a chunk is the wearer's of now, or a stop waits for it."""
        return chunk.start_ns >= self._parts.window.since_ns or self._awaited(chunk)

    def _take_in(self, chunk: PlainChunk) -> None:
        stored = self._store(chunk) if self._belongs(chunk) else None
        with self._acting:
            self._note_closed()
            if stored is not None:
                self._count(stored)
            self._after(chunk.start_ns + chunk.duration_ns)
        if self._parts.writer.full:
            self._finish_segment()

    def _store(self, chunk: PlainChunk) -> RingChunk | None:
        """Make a chunk durable; None when it is lost, which is said."""
        try:
            return self._parts.writer.append(chunk)
        except (FootageError, StorageError) as error:
            with self._acting:
                self._activity.fail(error)
            return None

    def _break_off(self, chunk: PlainChunk, seq: int, error: Exception) -> None:
        """After an error of our own: leave segment, window and recording as they are, and begin anew."""
        parts, activity = self._parts, self._activity
        at_ns, label = parts.clock.boot_ns(), parts.clock.label()
        with self._acting:
            parts.window.clear()
            parts.writer.break_off(chunk, seq)
            activity.under_way.next_seq = parts.writer.next_seq
            if chunk.start_ns >= parts.window.since_ns:
                parts.window.begin(chunk.start_ns + chunk.duration_ns, GapCause.ENCODER)
            activity.fail(error)
            self._note_closed()
            activity.under_way.leave("internal fault", at_ns, label)

    def _press(self, trigger: str, at_ns: int, label: ClockLabel) -> Outcome:
        self._wait_for_end()
        activity = self._activity
        with contextlib.ExitStack() as held:
            if self._parts.window.empty:  # then it begins with the chunk that is being written, if one is
                held.enter_context(self._pushing)
            held.enter_context(self._acting)
            if activity.stop is not None:
                self._take_back(activity.stop)
            activity.under_way.tail = self._tail(at_ns)
            (outcome,) = activity.happen(Event.PRESS, at_ns, label, trigger).values()
        self._commands.post(self._publish)  # once the answer is given
        return outcome

    def settle(self) -> bool:
        """Wait until all that was asked for until now is done; False when the card keeps it waiting."""
        return bool(self._commands.ask(lambda: True))

    def _publish(self) -> None:
        """Give recordings that are safe their folders."""
        with self._acting:
            self._activity.publish()

    def _tail(self, at_ns: int) -> Tail:
        """What is known of the time from the newest chunk of the window to a press.

        While chunks come one after the other, as after a pause of the card, others may wait behind them.
        """
        lost, arriving, arrived_ns = self._parts.writer.lost, self._arriving, self._arrived_ns
        causes = [gap.cause for gap in (*(() if arriving is None else arriving.gaps), *lost)]
        cause = causes[0] if causes else GapCause.STALLED
        if arriving is not None:
            return Tail(cause, arriving.start_ns)
        if arrived_ns is not None and at_ns - arrived_ns <= MAX_CHUNK_NS:
            return Tail(cause, max((gap.start_ns + gap.duration_ns for gap in lost), default=0))
        return Tail(cause)

    def _wait_for_end(self) -> None:
        """Wait while a recording gets its last chunks that is not the one that a press means."""
        stop = self._activity.stop
        while stop is not None and self._activity.stop is stop and self._is_final(stop):
            stop.done.wait(CHUNK_WAIT_S)

    def _is_final(self, stop: Stop) -> bool:
        """Whether a press does not take a stop back: the camera changes its state, or has its wearer."""
        activity = self._activity
        other = activity.whose != activity.assignment
        return stop.event is not None or not activity.state.recording or other

    def _end_for(self, event: Event) -> Stop | None:
        """End the recording under way for a change, which follows with the end; None when there is none."""
        at_ns, label = self._parts.clock.boot_ns(), self._parts.clock.label()
        stop = self._commands.ask(
            lambda: self._begin_stop(Stop(ENDS[event], at_ns, label, event)), self._see_through
        )
        if not isinstance(stop, Stop):
            return None
        self._see_through(stop)
        return stop

    def _begin_stop(self, stop: Stop) -> Stop | Outcome:
        """Let the recording under way end with a stop, or with the one that waits already."""
        activity = self._activity
        with self._acting:
            if not ends_recording(activity.state, stop.event or Event.STOP):
                return activity.refuse()
            if activity.stop is None:
                activity.stop = stop
            elif activity.stop.event is None:
                activity.stop.event = stop.event
            return activity.stop

    def _see_through(self, stop: Stop | Outcome) -> Outcome | None:
        """Wait until a stop is carried out; None when the card keeps it waiting for too long."""
        if isinstance(stop, Outcome):
            return stop
        pushed = self._pushed
        self.cut()
        if not stop.done.wait(CHUNK_WAIT_S):
            threading.Thread(
                target=self._finish_anyway, args=(stop, pushed), name="stop", daemon=True
            ).start()
            stop.done.wait(STORAGE_WAIT_S)
        return stop.outcome

    def _finish_anyway(self, stop: Stop, pushed: int) -> None:
        """Carry a stop out without its last chunk, once none has come for so long.

        While older ones still come, the encoder or the card is late, and all that was filmed belongs to the
        recording.
        """
        while self._activity.stop is stop:
            with self._pushing, self._acting:  # which is free once the card has taken what it was given
                if pushed == self._pushed:
                    self._finish(stop)
                    break
                pushed = self._pushed
            stop.done.wait(CHUNK_WAIT_S)

    def _bookmark(self, at_ns: int, label: ClockLabel) -> Outcome:
        with self._acting:
            (outcome,) = self._activity.happen(Event.BOOKMARK, at_ns, label).values()
        return outcome

    def _change(self, event: Event, stop: Stop | None = None) -> Outcome:
        """Make a change, unless the stop that was asked for with it has made it."""
        with self._acting:
            made = stop.changed if stop is not None and stop.event is event else None
            outcome = made or self._change_now(event)
        self._tidy()
        return outcome

    def _change_now(self, event: Event) -> Outcome:
        """Make a change, whether or not what it ends has got its last chunks. Needs the acting lock.

        Changes are made in the order in which they were asked for: one that a stop carries comes first.
        """
        activity, at_ns, label = self._activity, self._parts.clock.boot_ns(), self._parts.clock.label()
        stop = activity.stop
        if stop is not None:
            self._make_change_of(stop)
            if stop.event is event and stop.changed is not None:
                return stop.changed
        elif ends_recording(activity.state, event):  # a press came in between
            activity.stop = Stop(ENDS[event], at_ns, label)
            threading.Thread(target=self._see_through, args=(activity.stop,), name="end", daemon=True).start()
        return activity.change(event, at_ns, label)[0]

    def _make_change_of(self, stop: Stop) -> Outcome | None:
        """Make the change that a stop carries, if it is not made yet. Needs the acting lock.

        Returns:
            How the recording ended, if it did with that.
        """
        if stop.event is None or stop.changed is not None:
            return None
        stop.changed, ended = self._activity.change(stop.event, stop.at_ns, stop.label, stop.reason)
        return ended

    def _assign(self, assignment: str | None) -> Outcome:
        with self._acting:
            before, self._activity.assignment = self._activity.assignment, assignment
        handed_over = before is not None and before != assignment
        if handed_over:
            self._change(Event.UNASSIGNED)
        worn = assignment is not None or not self._require_assignment
        outcome = self._change(Event.ASSIGNED if worn else Event.UNASSIGNED)
        if handed_over:
            self.cut()  # the chunk being filled is the last one's and is dropped: the next begins at once
        return outcome

    def _seal_to(self, recipients: tuple[Recipient, ...]) -> None:
        with self._acting:
            self._parts.opener.recipients = recipients

    def _late(self, noted: str) -> Outcome:
        """The answer to what is not done in time."""
        outcome = self._activity.answer(f"{self._reason}: {noted}.", ok=False)
        return replace(outcome, state=Mode.FAULT)

    def _say_late(self) -> None:
        self.news.tell(NewsKind.FAULT, self._parts.clock.label(), text=self._held_up)

    @property
    def _held_up(self) -> str:
        """What holds up that which was asked for, in a sentence."""
        return f"{self._reason}: what is asked of the camera is noted, and done as soon as it does."

    @property
    def _reason(self) -> str:
        """What holds things up: footage that a recording waits for with the card idle, or else the card."""
        if self._activity.stop is None or self._arriving is not None:
            return UNANSWERED
        if not self._acting.acquire(blocking=False):
            return UNANSWERED
        self._acting.release()
        return NOT_ARRIVED

    def _count(self, chunk: RingChunk) -> None:
        """A chunk is durable: it belongs to the window, and to the recording under way.

        While the card took it the camera may have changed its state or its wearer: then it goes, unless a
        stop waits for it, and with the end of that recording.
        """
        activity, belongs = self._activity, self._belongs(chunk)
        under_way = activity.under_way
        under_way.next_seq = chunk.seq + 1
        keys = self._parts.window.add(chunk, self._parts.clock.boot_ns(), under_way.sealed_for)
        ending = activity.stop is not None
        if belongs and (self.sensors or ending or under_way.current is not None):
            activity.live(chunk, keys)
        if not belongs or not (self.sensors or ending):
            self._parts.window.clear()

    def _after(self, end_ns: int) -> None:
        """What may be due once a chunk has come, stored or not."""
        activity, stop = self._activity, self._activity.stop
        current = activity.under_way.current
        now_ns, label = self._parts.clock.boot_ns(), self._parts.clock.label()
        activity.look_at_clock(now_ns, label)
        at_ns = min(now_ns, end_ns)  # a chunk that had to wait may be from long ago
        then = replace(label, utc_us=label.utc_us - (now_ns - at_ns) // 1000)
        if stop is not None and end_ns >= stop.at_ns:
            self._finish(stop)
        elif current is not None and current.failed:
            self._finish_segment()
            activity.start_over(at_ns, then)
        elif stop is None and current is not None and end_ns - current.opening.press_ns >= self._roll_over_ns:
            activity.happen(Event.ROLL_OVER, at_ns, then)
        activity.publish()
        self._unlink_unneeded()

    def _finish(self, stop: Stop) -> None:
        """Carry out a stop, unless it was taken back or is done. Needs both locks."""
        activity = self._activity
        if activity.stop is not stop:
            return
        activity.stop = None
        ended = self._make_change_of(stop)
        if ended is None and activity.state.recording:
            ended = activity.happen(Event.STOP, stop.at_ns, stop.label, stop.reason)[Action.END_RECORDING]
        if ended is None:  # the change was made before, while the card had not taken the last chunks yet
            ended = activity.end(stop.reason, stop.at_ns, stop.label)
        if not self.sensors or self._parts.window.since_ns > stop.at_ns:
            self._parts.window.clear()
            self._parts.writer.begin_anew()
        stop.end(ended)

    def _take_back(self, stop: Stop) -> None:
        """A press came before the stop was carried out: the recording goes on."""
        self._activity.stop = None
        stop.end(self._activity.answer("A press came during the stop: the recording goes on.", ok=False))

    def _finish_segment(self) -> None:
        """Close the segment being written. Needs the pushing lock."""
        try:
            self._parts.writer.finish()
        except StorageError as error:
            with self._acting:
                self._activity.fail(error)
        with self._acting:
            self._note_closed()

    def _note_closed(self) -> None:
        """The recording under way hears of segments that were closed. Needs both locks."""
        for segment in self._parts.writer.take_closed():
            self._activity.under_way.segment_closed(segment)

    def _tidy(self) -> None:
        """With the sensors closed and nothing awaited, let go of the segment that is open."""
        if self.sensors or self._activity.stop is not None or not self._pushing.acquire(blocking=False):
            return  # a tick comes by
        try:
            self._parts.writer.begin_anew()  # as after a stop
            self._finish_segment()
        finally:
            self._pushing.release()
        with self._acting:
            self._unlink_unneeded()

    def _unlink_unneeded(self) -> None:
        writing, claimed = self._parts.writer.writing, self._activity.under_way.claimed
        for name in self._parts.window.take_unneeded(claimed if writing is None else {writing, *claimed}):
            self._parts.writer.unlinked(name)
            try:
                durable.remove(self._parts.filesystem, self._parts.folders.ring / name)
            except StorageError as error:
                self._activity.fail(error)

    def _look_at_space(self, now_ns: int, label: ClockLabel) -> None:
        if (mark := self._space.look(now_ns)) is not None:
            self.news.tell(NewsKind.STORAGE_LOW, label, text=self._space.sentence)
            self._activity.remark(EventKind.LOW_STORAGE, now_ns, label, {"percent": mark})


def _nothing() -> None:
    """Nobody listens."""

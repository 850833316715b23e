"""What the camera is doing: the table of states, carried out.

Rules:

- State and recording change together: an event takes its step in the table (``device.recording.state``), and
  each action that the table names is done, in its order, by the one method that belongs to it.
- A recording that somebody asked for is acknowledged only once it is durable (C3).
- A recording ends with its last chunk: while a ``Stop`` waits for that, "end the recording" is left to it.
- A fault is said once, in a sentence, and cleared when footage is being stored again.

Not thread-safe: the recorder's acting lock guards it. It writes no segments and opens no sensors.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.errors import StorageError
from device.lost import tail
from device.recording.answers import REFUSALS, has_ended, moved, nothing_recorded
from device.recording.clock_steps import Step, StepWatch
from device.recording.opener import Wanted
from device.recording.outcome import Outcome
from device.recording.state import Action, Event, Mode, State, step
from device.recording.under_way import UnderWay
from protocol.footage.format.model import GapCause
from protocol.footage.ledger.ledger import EventKind
from protocol.messages.events import NewsKind
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from device.recording.parts import Parts
    from device.recording.stop import Stop
    from device.ring.chunk import RingChunk
    from protocol.footage.format.model import ClockLabel
    from protocol.footage.ledger.ledger import Keys

log = logging.getLogger(__name__)

_CAUSES = {
    Mode.OFF: GapCause.JUST_BOOTED,
    Mode.PRIVATE: GapCause.PRIVATE,
    Mode.STANDBY: GapCause.NOT_ASSIGNED,
    Mode.DOCKED: GapCause.DOCKED,
    Mode.LOCKED: GapCause.NOT_ASSIGNED,
}
"""Why the window is empty when the sensors open, by where the camera was before."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event as it happens.

    Attributes:
        before: The state that it found.
        at_ns: When, on the boot-time clock.
        label: When, as wall time.
        reason: What a recording that it begins or ends names as what began or ended it.
    """

    before: State
    at_ns: int
    label: ClockLabel
    reason: str


class Activity:
    """The state and the recording under way.

    Attributes:
        state: The facts of the state machine.
        assignment: Whose recordings are, None for nobody's.
        under_way: What is being recorded.
        stop: A stop that waits for the last chunk of the recording under way.
        fault: What is wrong with storage, in a sentence.
        on_sensors: Called when sensors or recording may have changed; must return at once.
    """

    def __init__(self, parts: Parts, finish_segment: Callable[[], None]) -> None:
        """A camera that is off.

        Args:
            parts: What it works with.
            finish_segment: Closes the segment being written.
        """
        self.state = State()
        self.assignment: str | None = None
        self.under_way = UnderWay(parts, self.fail)
        self.stop: Stop | None = None
        self.fault: str | None = None
        self.on_sensors: Callable[[], None] = _nothing
        self._parts = parts
        self._finish_segment = finish_segment
        self._watch = StepWatch()
        self._actions: Mapping[Action, Callable[[Occasion], Outcome | None]] = {
            Action.OPEN_SENSORS: self._open_sensors,
            Action.COMMIT: self._commit,
            Action.SAME_RECORDING: self._commit,
            Action.BOOKMARK: self._bookmark,
            Action.ROLL_OVER: self._roll_over,
            Action.END_RECORDING: self._end_recording,
            Action.CLOSE_SENSORS: self._close_sensors,
            Action.DROP_RING: self._drop_ring,
            Action.SAY_FAULT: self._say_fault,
            Action.CLEAR_FAULT: self._clear_fault,
            Action.REFUSE: self._refuse,
        }

    def happen(self, event: Event, at_ns: int, label: ClockLabel, reason: str = "") -> dict[Action, Outcome]:
        """Let something happen: the state takes its step, and what the table says is done.

        Args:
            event: What.
            at_ns: When, on the boot-time clock.
            label: When, as wall time.
            reason: What a recording that it begins or ends names as what began or ended it.

        Returns:
            What came of those actions that somebody waits to hear of.
        """
        occasion = Occasion(self.state, at_ns, label, reason)
        self.state, actions = step(self.state, event)
        done = {action: self._actions[action](occasion) for action in actions}
        return {action: outcome for action, outcome in done.items() if outcome is not None}

    def change(
        self, event: Event, at_ns: int, label: ClockLabel, reason: str = ""
    ) -> tuple[Outcome, Outcome | None]:
        """Let something happen that changes where the camera is.

        Returns:
            What came of it; and how a recording ended that it has ended.
        """
        before = self.state
        answers = self.happen(event, at_ns, label, reason)
        answer = answers.get(Action.REFUSE) or self.answer(moved(before, self.state))
        return answer, answers.get(Action.END_RECORDING)

    def answer(self, sentence: str, *, ok: bool = True) -> Outcome:
        """An outcome about the recording under way, if there is one."""
        current = self.under_way.current
        return Outcome(
            ok=ok,
            state=self.state.mode,
            sentence=sentence,
            number=None if current is None else current.number,
            prerecord_s=None if current is None else current.prerecord_ns / NS_PER_S,
        )

    def refuse(self) -> Outcome:
        """The answer to what cannot be done here."""
        return self.answer(REFUSALS[self.state.home], ok=False)

    @property
    def whose(self) -> str | None:
        """The assignment of the recording under way, or of the one that is wanted; else that of now."""
        return self.under_way.assignment if self.under_way.asked_for else self.assignment

    def live(self, chunk: RingChunk, keys: Keys | None) -> None:
        """A chunk is durable: it belongs to the recording under way, or begins the one that is wanted."""
        try:
            self.under_way.live(chunk, keys)
        except StorageError as error:
            self.fail(error)
        self.well()

    def start_over(self, at_ns: int, label: ClockLabel) -> None:
        """The recording under way has failed for good: leave it as it is, begin another from the window."""
        self.under_way.start_over(at_ns, label)
        self.well()

    def look_at_clock(self, at_ns: int, label: ClockLabel) -> None:
        """Notice a step of wall time and say so in the recording, or in the next one's pre-record (C10)."""
        step_us = self._watch.look(at_ns, label.utc_us)
        if step_us is None:
            return
        self.under_way.steps.add(Step(at_ns, label, step_us))
        text = f"Wall time stepped by {step_us / 1e6:.1f} s."
        self.under_way.tell(NewsKind.CLOCK_STEP, label, self.under_way.current, text=text)
        self.remark(EventKind.CLOCK_STEP, at_ns, label, {"step_us": step_us})

    def remark(self, kind: EventKind, at_ns: int, label: ClockLabel, detail: dict[str, str | int]) -> None:
        """Say something in the recording under way, if there is one; a failure becomes the fault."""
        try:
            self.under_way.note(kind, at_ns, label, detail)
        except StorageError as error:
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """Something could not be stored: say so, once."""
        self.fault = str(error)
        self.happen(Event.FAILED, self._parts.clock.boot_ns(), self._parts.clock.label())

    def well(self) -> None:
        """Footage is being stored: the fault is over, unless something still waits."""
        stuck = self.state.recording and self.under_way.stuck
        if self.state.faulty and not stuck and not self.under_way.publisher.failing:
            self.happen(Event.RECOVERED, self._parts.clock.boot_ns(), self._parts.clock.label())

    def publish(self) -> None:
        """Give recordings that are safe their folders, if any wait; once that succeeds its fault is over."""
        failing = self.under_way.publisher.failing
        self.under_way.publisher.publish()
        if failing and not self.under_way.publisher.failing:
            self.well()

    def end(self, reason: str, at_ns: int, label: ClockLabel) -> Outcome:
        """End the recording under way, which has got its last chunks.

        An error of our own costs its last record alone: whoever waits is told, and the next start puts the
        recording in order.

        Args:
            reason: Why, as the last record of the ledger says.
            at_ns: When, on the boot-time clock.
            label: When, as wall time.
        """
        try:
            return self._end(reason, at_ns, label)
        except Exception as error:
            log.exception("A recording could not be ended.")
            return self.answer(f"The recording could not be ended: {error}.", ok=False)

    def _end(self, reason: str, at_ns: int, label: ClockLabel) -> Outcome:
        self._finish_segment()  # which belongs to it to the end
        under_way = self.under_way
        current, left, another = under_way.current, under_way.left, self.whose != self.assignment
        under_way.current = under_way.wanted = under_way.left = None
        if another:  # the next wearer's window begins anew
            self._parts.window.clear()
            self._parts.window.begin(self._parts.clock.boot_ns(), GapCause.NOT_ASSIGNED)
        if current is None:
            doubtful = self._parts.opener.left_behind
            return nothing_recorded(left, doubtful, self.state.mode, self.fault)
        lost = tail(self._parts.writer.lost, current.tracks, current.end_ns, at_ns)
        ended = under_way.end(current, reason, at_ns, label, lost)
        return has_ended(current, ended, lost, self.state.mode)

    def _commit(self, occasion: Occasion) -> Outcome:
        """Begin a recording with what the window holds, or answer with the one under way."""
        under_way = self.under_way
        if under_way.current is not None:
            return self.answer(f"Recording {under_way.current.number} is running.")
        wanted = under_way.wanted
        if wanted is None:
            marks = occasion.before.marks
            wanted = Wanted(occasion.reason, occasion.at_ns, occasion.label, marks, self.assignment)
            under_way.wanted = wanted
        try:
            recording = under_way.open(wanted)
        except StorageError as error:
            self.fail(error)
            return self.answer(f"Not recording yet, still trying: {error}", ok=False)
        finally:
            self.on_sensors()
        return self.answer(f"Recording {recording.number} is safe from now on.")

    def _bookmark(self, occasion: Occasion) -> Outcome:
        """Mark this moment in the recording under way."""
        current = self.under_way.current
        if current is None:
            return self.refuse()
        try:
            self.under_way.note(EventKind.BOOKMARK, occasion.at_ns, occasion.label, {})
        except StorageError as error:
            self.fail(error)
            return self.answer(f"The bookmark is not safe yet: {error}", ok=False)
        self.under_way.tell(NewsKind.BOOKMARK, occasion.label, current)
        return self.answer(f"Bookmarked in recording {current.number}.")

    def _roll_over(self, occasion: Occasion) -> None:
        """Go on in a new recording."""
        self.under_way.roll_over(occasion.at_ns, occasion.label, self._finish_segment)

    def _end_recording(self, occasion: Occasion) -> Outcome | None:
        """End the recording under way, unless a stop waits for its last chunks and ends it with them."""
        if self.stop is not None:
            return None
        return self.end(occasion.reason, occasion.at_ns, occasion.label)

    def _open_sensors(self, occasion: Occasion) -> None:
        """The window lives as long as the sensors are open."""
        self._parts.window.begin(self._parts.clock.boot_ns(), _CAUSES[occasion.before.home])
        self.on_sensors()

    def _close_sensors(self, _: Occasion) -> None:
        self.on_sensors()

    def _drop_ring(self, _: Occasion) -> None:
        self._parts.window.clear()

    def _say_fault(self, occasion: Occasion) -> None:
        """Say what is wrong, in the news and in the recording under way."""
        fault = self.fault or ""
        self.under_way.tell(NewsKind.FAULT, occasion.label, self.under_way.current, text=fault)
        with contextlib.suppress(StorageError):  # it is being said in every other way
            self.under_way.note(EventKind.FAULT, occasion.at_ns, occasion.label, {"what": fault})

    def _clear_fault(self, _: Occasion) -> None:
        self.fault = None

    def _refuse(self, _: Occasion) -> Outcome:
        return self.refuse()


def _nothing() -> None:
    """Nobody listens."""

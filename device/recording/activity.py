"""What the camera is doing: its state, and the recording under way.

Rules:

- State and recording change together, in the order that the state machine gives.
- A recording that somebody asked for stays wanted when its commit fails: each new chunk tries again, with the
  pre-record that the window still holds. It is acknowledged only once it is durable (C3).
- A fault is said once, in a sentence, and so is its end.

Not thread-safe: the recorder's acting lock guards it. It writes no segments and opens no sensors.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from device.errors import StorageError, StorageFullError
from device.lost import tail
from device.recording.clock_steps import RecentSteps, Step, StepWatch
from device.recording.opener import Wanted
from device.recording.outcome import Outcome
from device.recording.state import Action, Event, Mode, State, step
from device.ring.window import Recorded
from protocol.footage.format.model import GapCause, Track
from protocol.footage.ledger.ledger import EventKind
from protocol.messages.events import NewsKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.recording.parts import Parts
    from device.recording.recording import OpenRecording
    from device.ring.ring import RingChunk
    from device.shelf import Ended
    from device.storage.segment import ClosedSegment
    from protocol.footage.format.model import ClockLabel, Gap
    from protocol.footage.ledger.ledger import Keys

NS = 1_000_000_000

_CAUSES = {
    Mode.OFF: GapCause.JUST_BOOTED,
    Mode.PRIVATE: GapCause.PRIVATE,
    Mode.STANDBY: GapCause.NOT_ASSIGNED,
    Mode.DOCKED: GapCause.DOCKED,
    Mode.LOCKED: GapCause.NOT_ASSIGNED,
}
"""Why the window is empty when the sensors open, by where the camera was before."""

_REFUSALS = {
    Mode.OFF: "The camera is off.",
    Mode.STANDBY: "Nothing is being recorded.",
    Mode.READY: "Nothing is being recorded.",
    Mode.PRIVATE: "Nothing is being recorded: the camera is private.",
    Mode.DOCKED: "The camera is docked: lift it out first.",
    Mode.LOCKED: "The camera is locked: the safety team can unlock it.",
}


class Activity:
    """The state and the recording under way.

    Attributes:
        state: The facts of the state machine.
        assignment: Whose recordings are, None for nobody's.
        current: The recording under way; None when there is none, or when it could not be opened yet.
        fault: What is wrong with storage, in a sentence.
        stalled: Why nothing reaches the window, if nothing does.
        next_seq: The number of the next chunk that the window and the recording under way will get.
    """

    def __init__(self, parts: Parts) -> None:
        self.state = State()
        self.assignment: str | None = None
        self.current: OpenRecording | None = None
        self.fault: str | None = None
        self.stalled = GapCause.STALLED
        self.next_seq = 0
        self._parts = parts
        self._wanted: Wanted | None = None
        self._watch = StepWatch()
        self._steps = RecentSteps(parts.window.window_ns)

    def apply(self, event: Event) -> tuple[Action, ...]:
        """Let the state machine take a step; the window lives as long as the sensors are open."""
        before = self.state
        self.state, actions = step(before, event)
        if Action.OPEN_SENSORS in actions:
            self._parts.window.begin(self._parts.clock.boot_ns(), _CAUSES[before.home])
        if Action.DROP_RING in actions:
            self._parts.window.clear()
        return actions

    def answer(self, sentence: str, *, ok: bool = True) -> Outcome:
        """An outcome about the recording under way, if there is one."""
        current = self.current
        return Outcome(
            ok=ok,
            state=self.state.mode,
            sentence=sentence,
            number=None if current is None else current.number,
            prerecord_s=None if current is None else current.prerecord_ns / NS,
        )

    def refuse(self) -> Outcome:
        """The answer to what cannot be done here."""
        return self.answer(_REFUSALS[self.state.home], ok=False)

    def press(self, trigger: str, at_ns: int, label: ClockLabel) -> Outcome:
        """Begin a recording with what the window holds, or answer with the one under way."""
        marks = self.state.marks
        if Action.REFUSE in self.apply(Event.PRESS):
            return self.refuse()
        if self.current is not None:
            return self.answer(f"Recording {self.current.number} is running.")
        if self._wanted is None:
            self._wanted = Wanted(trigger, at_ns, label, marks, self.assignment)
        try:
            recording = self._open(self._wanted)
        except StorageError as error:
            self.fail(error)
            return self.answer(f"Not recording yet, still trying: {error}", ok=False)
        return self.answer(f"Recording {recording.number} is safe from now on.")

    @property
    def whose(self) -> str | None:
        """The assignment of the recording under way, or of the one that is wanted; else that of now."""
        current, wanted = self.current, self._wanted
        of = current.opening if current is not None else wanted
        return self.assignment if of is None else of.assignment

    @property
    def sealed_for(self) -> Recorded | None:
        """Whom the keys of a live chunk are for; None when no recording is under way."""
        current = self.current
        return None if current is None else Recorded(current.opening.recording, current.recipients)

    def live(self, chunk: RingChunk, keys: Keys | None) -> None:
        """A chunk is durable: make it part of the recording under way.

        Args:
            chunk: The chunk.
            keys: Its keys, sealed as ``sealed_for`` says.
        """
        current = self.current
        try:
            if current is not None and keys is not None:
                source = self._parts.folders.ring / chunk.segment
                self._with_room(lambda: current.take(chunk, source, keys), current.flush)
                self._parts.shelf.put(current.shelved())
            elif self._wanted is not None:
                self._open(self._wanted)
        except StorageError as error:
            self.fail(error)
        self.well()

    def bookmark(self, at_ns: int, label: ClockLabel) -> Outcome:
        """Mark this moment in the recording under way."""
        current = self.current
        if Action.REFUSE in self.apply(Event.BOOKMARK) or current is None:
            return self.refuse()
        try:
            self._note(EventKind.BOOKMARK, at_ns, label, {})
        except StorageError as error:
            self.fail(error)
            return self.answer(f"The bookmark is not safe yet: {error}", ok=False)
        self._tell(NewsKind.BOOKMARK, label, current)
        return self.answer(f"Bookmarked in recording {current.number}.")

    def change(self, event: Event) -> Outcome:
        """Let something happen that changes where the camera is."""
        before = self.state.mode
        if Action.REFUSE in self.apply(event):
            return self.refuse()
        return self.answer(f"The camera was {before} and is {self.state.mode}.")

    def roll_over(self, at_ns: int, label: ClockLabel, finish_segment: Callable[[], None]) -> None:
        """Go on in a new recording. When that cannot be opened, the one under way simply goes on.

        Args:
            at_ns: When, on the boot-time clock.
            label: When, as wall time.
            finish_segment: Closes the segment being written, so that the new recording begins with another.
        """
        before = self.current
        if before is None:
            return
        marks, assignment = before.opening.marks, before.opening.assignment
        wanted = Wanted("roll over", at_ns, label, marks, assignment, whole_window=False)
        try:
            after = self._open(wanted)
        except StorageError as error:
            self.fail(error)
            return
        self.current = before
        finish_segment()
        with contextlib.suppress(StorageError):  # ``_end`` says it: the close record follows in the same file
            self._note(EventKind.ROLLED_OVER, at_ns, label, {"next": after.number})
        self.current = after  # what goes wrong from here on is said there
        self._end(before, "rolled over", at_ns, label)

    def close(self, reason: str, at_ns: int, label: ClockLabel, lost: tuple[Gap, ...] = ()) -> Outcome:
        """End the recording under way; its last segment is closed already.

        Args:
            reason: Why, as the last record of the ledger says.
            at_ns: When, on the boot-time clock.
            label: When, as wall time.
            lost: What is known to be lost at its end: no chunk of it comes after to state that as a gap (C6).
        """
        current, wanted = self.current, self._wanted
        self.current, self._wanted = None, None
        whose = current.opening if current is not None else wanted
        if whose is not None and whose.assignment != self.assignment:  # the next one's window begins anew
            self._parts.window.clear()
            self._parts.window.begin(self._parts.clock.boot_ns(), GapCause.NOT_ASSIGNED)
        if current is None:
            return self.answer(f"Nothing could be recorded: {self.fault}", ok=False)
        lost = tail(lost, current.tracks, current.end_ns, at_ns)
        ended = self._end(current, reason, at_ns, label, lost)
        whole = "is complete" if ended == "closed" else "could not be completed and ends as it is"
        if lost:
            missing_ns = max(sum(gap.duration_ns for gap in lost if gap.track is track) for track in Track)
            whole += f", without its last {missing_ns / NS:.1f} s, which are lost"
        seconds = current.duration_ns / NS
        return Outcome(
            ok=ended == "closed",
            state=self.state.mode,
            sentence=f"Recording {current.number} {whole}: {seconds:.1f} s.",
            number=current.number,
            prerecord_s=current.prerecord_ns / NS,
        )

    def start_over(self, at_ns: int, label: ClockLabel) -> None:
        """The recording under way has failed for good: leave it as it is, begin another from the window."""
        self._leave("storage fault", at_ns, label)
        if self._wanted is None:
            return
        try:
            self._open(self._wanted)
        except StorageError as error:
            self.fail(error)
        self.well()

    def break_off(
        self, error: Exception, at_ns: int, label: ClockLabel, segment: ClosedSegment | None
    ) -> None:
        """After an error of our own: leave the recording under way; the next chunk begins another.

        Args:
            error: What went wrong.
            at_ns: When, on the boot-time clock.
            label: When, as wall time.
            segment: The one that was being written; how much of it counts is seen now.
        """
        self.fail(error)
        if self.current is not None and segment is not None:
            self.current.segment_closed(segment)
        self._leave("internal fault", at_ns, label)

    def segment_closed(self, segment: ClosedSegment) -> None:
        """A segment will not change any more."""
        current = self.current
        if current is not None and current.segment_closed(segment):
            self._parts.shelf.put(current.shelved())

    def look_at_clock(self, at_ns: int, label: ClockLabel) -> None:
        """Notice a step of wall time and say so in the recording, or in the next one's pre-record (C10)."""
        step_us = self._watch.look(at_ns, label.utc_us)
        if step_us is None:
            return
        self._steps.add(Step(at_ns, label, step_us))
        self._tell(
            NewsKind.CLOCK_STEP, label, self.current, text=f"Wall time stepped by {step_us / 1e6:.1f} s."
        )
        self.remark(EventKind.CLOCK_STEP, at_ns, label, {"step_us": step_us})

    def remark(self, kind: EventKind, at_ns: int, label: ClockLabel, detail: dict[str, str | int]) -> None:
        """Say something in the recording under way, if there is one; a failure becomes the fault."""
        try:
            self._note(kind, at_ns, label, detail)
        except StorageError as error:
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """Something could not be stored: say so, once."""
        self.fault = str(error)
        if Action.SAY_FAULT not in self.apply(Event.FAILED):
            return
        label = self._parts.clock.label()
        self._tell(NewsKind.FAULT, label, self.current, text=self.fault)
        with contextlib.suppress(StorageError):  # it is being said in every other way
            self._note(EventKind.FAULT, self._parts.clock.boot_ns(), label, {"what": self.fault})

    def well(self) -> None:
        """Footage is being stored: the fault is over, unless something still waits."""
        if not self.state.faulty:
            return
        if self.state.recording and (self.current is None or self.current.waiting or self.current.failed):
            return
        self.fault = None
        self.apply(Event.RECOVERED)

    def _open(self, wanted: Wanted) -> OpenRecording:
        parts = self._parts
        recording = parts.opener.open(wanted, next_seq=self.next_seq, stalled=self.stalled, steps=self._steps)
        self.current, self._wanted = recording, None
        for name in recording.segments:
            if (segment := parts.log.closed.get(name)) is not None:
                recording.segment_closed(segment)
        parts.shelf.put(recording.shelved())
        self._tell(NewsKind.RECORDING_OPENED, wanted.label, recording)
        return recording

    def _end(
        self,
        recording: OpenRecording,
        reason: str,
        at_ns: int,
        label: ClockLabel,
        lost: tuple[Gap, ...] = (),
    ) -> Ended:
        recording.end(reason, at_ns, label, lost)
        final = self._parts.log.abandoned.isdisjoint(recording.segments)
        try:
            self._with_room(lambda: recording.finish(final=final), lambda: recording.finish(final=final))
        except StorageError as error:
            self.fail(error)
            if error.operation != "close":  # before that step, all of it was durable
                return self._give_up(recording, label)
        self._shelve(recording, "closed", label)
        return "closed"

    def _leave(self, trigger: str, at_ns: int, label: ClockLabel) -> None:
        """Leave the recording under way as it is, and want another in its place."""
        current, self.current = self.current, None
        if current is not None:
            self._give_up(current, label)
            opening = current.opening
            self._wanted = Wanted(trigger, at_ns, label, opening.marks, opening.assignment)

    def _give_up(self, recording: OpenRecording, label: ClockLabel) -> Ended:
        """Leave a recording as it is. It has ended for the shelf only if what it holds is sure by now."""
        self._shelve(recording, "cut off" if recording.abandon() else None, label)
        return "cut off"

    def _shelve(self, recording: OpenRecording, ended: Ended | None, label: ClockLabel) -> None:
        self._parts.shelf.put(recording.shelved(ended))
        self._tell(NewsKind.RECORDING_CLOSED, label, recording, duration_s=recording.duration_ns / NS)

    def _note(self, kind: EventKind, at_ns: int, label: ClockLabel, detail: dict[str, str | int]) -> None:
        current = self.current
        if current is None or current.failed:
            return
        self._with_room(lambda: current.note(kind, at_ns, label, detail), current.flush)
        self._parts.shelf.put(current.shelved())

    def _with_room(self, action: Callable[[], None], again: Callable[[], None]) -> None:
        """Do something that writes a little; on a full card, release the reserve and do the rest again."""
        try:
            action()
        except StorageFullError as error:
            if error.operation == "close" or not self._parts.reserve.release():
                raise
            again()

    def _tell(
        self,
        kind: NewsKind,
        label: ClockLabel,
        about: OpenRecording | None,
        *,
        text: str | None = None,
        duration_s: float | None = None,
    ) -> None:
        opening = None if about is None else about.opening
        if opening is None or about is None:
            self._parts.news.tell(kind, label, text=text)
            return
        self._parts.news.tell(
            kind,
            label,
            text=text,
            number=opening.number,
            recording=opening.recording.hex(),
            assignment=opening.assignment,
            trigger=opening.trigger,
            marks=opening.marks,
            prerecord_s=about.prerecord_ns / NS,
            asked_s=opening.asked_ns / NS,
            duration_s=duration_s,
        )

"""What people ask of the camera, and how a recording ends: one part of ``heart.step``. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from device.recording.heart import effects
from device.recording.heart.answers import GOES_ON, moved
from device.recording.heart.heart import Ending, Reopened
from device.recording.heart.messages import Released
from device.recording.heart.noticed import ChargeLow, ConditionChanged, SensorsOpenAgain
from device.recording.heart.work import CAUSES, Occasion, Work, said_later
from device.recording.state import ENDS, Action, Event, ends_recording
from device.ring.prerecord import Tail
from protocol.footage.format.limits import MAX_CHUNK_NS
from protocol.footage.format.model import GapCause

if TYPE_CHECKING:
    from device.recording.heart.messages import (
        AskAssign,
        AskBookmark,
        AskChange,
        AskPress,
        AskStop,
        SealTo,
        Shut,
        Tick,
    )
    from device.recording.heart.noticed import Noticed
    from device.recording.state import State
    from protocol.footage.format.model import PlainChunk


class Commands(Work):
    """One step, as far as people ask for it."""

    def press(self, press: AskPress) -> None:
        """A recording is to begin: at once, or once another has ended."""
        heart = self.heart
        if heart.ends_for_good or self._begins_with_what_is_stored():
            self.set(parked=(press,))
            return
        if heart.ending is not None:
            self.set(ending=None)
            for asker in heart.ending.askers:
                self.answer(asker, GOES_ON, ok=False)
        occasion = Occasion(press.at, press.trigger, press.asker, tail=self._tail(press.at.ns))
        self.happen(Event.PRESS, occasion)

    def noticed(self, message: Noticed) -> None:
        """Take in what the camera has noticed by itself."""
        match message:
            case ConditionChanged():
                self.do(effects.NoteCondition(message.span, self.seen.now))
            case ChargeLow():
                self.do(effects.NoteCharge(message.charge, self.seen.now))
            case SensorsOpenAgain():
                before, cause = self.heart.reopened, CAUSES.get(message.closed_as)
                if cause is not None:
                    from_ns = message.closed_ns if before is None else before.from_ns
                    self.set(reopened=Reopened(from_ns, message.at_ns, cause))
            case _:
                assert_never(message)

    def state_gap(self, chunk: PlainChunk) -> None:
        """Have the first chunk from after sensors opened again say what is missing before it, and why."""
        reopened = self.heart.reopened
        if reopened is not None and chunk.start_ns >= reopened.from_ns:
            self.set(reopened=None if chunk.start_ns >= reopened.until_ns else reopened)
            self.do(effects.StateGap(chunk, reopened.cause))

    def _begins_with_what_is_stored(self) -> bool:
        """Whether a press finds nothing but a chunk that is being stored, the first of its window."""
        return self.heart.storing is not None and self.seen.window_empty

    def _tail(self, at_ns: int) -> Tail:
        """What is known of the time from the newest chunk of the window to a press.

        While chunks come one after the other, as after a pause of the card, others may wait behind them.
        """
        heart, lost = self.heart, self.seen.lost
        cause = lost[0].cause if lost else GapCause.STALLED
        if heart.storing is not None:
            return Tail(heart.storing.cause or cause, heart.storing.start_ns)
        if heart.arrived_ns is not None and at_ns - heart.arrived_ns <= MAX_CHUNK_NS:
            return Tail(cause, max((gap.start_ns + gap.duration_ns for gap in lost), default=0))
        return Tail(cause)

    def stop(self, stop: AskStop) -> None:
        """The recording under way is to end with the chunk that is being filled."""
        if ends_recording(self.heart.camera, Event.STOP):
            self._begin_ending(Ending(stop.reason, stop.at, askers=(stop.asker,)), stop.asker)
        else:
            self.refuse(stop.asker)

    def mark(self, mark: AskBookmark) -> None:
        """A moment is to be marked in the ledger of the recording under way, not of one that is over."""
        if self.heart.ends_for_good:
            self.refuse(mark.asker)
            return
        self.happen(Event.BOOKMARK, Occasion(mark.at, asker=mark.asker, mark=mark.mark))

    def change(self, change: AskChange) -> None:
        """The camera is to be elsewhere: at once, or with the end of a recording that it ends."""
        if ends_recording(self.heart.camera, change.event):
            waits = ((change.event, change.asker),)
            self._begin_ending(Ending(ENDS[change.event], change.at, changes=waits), change.asker)
        else:
            self._make(change.event, change.asker, Occasion(change.at, asker=change.asker, of=change.of))
            self.tidy()

    def _begin_ending(self, new: Ending, asker: int) -> None:
        """Let the recording under way end with a stop, or with the one that waits already."""
        waiting = self.heart.ending
        if waiting is None:
            self.set(ending=replace(new, since_ns=self.heart.since_ns, came=self.heart.came))
            self.do(effects.Await())
        else:
            askers, changes = (*waiting.askers, *new.askers), (*waiting.changes, *new.changes)
            self.set(ending=replace(waiting, askers=askers, changes=changes))
        self.do(effects.CutChunk(asker))

    def _make(self, event: Event, asker: int | None, occasion: Occasion) -> None:
        """Make a change, after those that a stop carries."""
        self._make_changes_of_stop()
        before = self.heart.camera
        if Action.REFUSE not in self.happen(event, occasion) and asker is not None:
            self._say_moved(asker, before, event)

    def _say_moved(self, asker: int, before: State, event: Event) -> None:
        """Tell whoever asked for a change what it has come to."""
        sentence = moved(before, self.heart.camera)
        of_private = event in {Event.PRIVATE_ON, Event.PRIVATE_OFF}
        self.do(said_later(asker, sentence, before, of_private=of_private))

    def _make_changes_of_stop(self) -> None:
        """Make the changes that a stop carries before its recording has got its last chunks."""
        ending = self.heart.ending
        if ending is not None:
            self.set(ending=replace(ending, changes=()))
            for event, asker in ending.changes:
                self._make(event, asker, Occasion(ending.at, ending.reason, asker))

    def _make_stop(self) -> None:
        """Have a stop that waits be made, with the changes that it carries; its recording ends later."""
        self._make_changes_of_stop()
        ending = self.heart.ending
        if ending is not None and self.heart.camera.recording:
            self.happen(Event.STOP, Occasion(ending.at, ending.reason))

    def assign(self, assign: AskAssign) -> None:
        """The camera is somebody's from now on, or nobody's.

        Another's private time ends by it, and their own goes on: after a start the card may have said late
        whose the camera is. The same once more changes nothing.
        """
        before, event = self.heart.assignment, Event.ASSIGNED if assign.worn else Event.UNASSIGNED
        if self.heart.holder.is_same(assign, self.heart.camera):
            self._say_moved(assign.asker, self.heart.camera, event)
            return
        changes = before != assign.assignment
        if changes:
            self._make_stop()  # which is of whoever has it until now, with what follows it
        if changes and (self.heart.current or self.heart.wanted):
            self.set(handed_ns=assign.at.ns)
        ends = self.heart.holder.ends(assign, self.heart.camera)
        self.set(assignment=assign.assignment)
        occasion = Occasion(assign.at, asker=assign.asker)
        if (
            before is not None and changes
        ):  # the chunk being filled is the last one's: the next begins at once
            self.do(effects.CutChunk(assign.asker))
        if ends:
            self._make(Event.UNASSIGNED, None, occasion)
        self._make(event, assign.asker, occasion)
        if changes:
            self.set(private_of=assign.assignment)
            self.note_private()
        self.tidy()

    def seal_to(self, message: SealTo) -> None:
        """Recordings are sealed to others from now on."""
        self.do(effects.UseRecipients(message.recipients))

    def note_private(self) -> None:
        """Have the card say in whose hands the camera is private."""
        if self.heart.camera.private:
            self.do(effects.KeepPrivate(self.heart.private_of))

    def tick(self, tick: Tick) -> None:
        """Time passed."""
        now = self.seen.now
        self.do(effects.LookAtClock(now), effects.LookAtSpace(now), effects.Publish(), effects.Unlink())
        if not self.heart.camera.recording:
            self.do(effects.Prepare())
        if self.heart.unkept is not None and self.heart.camera.on:  # off, the card is to say what it was
            self.note_private()
            if not self.heart.camera.private:
                self.do(effects.ForgetPrivate())
        self.tidy()
        self.do(effects.Go(tick.asker))

    def tidy(self) -> None:
        """With the sensors closed and nothing awaited, let go of the segment that is open."""
        heart = self.heart
        if not heart.camera.sensors and heart.ending is None and heart.storing is None:
            self.do(effects.ForgetLost(), effects.FinishSegment(), effects.Unlink())

    def overdue(self) -> None:
        """Carry a stop out without its last chunk, once none has come for so long.

        While older ones still come, the encoder or the card is late, and all that was filmed belongs to the
        recording. What was to follow the stop does not wait for it.
        """
        heart = self.heart
        if heart.ending is None:
            return
        if heart.storing is None and heart.came == heart.ending.came:
            self.finish()
            return
        self._make_changes_of_stop()
        self.set(ending=replace(heart.ending, changes=(), came=heart.came))
        self.do(effects.Await())

    def shut(self, shut: Shut) -> None:
        """Let go of everything, once no chunk is being stored."""
        if self.heart.storing is not None:
            self.set(shutting=shut.asker)
            return
        if self.heart.ending is not None:
            self.finish()
        self.set(shutting=None)
        self.do(effects.FinishSegment(), effects.Go(shut.asker))

    def finish(self) -> None:
        """Carry out the stop that waits: its recording has got its last chunks."""
        ending = self.heart.ending
        if ending is None:
            return
        self.set(ending=None)
        stopped = Occasion(ending.at, ending.reason, askers=ending.askers)
        ended = False
        for event, asker in ending.changes:
            before, occasion = self.heart.camera, replace(stopped, asker=asker)
            actions = self.happen(event, occasion)
            ended = ended or Action.END_RECORDING in actions
            if Action.REFUSE not in actions:
                self._say_moved(asker, before, event)
        if not ended and self.heart.camera.recording:
            self.happen(Event.STOP, stopped)
        elif not ended:  # the changes were made before
            self.end(stopped)
        if not self.heart.camera.sensors or self.heart.since_ns >= ending.at.ns:
            self.do(effects.ClearWindow(), effects.ForgetLost())
        self.tidy()
        self.release()

    def release(self) -> None:
        """Let go on what was parked, once all that has been begun is done."""
        if self.heart.parked:
            self.do(effects.Then(Released()))

    def released(self) -> None:
        """Go on with what was parked; what has to wait again keeps its place."""
        parked = self.heart.parked
        self.set(parked=())
        self.do(*(effects.Then(command) for command in parked))

"""The heart of the camera: one pure function that says what follows from a message.

    heart, effects = step(heart, message, seen, roll_over_ns)

Rules:

- A press is acknowledged once its commit has come back as durable (C3), and waits for no chunk but one with
  which it begins.
- A chunk that could not be stored becomes a signed gap in the next one (C6). What is stored stays.
- Where something had closed the sensors that the card kept waiting, and the footage goes on, that is a gap.
- What was filmed before the window began anew (another officer's time, or before a private one) is dropped,
  however late it comes.
- A stop ends the chunk being filled, and the recording with it. A press meanwhile takes the stop back; if the
  camera changes its state or its wearer it is another recording, and is parked until the first has ended.
- What was filmed before a stop and waits for a slow card belongs to the recording, even if the sensors are
  closed by then. What comes from after it does not; what never comes is a signed gap at the end.
- A camera that goes to another has been stopped by then, if a stop waits: what follows is theirs.
- Changes are made in the order in which they were asked for. When the last chunk is late, they are made
  before it has come, and the recording ends later (C11).
- While a chunk is being stored, the segment being written is the storing thread's: nothing here closes it.
- An error of our own never ends the filming: the recording is left cut off and another begins.

It opens, writes and waits for nothing, and reads no clock: ``seen`` is what there was to see.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from device.recording.heart import effects
from device.recording.heart import messages as m
from device.recording.heart.answers import has_ended, is_running, marked_in, not_noted, not_safe_yet
from device.recording.heart.commands import Commands
from device.recording.heart.heart import Storing
from device.recording.heart.marked import Marked, PrivateNoted
from device.recording.heart.messages import Instant, Shut, Taken
from device.recording.heart.noticed import ChargeLow, ConditionChanged, SensorsOpenAgain
from device.recording.heart.wanted import Wanted
from device.recording.heart.work import Occasion
from device.recording.state import Event
from device.ring.prerecord import Tail
from protocol.footage.format.model import GapCause, Track
from protocol.units import NS_PER_US

if TYPE_CHECKING:
    from device.recording.heart.effects import Effect
    from device.recording.heart.heart import Heart, Seen
    from device.recording.heart.messages import Command, Message
    from protocol.footage.format.model import PlainChunk


def step(heart: Heart, message: Message, seen: Seen, roll_over_ns: int) -> tuple[Heart, tuple[Effect, ...]]:
    """Deal with one message.

    Args:
        heart: What the camera knows.
        message: What reaches it.
        seen: What there is to see now.
        roll_over_ns: A recording this long goes on in a new one.

    Returns:
        What it knows then, and what is to be done, in order. What comes of an effect is a message of its own,
        to be dealt with before the next effect is carried out.
    """
    work = _Step(heart, seen, roll_over_ns)
    if heart.parked and isinstance(
        message, m.AskPress | m.AskStop | m.AskBookmark | m.AskChange | m.AskAssign | m.SealTo
    ):
        work.set(parked=(*heart.parked, message))  # everything in the order in which it was asked for
    else:
        work.take(message)
    return work.heart, tuple(work.effects)


class _Step(Commands):
    """One message, and what comes of it."""

    def __init__(self, heart: Heart, seen: Seen, roll_over_ns: int) -> None:
        super().__init__(heart, seen)
        self._roll_over_ns = roll_over_ns

    def take(self, message: Message) -> None:  # noqa: C901, PLR0912 - a table of who deals with what
        """Deal with a message of any kind."""
        match message:
            case m.AskPress() | m.AskStop() | m.AskBookmark() | m.AskChange() | m.AskAssign() | m.SealTo():
                self._asked(message)
            case m.Tick():
                self.tick(message)
            case m.Settle():
                self._settle(message)
            case m.Published():
                self.well()
            case m.Overdue():
                self.overdue()
            case m.Shut():
                self.shut(message)
            case ConditionChanged() | ChargeLow() | SensorsOpenAgain():
                self.noticed(message)
            case m.ChunkArrived():
                self._arrived(message)
            case m.ChunkStored():
                self._stored(message)
            case m.ChunkLost():
                self._lost(message)
            case m.ChunkBroken():
                self._broken(message)
            case m.Taken():
                self._taken(message)
            case m.Released():
                self.released()
            case m.Opened():
                self._opened(message)
            case m.NotOpened():
                self._not_opened(message)
            case m.RolledOver():
                self.set(current=message.current)
            case m.HasEnded():
                self._has_ended(message)
            case m.NotEnded():
                self._not_ended(message)
            case Marked():
                self._marked(message)
            case m.StorageFailed():
                self.fail(message.why)
            case m.Said():
                self._said(message)
            case PrivateNoted():
                self.set(unkept=message.why and not_noted(self.heart.camera, message.why))
            case _:
                assert_never(message)

    def _asked(self, command: Command) -> None:
        """Do what somebody asks for."""
        match command:
            case m.AskPress():
                self.press(command)
            case m.AskStop():
                self.stop(command)
            case m.AskBookmark():
                self.mark(command)
            case m.AskChange():
                self.change(command)
            case m.AskAssign():
                self.assign(command)
            case m.SealTo():
                self.seal_to(command)
            case _:
                assert_never(command)

    def _arrived(self, arrived: m.ChunkArrived) -> None:
        chunk = arrived.plain
        if self.heart.ending is not None and chunk.start_ns > self.heart.ending.at.ns:
            self.finish()
            if self.heart.parked:  # a press that it was filmed for, maybe: that is dealt with first
                self.do(effects.Then(arrived))
                return
        heart = self.heart
        if not heart.camera.sensors and not heart.awaits(chunk.start_ns):
            self.do(effects.Go(arrived.asker))  # private means off
        elif heart.owns(chunk.start_ns):
            self.set(storing=Storing(chunk.start_ns, _stated(chunk)))
            self.state_gap(chunk)
            self.do(effects.Go(arrived.asker, store=True))
        else:
            self.do(effects.Then(Taken(arrived.asker, _end_ns(chunk), stored=False)))

    def _stored(self, stored: m.ChunkStored) -> None:
        """A chunk is durable: it belongs to the window, and to the recording under way.

        While the card took it the camera may have changed its state or its wearer: then it goes, unless a
        stop waits for it, and with the end of that recording.
        """
        self.set(storing=None)
        heart, chunk = self.heart, stored.chunk
        belongs = heart.owns(chunk.start_ns)
        filming = heart.camera.sensors or heart.ending is not None
        record = belongs and (filming or heart.current is not None)
        self.do(effects.Keep(chunk, record=record, hold=belongs and filming))
        if record and heart.current is None and heart.wanted is not None:
            self.do(effects.Commit(heart.wanted, Tail(GapCause.STALLED, chunk.start_ns), None))
        self.do(effects.Then(Taken(stored.asker, chunk.end_ns, stored=record)))

    def _lost(self, lost: m.ChunkLost) -> None:
        self.set(storing=None)
        self.fail(lost.why)
        self.do(effects.NoteClosed(), effects.Then(Taken(lost.asker, _end_ns(lost.plain), stored=False)))

    def _broken(self, broken: m.ChunkBroken) -> None:
        """After an error of our own: leave segment, window and recording as they are, and begin anew."""
        chunk = broken.plain
        self.set(storing=None)
        self.do(effects.ClearWindow(), effects.BreakOff(chunk, broken.from_seq))
        if chunk.start_ns >= self.heart.since_ns:
            self.begin_window(_end_ns(chunk), GapCause.ENCODER)
        self.fail(broken.why)
        self._leave("internal fault", self.seen.now)
        self._dealt_with()
        self.do(effects.Go(broken.asker))

    def _taken(self, taken: m.Taken) -> None:
        """What may be due once a chunk has come, stored or not."""
        now, heart, end_ns = self.seen.now, self.heart, taken.end_ns
        at_ns = min(now.ns, end_ns)  # a chunk that had to wait may be from long ago
        utc_us = now.label.utc_us - (now.ns - at_ns) // NS_PER_US
        then = Instant(at_ns, replace(now.label, utc_us=utc_us))
        if taken.stored:
            self.well()
        self.do(effects.LookAtClock(now))
        current, ending = heart.current, heart.ending
        if ending is not None and end_ns >= ending.at.ns:
            self.finish()
        elif current is not None and self.seen.failed:
            self.do(effects.FinishSegment())
            self._leave("storage fault", then)
            if (wanted := self.heart.wanted) is not None:
                self.do(effects.Commit(wanted, Tail(GapCause.STALLED, at_ns), None))
        elif ending is None and current is not None and end_ns - current.press_ns >= self._roll_over_ns:
            self.happen(Event.ROLL_OVER, Occasion(then))
        self.do(effects.Publish(), effects.Unlink())
        if self.seen.segment_full:
            self.do(effects.FinishSegment())
        self._dealt_with()
        self.do(effects.Go(taken.asker))

    def _dealt_with(self) -> None:
        """A chunk has been: count it, and let go on what waited for it."""
        self.set(arrived_ns=self.seen.now.ns, came=self.heart.came + 1)
        self.release()
        if self.heart.shutting is not None:
            self.do(effects.Then(Shut(self.heart.shutting)))

    def _leave(self, trigger: str, at: Instant) -> None:
        """Leave the recording under way as it is, and want another in its place."""
        current = self.heart.current
        if current is not None:
            wanted = Wanted(trigger, at.ns, at.label, current.marks, current.assignment)
            self.set(current=None, left=current.number, wanted=wanted)
            self.do(effects.Leave())

    def _opened(self, opened: m.Opened) -> None:
        waited = (effects.WriteBookmark(None, each.at, each.mark) for each in self.heart.unmarked)
        self.set(current=opened.current, wanted=None, unmarked=(), left=None, doubtful=None)
        self.do(effects.TellSensors(), *waited, effects.Soon(m.Settle()))
        if opened.asker is None:
            self.well()
        self.answer(opened.asker, f"Recording {opened.current.number} is safe from now on.")

    def _settle(self, message: m.Settle) -> None:
        if message.asker is None:
            self.do(effects.Publish())
        else:
            self.do(effects.Go(message.asker, store=True))

    def _not_opened(self, message: m.NotOpened) -> None:
        self.set(doubtful=message.doubtful)
        self.fail(message.why)
        self.do(effects.TellSensors())
        self.answer(message.asker, f"Not recording yet, still trying: {message.why}", ok=False)

    def _has_ended(self, message: m.HasEnded) -> None:
        camera = self.heart.camera
        outcome = has_ended(message, camera.mode)
        self.do(*(effects.Answer(asker, outcome, camera) for asker in message.askers))

    def _not_ended(self, message: m.NotEnded) -> None:
        for asker in message.askers:
            self.answer(asker, f"The recording could not be ended: {message.why}.", ok=False)

    def _marked(self, message: Marked) -> None:
        if message.why is not None:
            if not self.heart.camera.faulty:  # else what is wrong was said already
                self.fail(message.why)
            if message.is_press:  # the next one is no bounce of it
                self.set(noted_ns=0)
            what = "This press" if message.is_press else message.words
            self.answer(message.asker, not_safe_yet(what, message.why), ok=False)
        elif self.heart.current is not None:
            current = self.heart.current
            done = is_running(current) if message.is_press else marked_in(current, message.words)
            self.answer(message.asker, done)

    def _said(self, message: m.Said) -> None:
        unkept = self.heart.unkept if message.of_private else None
        sentence = " ".join(filter(None, (message.sentence, unkept)))
        self.answer(message.asker, sentence, ok=message.ok and unkept is None)


def _end_ns(chunk: PlainChunk) -> int:
    return chunk.start_ns + chunk.duration_ns


def _stated(chunk: PlainChunk) -> GapCause | None:
    """Why there is nothing before a chunk, if it says so."""
    gaps = (gap for gap in chunk.gaps if gap.track is Track.VIDEO and gap.start_ns < chunk.start_ns)
    return next((gap.cause for gap in gaps), None)

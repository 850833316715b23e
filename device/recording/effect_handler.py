"""Carries out what the heart of the camera has decided: on the card, in the window, and in the news.

Each effect is done by the one method that belongs to it, and what comes of it is returned as messages. This
decides nothing, and belongs to the one thread that deals with messages.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from device.conditions.recent import condition_event, condition_words
from device.errors import StorageError
from device.lost import tail
from device.recording.clock_steps import Step, StepWatch
from device.recording.heart import effects as e
from device.recording.heart.marked import BOOKMARK, Marked, PrivateNoted
from device.recording.heart.messages import (
    Current,
    HasEnded,
    NotEnded,
    NotOpened,
    Opened,
    Published,
    RolledOver,
    StorageFailed,
)
from device.recording.under_way import UnderWay
from device.storage import durable
from device.storage.space import SpaceWatch
from protocol.footage.ledger.ledger import EventKind
from protocol.messages.events import NewsKind
from protocol.units import NS_PER_S, US_PER_S

if TYPE_CHECKING:
    from device.recording.heart.effects import Effect
    from device.recording.heart.messages import Instant, Message
    from device.recording.parts import Parts
    from device.recording.recording import OpenRecording

log = logging.getLogger(__name__)

_TAKES_NO_MORE = "The card takes no more of this recording."

Results = list["Message"]


class EffectHandler:
    """Does what is to be done with the card.

    Attributes:
        under_way: The recording under way.
        space: The room on the card.
    """

    def __init__(self, parts: Parts, alert_percent: tuple[int, ...]) -> None:
        """Nothing is to be done yet.

        Args:
            parts: What it works with.
            alert_percent: How full the card is when it is worth saying.
        """
        self.under_way = UnderWay(parts, self._note_failure)
        self.space = SpaceWatch(parts.filesystem, parts.folders.root, parts.reserve, alert_percent)
        self._parts = parts
        self._watch = StepWatch()
        self._failures: Results = []

    def carry_out(self, effect: Effect) -> Results:
        """Carry out an effect; return what came of it, in order. What is not the card's is not done here."""
        results = self._do(effect)
        failures, self._failures = self._failures, []
        return [*failures, *results]

    def _do(self, effect: Effect) -> Results:  # noqa: C901, PLR0911, PLR0912 - a table of what does what
        match effect:
            case e.Commit():
                return self._commit(effect)
            case e.Keep():
                self._keep(effect)
            case e.StateGap():
                self.under_way.state_gap(effect.chunk, effect.cause)
            case e.WriteBookmark():
                return self._bookmark(effect)
            case e.NotePress():
                return self._note_press(effect)
            case e.RollOver():
                return self._roll_over(effect)
            case e.End():
                return self._end(effect)
            case e.Leave():
                self.under_way.leave(self._parts.clock.label())
            case e.FinishSegment():
                self._finish_segment()
            case e.NoteClosed():
                self._note_closed()
            case e.BreakOff():
                self._break_off(effect)
            case e.BeginWindow():
                self._parts.window.begin(effect.since_ns, effect.cause)
            case e.ClearWindow():
                self._parts.window.clear()
            case e.ForgetLost():
                self._parts.writer.begin_anew()
            case e.Publish():
                return self._publish()
            case e.Prepare():
                self._parts.opener.prepare()
            case e.Unlink():
                self._unlink()
            case e.LookAtClock():
                self._look_at_clock(effect)
            case e.LookAtSpace():
                self._look_at_space(effect)
            case e.SayFault():
                self._say_fault(effect)
            case e.NoteCondition():
                self._note_condition(effect)
            case e.NoteCharge():
                self._note_charge(effect)
            case e.KeepPrivate():
                return [PrivateNoted(self._parts.private.keep(effect.assignment))]
            case e.ForgetPrivate():
                return [PrivateNoted(self._parts.private.forget())]
            case e.UseRecipients():
                self._parts.opener.recipients = effect.recipients
            case _:
                message = f"internal error: {effect} is nothing for the card"
                raise TypeError(message)
        return []

    def _note_failure(self, error: Exception) -> None:
        """Something could not be stored; what is being done goes on all the same."""
        self._failures.append(StorageFailed(str(error)))

    def _commit(self, effect: e.Commit) -> Results:
        try:
            recording = self.under_way.open(effect.wanted, effect.tail, awaited=effect.asker is not None)
        except StorageError as error:
            return [NotOpened(effect.asker, str(error), self._parts.opener.left_behind)]
        return [Opened(effect.asker, _current(recording))]

    def _keep(self, effect: e.Keep) -> None:
        chunk, under_way, window = effect.chunk, self.under_way, self._parts.window
        self._note_closed()
        under_way.next_seq = chunk.seq + 1
        keys = window.add(chunk, self._parts.clock.boot_ns(), under_way.sealed_for)
        if effect.record:
            try:
                under_way.live(chunk, keys)
            except StorageError as error:
                self._note_failure(error)
        if not effect.hold:
            window.clear()

    def _bookmark(self, effect: e.WriteBookmark) -> Results:
        mark = effect.mark
        why = self._mark(mark.kind, effect.at, dict(mark.detail))
        if why is None and mark == BOOKMARK:
            self.under_way.tell(NewsKind.BOOKMARK, effect.at.label, self.under_way.current)
        return [Marked(effect.asker, why, words=mark.words)]

    def _note_press(self, effect: e.NotePress) -> Results:
        why = self._mark(EventKind.PRESS, effect.at, {"trigger": effect.trigger})
        return [Marked(effect.asker, why, is_press=True)]

    def _mark(self, kind: EventKind, at: Instant, detail: dict[str, str | int]) -> str | None:
        """Mark a moment in the ledger of the recording under way; return why that is not done."""
        try:
            return None if self.under_way.note(kind, at.ns, at.label, detail) else _TAKES_NO_MORE
        except StorageError as error:
            return str(error)

    def _roll_over(self, effect: e.RollOver) -> Results:
        self.under_way.roll_over(effect.at.ns, effect.at.label, self._finish_segment)
        current = self.under_way.current
        return [] if current is None else [RolledOver(_current(current))]

    def _end(self, effect: e.End) -> Results:
        """Complete the recording under way.

        An error of our own costs its last record alone: whoever waits is told, and the next start puts the
        recording in order.
        """
        recording, self.under_way.current = self.under_way.current, None
        if recording is None:
            return [NotEnded(effect.askers, "internal error: there is none")]
        at = effect.at
        try:
            lost = tail(self._parts.writer.missing, recording.tracks, recording.end_ns, at.ns, effect.why)
            ended = self.under_way.end(recording, effect.reason, at.ns, at.label, lost)
        except Exception as error:
            log.exception("A recording could not be ended.")
            return [NotEnded(effect.askers, str(error))]
        seconds, before = recording.duration_ns / NS_PER_S, recording.prerecord_ns / NS_PER_S
        name = recording.opening.recording.hex()
        return [HasEnded(effect.askers, recording.number, ended, lost, seconds, before, name)]

    def _finish_segment(self) -> None:
        try:
            self._parts.writer.finish()
        except StorageError as error:
            self._note_failure(error)
        self._note_closed()

    def _note_closed(self) -> None:
        """The recording under way hears of segments that were closed."""
        for segment in self._parts.writer.take_closed():
            self.under_way.segment_closed(segment)

    def _break_off(self, effect: e.BreakOff) -> None:
        self._parts.writer.break_off(effect.chunk, effect.from_seq)
        self.under_way.next_seq = self._parts.writer.next_seq
        self._note_closed()

    def _publish(self) -> Results:
        self.under_way.tell_opened()
        publisher = self.under_way.publisher
        failing = publisher.failing
        publisher.publish()
        return [Published()] if failing and not publisher.failing else []

    def _unlink(self) -> None:
        """Remove segments that neither window nor recordings need any more."""
        writing, claimed = self._parts.writer.writing, self.under_way.claimed
        for name in self._parts.window.take_unneeded(claimed if writing is None else {writing, *claimed}):
            self._parts.writer.unlinked(name)
            try:
                durable.remove(self._parts.filesystem, self._parts.folders.ring / name)
            except StorageError as error:
                self._note_failure(error)

    def _look_at_clock(self, effect: e.LookAtClock) -> None:
        """Notice a step of wall time and say so in the recording, or in the next one's pre-record (C10)."""
        now, under_way = effect.now, self.under_way
        step_us = self._watch.look(now.ns, now.label.utc_us)
        if step_us is None:
            return
        under_way.steps.add(Step(now.ns, now.label, step_us))
        text = f"Wall time stepped by {step_us / US_PER_S:.1f} s."
        under_way.tell(NewsKind.CLOCK_STEP, now.label, under_way.current, text=text)
        try:
            under_way.note(EventKind.CLOCK_STEP, now.ns, now.label, {"step_us": step_us})
        except StorageError as error:
            self._note_failure(error)

    def _look_at_space(self, effect: e.LookAtSpace) -> None:
        now = effect.now
        mark = self.space.look(now.ns)
        if mark is None:
            return
        self.under_way.tell(NewsKind.STORAGE_LOW, now.label, None, text=self.space.sentence)
        try:
            self.under_way.note(EventKind.LOW_STORAGE, now.ns, now.label, {"percent": mark})
        except StorageError as error:
            self._note_failure(error)

    def _note_condition(self, effect: e.NoteCondition) -> None:
        """Tell of what is wrong with picture or sound: news when it begins, the ledger in any case (C12)."""
        under_way, span, now = self.under_way, effect.span, effect.now
        under_way.conditions.add(span)
        if span.end_ns is None:
            under_way.tell(NewsKind.FAULT, now.label, under_way.current, text=condition_words(span))
        event = condition_event(span, now.ns, now.label)
        try:
            under_way.note(event.kind, event.at_ns, event.label, dict(event.detail))
        except StorageError as error:
            self._note_failure(error)

    def _note_charge(self, effect: e.NoteCharge) -> None:
        charge, now = effect.charge, effect.now
        self.under_way.tell(NewsKind.BATTERY_LOW, now.label, None, text=charge.sentence)
        try:
            self.under_way.note(EventKind.LOW_BATTERY, now.ns, now.label, {"percent": charge.percent})
        except StorageError as error:
            self._note_failure(error)

    def _say_fault(self, effect: e.SayFault) -> None:
        under_way, now = self.under_way, effect.now
        under_way.tell(NewsKind.FAULT, now.label, under_way.current, text=effect.why)
        with contextlib.suppress(StorageError):  # it is being said in every other way
            under_way.note(EventKind.FAULT, now.ns, now.label, {"what": effect.why})


def _current(recording: OpenRecording) -> Current:
    opening, before = recording.opening, recording.prerecord_ns / NS_PER_S
    return Current(
        recording.number,
        opening.press_ns,
        opening.marks,
        opening.assignment,
        before,
        opening.recording.hex(),
    )

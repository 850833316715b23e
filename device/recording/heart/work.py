"""One step of the heart in the making, and how the table of states is carried out in it. Pure.

Each action of the table (``device.recording.state``) is done by the one method that belongs to it, and by
nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from device.recording.heart import effects
from device.recording.heart.answers import REFUSALS, is_running, not_safe_yet, nothing_recorded
from device.recording.heart.marked import BOOKMARK, LedgerMark, PrivateOf
from device.recording.heart.messages import Said
from device.recording.heart.outcome import Outcome
from device.recording.heart.wanted import Unmarked, Wanted
from device.recording.state import Action, Event, State, step
from device.ring.prerecord import OF_OTHERS, Tail
from protocol.footage.format.model import GapCause
from protocol.mode import Mode
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from device.recording.heart.effects import Effect
    from device.recording.heart.heart import Heart, Seen
    from device.recording.heart.messages import Current, Instant

PRESS_SPACING_NS = NS_PER_S
"""A press that follows sooner is not noted: a button bounces, and one that sticks fills a ledger."""

MOST_UNMARKED = 100
"""So many marks wait for a recording that could not be opened yet; more are not in it."""

CAUSES = {
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
        at: When it was asked for.
        reason: What a recording that it begins or ends names as what began or ended it.
        asker: Who waits for what it begins or refuses.
        askers: Who waits for what it ends.
        tail: What is known of the time from the newest chunk to a press.
        mark: What a bookmark is.
        of: Whose a private time is that begins; None for whoever has the camera.
    """

    at: Instant
    reason: str = ""
    asker: int | None = None
    askers: tuple[int, ...] = ()
    tail: Tail = field(default_factory=lambda: Tail(GapCause.STALLED))
    mark: LedgerMark = BOOKMARK
    of: PrivateOf | None = None


class Work:
    """One step in the making."""

    def __init__(self, heart: Heart, seen: Seen) -> None:
        """Begin with the state as it is."""
        self.heart = heart
        self.seen = seen
        self.effects: list[Effect] = []

    def set(self, **facts: Any) -> None:  # noqa: ANN401 - ``Heart`` says what they are
        """Change facts of the state."""
        self.heart = replace(self.heart, **facts)

    def do(self, *new: Effect) -> None:
        """Have something done after what is to be done already."""
        self.effects.extend(new)

    def happen(self, event: Event, occasion: Occasion) -> tuple[Action, ...]:
        """Let something happen: the state takes its step, and what the table says is done; return that."""
        before, now_ns = self.heart.camera, self.seen.now.ns
        after, actions = step(before, event)
        if before.closed_by_hand:  # until then, or until a press that waited for the card had opened them
            self.set(by_hand_ns=min(now_ns, occasion.at.ns) if event is Event.PRESS else now_ns)
        self.set(camera=after)
        for action in actions:
            self.ACTIONS[action](self, before, occasion)
        return actions

    def answer(self, asker: int | None, sentence: str, *, ok: bool = True, refused: bool = False) -> None:
        """Tell whoever waits a sentence about the recording under way, if there is one.

        What is refused is in no recording, also while one waits for its last chunks.
        """
        if asker is None:
            return
        current = None if refused else self.heart.current
        outcome = Outcome(
            ok=ok,
            state=self.heart.camera.mode,
            sentence=sentence,
            number=None if current is None else current.number,
            prerecord_s=None if current is None else current.prerecord_s,
            recording=None if current is None else current.recording,
            refused=refused,
        )
        self.do(effects.Answer(asker, outcome, self.heart.camera))

    def refuse(self, asker: int | None) -> None:
        """Tell whoever waits that this cannot be done here, and why."""
        self.answer(asker, REFUSALS[self.heart.camera.home], ok=False, refused=True)

    def fail(self, why: str) -> None:
        """Something could not be stored: say so, once."""
        self.set(fault=why)
        self.happen(Event.FAILED, Occasion(self.seen.now))

    def well(self) -> None:
        """Footage is being stored: the fault is over, unless something still waits."""
        heart, seen = self.heart, self.seen
        stuck = heart.camera.recording and (heart.current is None or seen.stuck)
        if heart.camera.faulty and not stuck and not seen.unpublished:
            self.happen(Event.RECOVERED, Occasion(self.seen.now))

    def begin_window(self, since_ns: int, cause: GapCause) -> None:
        """The window fills from then on, for this cause; why nothing came before that is said by it."""
        reopened = self.heart.reopened
        if reopened is not None and reopened.until_ns <= since_ns:
            self.set(reopened=None)
        self.set(since_ns=since_ns if cause in OF_OTHERS else 0, window_ns=since_ns)
        self.do(effects.BeginWindow(since_ns, cause))

    def end(self, occasion: Occasion) -> None:
        """End the recording under way, which has got its last chunks."""
        heart = self.heart
        self.set(current=None, wanted=None, unmarked=(), left=None, handed_ns=None)
        self.do(effects.FinishSegment())  # which belongs to it to the end
        if heart.handed_ns is not None:  # the window begins anew, with what waits for its wearer
            self.do(effects.ClearWindow())
            since_ns = max(heart.handed_ns, occasion.at.ns)
            if heart.window_ns < since_ns:  # else it has begun since, and what was before that is over
                self.begin_window(since_ns, GapCause.NOT_ASSIGNED)
        if heart.current is not None:
            why = heart.why_none_came(occasion.at.ns)
            self.do(effects.End(occasion.reason, occasion.at, occasion.askers, why))
        else:
            said = nothing_recorded(heart.left, heart.doubtful, heart.camera.mode, heart.fault)
            self.do(*(effects.Answer(asker, said, heart.camera) for asker in occasion.askers))
        self.do(effects.TellSensors())

    def _open_sensors(self, before: State, occasion: Occasion) -> None:
        self.begin_window(occasion.at.ns, CAUSES[before.home])
        self.do(effects.TellSensors())

    def _commit(self, before: State, occasion: Occasion) -> None:
        wanted = Wanted(
            occasion.reason, occasion.at.ns, occasion.at.label, before.marks, self.heart.assignment
        )
        self.set(wanted=wanted)
        self.do(effects.Commit(wanted, occasion.tail, occasion.asker))

    def _same_recording(self, before: State, occasion: Occasion) -> None:
        heart = self.heart
        if heart.current is not None:
            self._note_press(heart.current, occasion)
        elif heart.wanted is not None:
            self.do(effects.Commit(heart.wanted, occasion.tail, occasion.asker))
        else:
            self._commit(before, occasion)

    def _note_press(self, current: Current, occasion: Occasion) -> None:
        """A press in a recording is part of what happened, and is answered once it is in the ledger.

        Each bounce of a button is not, and is answered at once.
        """
        at_ns = occasion.at.ns
        if at_ns - max(current.press_ns, self.heart.noted_ns) >= PRESS_SPACING_NS:
            self.set(noted_ns=at_ns)
            self.do(effects.NotePress(occasion.reason, occasion.at, occasion.asker))
        else:
            self.answer(occasion.asker, is_running(current))

    def _bookmark(self, _: State, occasion: Occasion) -> None:
        heart, asker, mark = self.heart, occasion.asker, occasion.mark
        if heart.current is not None:
            self.do(effects.WriteBookmark(asker, occasion.at, mark))
        elif heart.wanted is None:
            self.refuse(asker)
        elif len(heart.unmarked) >= MOST_UNMARKED:
            self.answer(
                asker, f"{mark.words} is not in the recording: too many wait for it to begin.", ok=False
            )
        else:  # the recording that is still tried has it as soon as there is one
            self.set(unmarked=(*heart.unmarked, Unmarked(occasion.at, mark)))
            self.answer(asker, not_safe_yet(mark.words, heart.fault), ok=False)

    def _roll_over(self, _: State, occasion: Occasion) -> None:
        self.do(effects.RollOver(occasion.at))

    def _end_recording(self, _: State, occasion: Occasion) -> None:
        if self.heart.ending is None:  # else it ends when it has got its last chunks
            self.end(occasion)

    def _close_sensors(self, _: State, __: Occasion) -> None:
        self.do(effects.TellSensors())

    def _drop_ring(self, _: State, __: Occasion) -> None:
        self.do(effects.ClearWindow())

    def _keep_private(self, before: State, occasion: Occasion) -> None:
        if not before.private:
            of = occasion.of
            self.set(private_of=self.heart.assignment if of is None else of.assignment)
        self.do(effects.KeepPrivate(self.heart.private_of))

    def _forget_private(self, _: State, __: Occasion) -> None:
        self.do(effects.ForgetPrivate())

    def _say_fault(self, _: State, occasion: Occasion) -> None:
        self.do(effects.SayFault(self.heart.fault or "", occasion.at))

    def _clear_fault(self, _: State, __: Occasion) -> None:
        self.set(fault=None)

    def _refuse(self, _: State, occasion: Occasion) -> None:
        self.refuse(occasion.asker)

    ACTIONS: ClassVar[Mapping[Action, Callable[[Work, State, Occasion], None]]] = {
        Action.OPEN_SENSORS: _open_sensors,
        Action.COMMIT: _commit,
        Action.SAME_RECORDING: _same_recording,
        Action.BOOKMARK: _bookmark,
        Action.ROLL_OVER: _roll_over,
        Action.END_RECORDING: _end_recording,
        Action.CLOSE_SENSORS: _close_sensors,
        Action.DROP_RING: _drop_ring,
        Action.KEEP_PRIVATE: _keep_private,
        Action.FORGET_PRIVATE: _forget_private,
        Action.SAY_FAULT: _say_fault,
        Action.CLEAR_FAULT: _clear_fault,
        Action.REFUSE: _refuse,
    }
    """What carries out each action of the table. Made once: a step costs whoever pressed its time."""


def said_later(asker: int, sentence: str, found: State, *, of_private: bool = False) -> Effect:
    """Tell somebody a sentence, with the state as it is once what is before it is done.

    Args:
        asker: Whom.
        sentence: What.
        found: The state in which what they asked for found the camera.
        of_private: Whether it also says what the card did not take of that.
    """
    return effects.Then(Said(asker, sentence, found, of_private=of_private))

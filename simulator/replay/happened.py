"""What happened with a camera, step by step, as its ledgers tell it. Pure.

Rules:

* What a ledger says has its time. What must have happened between two recordings has a time at which it may
  have, and a remark that says between when.
* A recording without an end whose run is over is taken for a power cut, which is what it mostly is; one
  whose run went on, for a card that failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from protocol.footage.format.model import GapCause
from protocol.footage.ledger.conditions import ConditionKind
from protocol.footage.ledger.ledger import EventKind
from protocol.footage.ledger.unconfirmed import unconfirmed_of
from protocol.units import NS_PER_S
from simulator.replay.axis import run_places
from simulator.replay.on_axis import SOON_S, WordsOnAxis
from simulator.replay.remarks import CARD_FAILED, CUT_OFF, LATEST
from simulator.replay.said import began_it, detail_of, ended_it, said_in, step_of_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protocol.footage.consent import ConsentSaid
    from protocol.footage.ledger.ledger import LedgerEvent
    from simulator.replay.axis import RunPlace
    from simulator.replay.found import FoundCamera, FoundRecording

OVERRIDE, UNASSIGNED = "safety override", "unassigned"
ENDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "stopped": {"do": "stop"},
    "private": {"do": "private", "state": "on"},
    "docked": {"do": "dock"},
}
SENSORS: Final[Mapping[str, tuple[str, str]]] = {
    ConditionKind.BLACK: ("cover", "uncover"),
    ConditionKind.COVERED: ("cover", "uncover"),
    ConditionKind.SILENT: ("mute", "unmute"),
    ConditionKind.DEAD: ("mute", "unmute"),
}
"""Conditions that a tester can bring about, and how they begin and end."""
SAID_ELSEWHERE: Final = frozenset({EventKind.GAP, EventKind.ROLLED_OVER, EventKind.STOP})


@dataclass(frozen=True, slots=True)
class HappenedStep:
    """Something that happened.

    Attributes:
        at_s: When, on the axis of all cameras.
        keys: The step that it is; none for what there is no step for.
        remarks: What has to be known of it.
    """

    at_s: float
    keys: Mapping[str, Any] | None
    remarks: tuple[str, ...] = ()


def happened(camera: FoundCamera) -> list[HappenedStep]:
    """Return what happened with a camera, in order."""
    return sorted(_Days(camera).all(), key=lambda each: each.at_s)


@dataclass(slots=True)
class _Days:
    """Goes through a camera's recordings, with what is so between them."""

    camera: FoundCamera
    steps: list[HappenedStep] = field(default_factory=list)
    places: Mapping[bytes, RunPlace] = field(default_factory=dict)
    assigned: bool = True
    private: bool = False
    docked: bool = False
    words: WordsOnAxis = field(init=False)

    def all(self) -> list[HappenedStep]:
        recordings = self.camera.recordings
        self.places = run_places(recordings, self.camera.consents)
        self.words = WordsOnAxis(self.camera, self.places)
        for before, each, after in zip(
            (None, *recordings), recordings, (*recordings[1:], None), strict=False
        ):
            self._before(before, each)
            self._press(each)
            self._during(each)
            self._end(each, after)
        self._afterwards(recordings)
        for at_s, word, remarks in self.words.beside():
            self._said(at_s, word.said, *remarks)
        return self.steps

    def _when(self, recording: FoundRecording, at_ns: int) -> float:
        return self.places[recording.run].seconds(at_ns)

    def _add(self, at_s: float, keys: Mapping[str, Any] | None, *remarks: str) -> None:
        named = None if keys is None else {**keys, "cameras": [self.camera.name]}
        self.steps.append(HappenedStep(at_s, named, remarks))

    def _before(self, before: FoundRecording | None, each: FoundRecording) -> None:
        """What must have happened since the recording before, so that this one could be as it is."""
        then_s = self._when(each, each.first_ns) - SOON_S
        since_s = then_s if before is None else min(then_s, self._when(before, before.last_ns) + SOON_S)
        self._power(before, each, since_s, then_s)
        unclear = (
            f"When, after recording {each.number - 1}, is not known." if before else "When is not known."
        )
        reasons = {missing.reason for missing in each.ledger.open.missing}
        self.private = self.private or self.words.closed(
            float("-inf") if before is None else self._when(before, before.last_ns),
            self._when(each, each.ledger.open.press_ns),
        )
        self._wearer(before, each, since_s, then_s, unclear)
        if self._out_of_the_dock(reasons, since_s, then_s, unclear):
            since_s = then_s  # in its dock it cannot be made private
        self._privacy(each, reasons, since_s, then_s, unclear)
        for number in each.ledger.unconfirmed:
            self._refused_press(number.number, then_s)

    def _power(
        self, before: FoundRecording | None, each: FoundRecording, since_s: float, then_s: float
    ) -> None:
        reasons = {missing.reason for missing in each.ledger.open.missing}
        first, _ = self.words.span(each.run) or (then_s, then_s)
        if before is None:
            then_s = min(then_s, first - SOON_S)
            silent = self._silent_runs(float("-inf"), then_s)
            if silent or GapCause.JUST_BOOTED in reasons:
                if not silent:
                    said = "It was off before; since when is not known."
                    self._add(then_s - SOON_S, {"do": "kill_camera"}, said)
                self._add(then_s, {"do": "restart_camera"})
            return
        if before.run == each.run:
            if before.ledger.close is None:
                self._add(then_s, {"do": "card", "state": "good"}, "Its card was good again by then.")
            return
        _, last = self.words.span(before.run) or (since_s, since_s)
        since_s, then_s = max(since_s, last + SOON_S), min(then_s, first - SOON_S)
        if before.ledger.close is not None:
            ended = before.ledger.close.reason
            said = "It was shut down." if ended == "shut down" else "When it lost its power is not known."
            self._add(since_s, {"do": "kill_camera"}, said)
        self._silent_runs(since_s, then_s)
        place = self.places[each.run]
        guessed = " By how much is a guess: its clock cannot be believed." if place.guessed else ""
        booted = "When it was switched on again is not known"
        if GapCause.JUST_BOOTED in reasons:
            booted = "It had just been switched on"
        self._add(then_s, {"do": "restart_camera"}, f"{booted}.{guessed}")
        self.docked = False  # it comes back private if it was

    def _silent_runs(self, since_s: float, then_s: float) -> bool:
        steps = list(self.words.silent_runs(since_s, then_s))
        for at_s, keys, remarks in steps:
            self._add(at_s, keys, *remarks)
        return bool(steps)

    def _afterwards(self, recordings: Sequence[FoundRecording]) -> None:
        """Runs after the last recording in which the camera was told something."""
        if not recordings:
            self._silent_runs(float("-inf"), float("inf"))
            return
        last = recordings[-1]
        ended_s = self._when(last, last.last_ns)
        since_s = max(ended_s, (self.words.span(last.run) or (0, ended_s))[1])
        if self._silent_runs(since_s, float("inf")) and last.ledger.close is not None:
            self._add(since_s + SOON_S, {"do": "kill_camera"}, "When is not known.")

    def _wearer(
        self, before: FoundRecording | None, each: FoundRecording, since_s: float, then_s: float, unclear: str
    ) -> None:
        worn = UNASSIGNED not in each.ledger.open.marks
        other = before is not None and before.ledger.open.assignment != each.ledger.open.assignment
        if self.assigned and (not worn or other):
            self._add(since_s, {"do": "unassign"}, unclear)
            self.assigned = False
            self.private = False
        if worn and not self.assigned:
            self._add(then_s, {"do": "assign"}, LATEST)
            self.assigned = True

    def _out_of_the_dock(self, reasons: set[GapCause], since_s: float, then_s: float, unclear: str) -> bool:
        """Take it out of its dock, where it is in it by then; return whether it was."""
        if not self.docked and GapCause.DOCKED not in reasons:
            return False
        if not self.docked:
            self._add(since_s, {"do": "dock"}, unclear)
        self._add(then_s, {"do": "undock"}, LATEST)
        self.docked = self.private = False
        return True

    def _privacy(
        self, each: FoundRecording, reasons: set[GapCause], since_s: float, then_s: float, unclear: str
    ) -> None:
        override = OVERRIDE in each.ledger.open.marks
        if not self.private and (override or GapCause.PRIVATE in reasons):
            self._add(since_s, {"do": "private", "state": "on"}, unclear)
            self.private = True
        if self.private and not override:
            self._add(then_s, {"do": "private", "state": "off"}, LATEST)
            self.private = False

    def _refused_press(self, number: int, then_s: float) -> None:
        said = f"The card never confirmed recording {number}, so its press was refused; when is not known."
        self._add(then_s, {"do": "card", "state": "failing"}, said)
        self._add(then_s, {"do": "press", "refused": "perhaps"})
        self._add(then_s, {"do": "card", "state": "good"})

    def _press(self, each: FoundRecording) -> None:
        at_s = self._when(each, each.ledger.open.press_ns)
        altered = ("It is not as it was signed: nothing that it says is certain.",) if each.altered else ()
        if each.rolled_over:
            self._add(
                at_s, None, each.words, "No press began it: the one before it had become too long.", *altered
            )
            return
        word = began_it(each)
        said = None if word is None else said_in(word)
        begun = {"do": "press"} if said is None else step_of_word(said)
        self._add(at_s, begun, each.words, *altered)

    def _during(self, each: FoundRecording) -> None:
        pressed_ns = each.ledger.open.press_ns
        for event in each.ledger.events:
            at_s = self._when(each, event.at_ns)
            if event.kind is EventKind.PRESS:
                if event.at_ns > pressed_ns:
                    self._add(at_s, {"do": "press"}, "A further press, during the recording.")
            elif (said := said_in(event)) is not None:
                if event is not began_it(each):
                    self._said(at_s, said)
            elif event.kind is EventKind.BOOKMARK:
                self._add(at_s, {"do": "bookmark"})
            elif event.kind is EventKind.CLOCK_STEP:
                self._clock(at_s, event)
            elif event.kind is EventKind.FAULT:
                self._fault(each, event, at_s)
            elif event.kind not in SAID_ELSEWHERE:
                self._add(at_s, None, f"The ledger says: {event.kind} {detail_of(event)}".rstrip() + ".")
        self._gaps(each)

    def _said(self, at_s: float, said: ConsentSaid, *remarks: str) -> None:
        """What was said at the door, where there is a step that says it."""
        keys = step_of_word(said)
        remark = f"It was said: {said.kind} {said.why}".rstrip() + "." if keys is None else ""
        self._add(at_s, keys, *filter(None, (remark, *remarks)))

    def _clock(self, at_s: float, event: LedgerEvent) -> None:
        step_us = event.detail.get("step_us")
        if isinstance(step_us, int) and step_us:
            self._add(at_s, {"do": "clock", "state": "wrong", "step_s": step_us / 1_000_000})

    def _fault(self, each: FoundRecording, event: LedgerEvent, at_s: float) -> None:
        if unconfirmed_of(event.kind, event.detail) is not None:
            return
        begins_ns, ends_ns = event.detail.get("start_ns"), event.detail.get("end_ns")
        words = SENSORS.get(str(event.detail.get("condition", "")))
        if words is None or not isinstance(begins_ns, int):
            self._add(at_s, None, f"The camera said: {event.detail.get('what', 'a fault')}")
            return
        self._add(self._when(each, begins_ns), {"do": words[0]}, str(event.detail.get("what", "")))
        if isinstance(ends_ns, int):
            self._add(self._when(each, ends_ns), {"do": words[1]})

    def _gaps(self, each: FoundRecording) -> None:
        for gap in () if each.report is None else each.report.gaps:
            at_s = self._when(each, gap.start_ns)
            if gap.cause is GapCause.STORAGE and gap.track == "video":
                said = f"{gap.sentence}: how the card failed is not known."
                self._add(at_s, {"do": "card", "state": "failing"}, said)
                self._add(at_s + gap.duration_ns / NS_PER_S, {"do": "card", "state": "good"})
            elif gap.cause is not GapCause.STORAGE:
                self._add(at_s, None, f"It has a {gap.sentence}: there is no step that does this.")

    def _end(self, each: FoundRecording, after: FoundRecording | None) -> None:
        at_s, close = self._when(each, each.last_ns), each.ledger.close
        if close is not None:
            if close.reason == "rolled over":
                return
            known = close.reason in ENDS or close.reason == "shut down"
            unknown = () if known else (f'It ended with "{close.reason}", for which there is no step.',)
            if not ended_it(each):
                self._add(at_s, ENDS.get(close.reason, {"do": "stop"}), *unknown)
            self.private = self.private or close.reason == "private"
            self.docked = close.reason == "docked"
        elif after is not None and after.run == each.run:
            self._add(at_s, {"do": "card", "state": "failing"}, CARD_FAILED)
        else:
            self._add(at_s, {"do": "kill_camera"}, CUT_OFF)

"""The camera's states as a pure machine: (state, event) → (state, actions).

Rules:

- A state is a handful of facts; its name (``mode``) follows from them. So nothing is forgotten while
  something else is going on: a camera unassigned during a recording is in standby once it stops.
- Sensors are open exactly while the camera is ready or recording; when they close, the ring goes (C11).
- That a camera is private is kept on its card, after the sensors have closed and before it is answered.
- A press is refused only where recording would be wrong: off, docked, locked. In standby and private it
  records from nothing, and is marked.
- A fault takes nothing away: every event means in a fault what it means without it.

It does nothing itself: ``device.recording.heart.work`` carries each action out from here, in the order given.
``docs/camera-states.md`` is printed from here, and a test walks every path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from protocol.mode import Mode


class Event(StrEnum):
    """What can happen to a camera."""

    START = "start"
    SHUT_DOWN = "shut down"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    PRESS = "press"
    STOP = "stop"
    BOOKMARK = "bookmark"
    ROLL_OVER = "roll over"
    PRIVATE_ON = "private on"
    PRIVATE_OFF = "private off"
    DOCK = "dock"
    UNDOCK = "undock"
    LOCK = "lock"
    UNLOCK = "unlock"
    FAILED = "failed"
    RECOVERED = "recovered"


class Action(StrEnum):
    """What is done about it; ``device.recording.heart.work`` has one method for each."""

    OPEN_SENSORS = "open the sensors"
    COMMIT = "commit"
    SAME_RECORDING = "answer with the running recording"
    BOOKMARK = "bookmark"
    ROLL_OVER = "roll over"
    END_RECORDING = "end the recording with its last chunk"
    CLOSE_SENSORS = "close the sensors"
    DROP_RING = "drop the ring"
    KEEP_PRIVATE = "keep on the card that it is private"
    FORGET_PRIVATE = "forget on the card that it was private"
    SAY_FAULT = "say the fault"
    CLEAR_FAULT = "clear the fault"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class State:
    """The facts. The default is a camera that is switched off."""

    on: bool = False
    assigned: bool = False
    private: bool = False
    docked: bool = False
    locked: bool = False
    recording: bool = False
    faulty: bool = False

    @property
    def home(self) -> Mode:
        """Where the camera is, leaving a recording and a fault aside."""
        if not self.on:
            return Mode.OFF
        if self.locked:
            return Mode.LOCKED
        if self.docked:
            return Mode.DOCKED
        if self.private:
            return Mode.PRIVATE
        return Mode.READY if self.assigned else Mode.STANDBY

    @property
    def mode(self) -> Mode:
        """The state's name: a fault shows above a recording, and a recording above all else."""
        if self.faulty and self.on:
            return Mode.FAULT
        return Mode.RECORDING if self.recording else self.home

    @property
    def sensors(self) -> bool:
        """Whether the sensors are open."""
        return self.recording or self.home is Mode.READY

    @property
    def closed_by_hand(self) -> bool:
        """Whether the sensors are closed because somebody made the camera private or docked it."""
        return self.home in {Mode.PRIVATE, Mode.DOCKED} and not self.sensors

    @property
    def marks(self) -> tuple[str, ...]:
        """How a recording that begins now is marked."""
        marks = {"unassigned": not self.assigned, "safety override": self.private}
        return tuple(mark for mark, holds in marks.items() if holds)


def step(state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
    """What the event makes of the state, and what is to be done."""
    if event is Event.START:
        after = State(on=True, assigned=state.assigned)
        return (state, (Action.REFUSE,)) if state.on else (after, _sensor_actions(state, after))
    if not state.on and event not in {Event.ASSIGNED, Event.UNASSIGNED}:
        return state, (Action.REFUSE,)
    if event is Event.PRESS:
        return _press(state)
    if event in _OF_A_RECORDING:
        return _of_a_recording(state, event)
    return _change(state, event)


def _press(state: State) -> tuple[State, tuple[Action, ...]]:
    if state.recording:
        return state, (Action.SAME_RECORDING,)
    if state.home in {Mode.DOCKED, Mode.LOCKED}:
        return state, (Action.REFUSE,)
    after = replace(state, recording=True)
    return after, (*_sensor_actions(state, after), Action.COMMIT)


_OF_A_RECORDING = {
    Event.STOP: Action.END_RECORDING,
    Event.BOOKMARK: Action.BOOKMARK,
    Event.ROLL_OVER: Action.ROLL_OVER,
}


def _of_a_recording(state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
    """Events that mean something during a recording alone."""
    if not state.recording:
        return state, (Action.REFUSE,)
    after = replace(state, recording=event is not Event.STOP)
    return after, (_OF_A_RECORDING[event], *_sensor_actions(state, after))


def ends_recording(state: State, event: Event) -> bool:
    """Whether the event ends the recording that is under way."""
    return Action.END_RECORDING in step(state, event)[1]


ENDS = {
    Event.SHUT_DOWN: "shut down",
    Event.PRIVATE_ON: "private",
    Event.DOCK: "docked",
    Event.LOCK: "locked",
}
"""Events that end a recording on their way, and the reason that its last record then gives."""


def _change(state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
    """Events that change where the camera is."""
    if event is Event.PRIVATE_ON and state.home not in {Mode.STANDBY, Mode.READY}:
        if not (state.recording and state.home is Mode.PRIVATE):  # a safety override ends
            return state, (Action.REFUSE,)
    elif event is Event.PRIVATE_OFF and state.home is not Mode.PRIVATE:
        return state, (Action.REFUSE,)
    after = _changed(state, event)
    actions: tuple[Action, ...] = ()
    if state.recording and event in ENDS:
        after = replace(after, recording=False)
        actions = (Action.END_RECORDING,)
    if state.faulty != after.faulty and after.on:
        actions = (*actions, Action.SAY_FAULT if after.faulty else Action.CLEAR_FAULT)
    return after, (*actions, *_sensor_actions(state, after), *_private_actions(state, after, event))


def _private_actions(before: State, after: State, event: Event) -> tuple[Action, ...]:
    """What the card is to have of it; a camera that is switched off comes back private if it was."""
    if event is Event.PRIVATE_ON:
        return (Action.KEEP_PRIVATE,)
    left = before.private and not after.private and event is not Event.SHUT_DOWN
    return (Action.FORGET_PRIVATE,) if left else ()


def _changed(state: State, event: Event) -> State:
    """The facts after the event, its consequences aside."""
    facts: dict[Event, dict[str, bool]] = {
        Event.SHUT_DOWN: {"on": False, "private": False, "docked": False, "locked": False, "faulty": False},
        Event.ASSIGNED: {"assigned": True},
        # The next officer does not inherit the last one's private state.
        Event.UNASSIGNED: {"assigned": False, "private": state.private and state.recording},
        Event.PRIVATE_ON: {"private": True},
        Event.PRIVATE_OFF: {"private": False},
        Event.DOCK: {"docked": True, "private": False},
        Event.UNDOCK: {"docked": False},
        Event.LOCK: {"locked": True},
        Event.UNLOCK: {"locked": False},
        Event.FAILED: {"faulty": True},
        Event.RECOVERED: {"faulty": False},
    }
    return replace(state, **facts[event])


def _sensor_actions(before: State, after: State) -> tuple[Action, ...]:
    if before.sensors == after.sensors:
        return ()
    return (Action.OPEN_SENSORS,) if after.sensors else (Action.CLOSE_SENSORS, Action.DROP_RING)

"""The state machine, walked in every direction, and the page that is printed from it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.recording.heart.work import Work
from device.recording.state import ENDS, Action, Event, State, step
from docs.generators.camera_states import page
from protocol.mode import Mode

ROOT = Path(__file__).resolve().parents[4]

states = st.builds(
    State,
    on=st.booleans(),
    assigned=st.booleans(),
    private=st.booleans(),
    docked=st.booleans(),
    locked=st.booleans(),
    recording=st.booleans(),
    faulty=st.booleans(),
)


@given(events=st.lists(st.sampled_from(Event), max_size=60))
def test_sensors_follow_the_state_on_every_path(events: list[Event]) -> None:
    # proves C11
    state, sensors, recording = State(), False, False
    for event in events:
        before = state
        state, actions = step(state, event)
        for action in actions:
            if action is Action.OPEN_SENSORS:
                assert not sensors
                sensors = True
            elif action is Action.CLOSE_SENSORS:
                assert sensors
                sensors = False
            elif action is Action.COMMIT:
                assert not recording
                recording = True
            elif action is Action.END_RECORDING:
                assert recording
                recording = False
        assert sensors == state.sensors
        assert recording == state.recording
        assert (Action.DROP_RING in actions) == (Action.CLOSE_SENSORS in actions)
        if state.home in {Mode.PRIVATE, Mode.STANDBY, Mode.DOCKED, Mode.LOCKED, Mode.OFF}:
            assert sensors == recording, "outside ready, a sensor is open for a recording alone"
        if Action.REFUSE in actions:
            assert state == before
            assert actions == (Action.REFUSE,)


@given(state=states, event=st.sampled_from(Event))
def test_a_fault_takes_nothing_away(state: State, event: Event) -> None:
    if event in {Event.FAILED, Event.RECOVERED, Event.START}:
        return
    well = State(**{**_facts(state), "faulty": False})
    ill = State(**{**_facts(state), "faulty": True})
    after_well, actions_well = step(well, event)
    after_ill, actions_ill = step(ill, event)
    assert actions_well == actions_ill
    assert _facts(after_well) | {"faulty": 0} == _facts(after_ill) | {"faulty": 0}


@given(state=states)
def test_a_press_is_refused_only_where_recording_would_be_wrong(state: State) -> None:
    after, actions = step(state, Event.PRESS)
    if not state.on or (state.home in {Mode.DOCKED, Mode.LOCKED} and not state.recording):
        assert actions == (Action.REFUSE,)
    else:
        assert after.recording
        assert (Action.SAME_RECORDING if state.recording else Action.COMMIT) in actions


@given(state=states, event=st.sampled_from(sorted(ENDS)))
def test_what_ends_a_recording_always_ends_it(state: State, event: Event) -> None:
    after, actions = step(state, event)
    if state.on and state.recording and Action.REFUSE not in actions:
        assert not after.recording
        assert Action.END_RECORDING in actions


@pytest.mark.parametrize(
    ("state", "marks"),
    [
        (State(on=True), ("unassigned",)),
        (State(on=True, assigned=True), ()),
        (State(on=True, assigned=True, private=True), ("safety override",)),
        (State(on=True, private=True), ("unassigned", "safety override")),
    ],
)
def test_a_recording_from_nothing_is_marked(state: State, marks: tuple[str, ...]) -> None:
    assert state.marks == marks


def test_the_next_officer_does_not_inherit_a_private_camera() -> None:
    private = State(on=True, assigned=True, private=True)
    standby, _ = step(private, Event.UNASSIGNED)
    ready, actions = step(standby, Event.ASSIGNED)
    assert ready.mode is Mode.READY
    assert actions == (Action.OPEN_SENSORS,)


def test_every_action_of_the_table_is_carried_out_and_the_table_names_every_action() -> None:
    assert set(Work.ACTIONS) == set(Action)
    named: set[Action] = set()
    for facts in itertools.product([False, True], repeat=len(State.__dataclass_fields__)):
        for event in Event:
            named |= set(step(State(*facts), event)[1])
    assert named == set(Action)


@given(state=states, event=st.sampled_from(Event))
def test_what_is_done_first_is_what_footage_depends_on(state: State, event: Event) -> None:
    # proves C6 and C11
    _, actions = step(state, event)
    order = [
        Action.OPEN_SENSORS,
        Action.COMMIT,
        Action.END_RECORDING,
        Action.CLOSE_SENSORS,
        Action.DROP_RING,
    ]
    found = [action for action in actions if action in order]
    assert found == [action for action in order if action in actions]


def test_the_page_is_the_machine() -> None:
    stated = (ROOT / "docs" / "camera-states.md").read_text(encoding="utf-8")
    assert stated == page(), "print it again: python -m docs.generators.camera_states > docs/camera-states.md"


def _facts(state: State) -> dict[str, bool]:
    return {name: getattr(state, name) for name in State.__dataclass_fields__}
